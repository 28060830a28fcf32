"""What tests of models share: sessions to learn from, trained models, requests in one line."""

from typing import Any

from contract_tests.lessons import LESSONS, with_tag
from tests.conftest import Client

AT = "/projects/11/models"


def labeled(client: Client, texts: list[tuple[str, str, str]] = LESSONS, at: str = "/projects/11") -> int:
    """Create a session with a tag for each text, and return its id once people can work in it."""
    documents = [with_tag(text, name, label) for text, name, label in texts]
    answer = client.post(f"{at}/annotations", json={"documents": documents})
    assert answer.status_code == 201, answer.text
    client.advance(1)
    return int(answer.json()["id"])


def train(client: Client, status: int = 201, at: str = AT, **body: Any) -> Any:
    """Ask for a training, of a new session unless the body names some."""
    if not body.keys() & {"annotation_ids", "trainset_annotation_ids", "testset_annotation_ids"}:
        body["annotation_ids"] = [labeled(client)]
    answer = client.post(at, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def trained(client: Client, **body: Any) -> Any:
    """Return a model that is READY."""
    model = train(client, **body)
    client.advance(3)
    return shown(client, model)


def shown(client: Client, model: Any) -> Any:
    """Return a model as it is now, with its details."""
    answer = client.get(f"/models/{model['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def brief(model: Any) -> Any:
    """Return a model without its details."""
    return {name: value for name, value in model.items() if name not in ("demoset", "metrics", "classes", "labels")}


def names(client: Client, path: str = "/models", **query: Any) -> list[str]:
    """Return the names of the models in a list."""
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    listed = answer.json()
    return [model["name"] for model in (listed if isinstance(listed, list) else listed["models"])]
