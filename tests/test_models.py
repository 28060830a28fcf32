"""Properties of the operations tagged Models, but for training and files."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_server.app import App
from mock_server.studio.domain import models
from mock_server.studio.rows import Analysis, Model, ModelPermission, Session, User, Workspace
from mock_server.world.integrity import dangling
from tests.conftest import Client, as_person
from tests.trained import AT, labeled, names, shown, trained
from tests.worlds import NOW

AsUser = Callable[[str], Client]
VENDOR, OURS, PUBLISHED, THEIRS, UPLOADED = "vendor", "hotel-sentiment", "published", "theirs", "uploaded"


@pytest.fixture(autouse=True)
def cast(app: App) -> dict[str, int]:
    """One model of each kind, by name."""
    tx = app.sandbox.begin()
    first = tx.new_id(Model, 5)

    def put(at: int, name: str, **fields: Any) -> None:
        made = Model(id=first + at, uuid=tx.uuid(), name=name, display_name=name.title(), created=NOW, **fields)
        tx.put(made)

    put(0, VENDOR, classes=("Comfort",))
    put(1, OURS, project_id=11, owner_id=1)
    put(2, PUBLISHED, project_id=16, owner_id=7, status="PUBLISHED", type="ABSA")
    put(3, THEIRS, project_id=16, owner_id=7, status="TRAINING", progress=40.0)
    put(4, UPLOADED, organization_id=1, type="CLASS", classes=("Comfort",))
    app.sandbox.commit(tx)
    return {row.name: row.id for row in tx.rows(Model)}


def give(app: App, model_id: int, email: str, role: str) -> None:
    tx = app.sandbox.begin()
    user = tx.first(User, email=email)
    assert user is not None
    row = ModelPermission(id=tx.new_id(ModelPermission), model_id=model_id, user_id=user.id, role=role)
    tx.put(row)
    app.sandbox.commit(tx)


# Who may


@pytest.mark.parametrize(
    ("email", "seen"),
    [
        ("owner", [VENDOR, OURS, PUBLISHED, THEIRS, UPLOADED]),
        ("viewer", [VENDOR, OURS, PUBLISHED, UPLOADED]),
        ("user", [VENDOR, PUBLISHED]),
        ("guest", [VENDOR, OURS, PUBLISHED]),
        ("stranger", [VENDOR, PUBLISHED, THEIRS]),
    ],
)
def test_everybody_sees_the_models_that_they_may_use_and_no_others(
    as_user: AsUser, cast: dict[str, int], email: str, seen: list[str]
) -> None:
    client = as_user(f"{email}@example.com")
    assert names(client) == seen
    for name, model_id in cast.items():
        for path in (f"/models/{model_id}", f"/models/{model_id}/analyses", f"/models/{model_id}/permissions"):
            answer = client.get(path)
            assert answer.status_code == (200 if name in seen else 403), (name, path)
            if name not in seen:
                assert answer.json()["message"] == 'User does not have the minimal required model role "USER"'


@pytest.mark.parametrize("email", ["viewer", "annotator", "guest", "stranger", "user"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_who_does_not_manage_a_model_changes_nothing(
    as_user: AsUser, cast: dict[str, int], email: str, method: str
) -> None:
    body = {"json": {"display_name": "x"}} if method == "PUT" else {}
    client = as_user(f"{email}@example.com")
    refused = client.request(method, f"/models/{cast[OURS]}", **body)
    assert refused.status_code == 403
    assert refused.json()["message"] == 'User is read-only or does not have the minimal required model role "MANAGER"'
    assert client.request(method, f"{AT}/{cast[OURS]}", **body).status_code == 403


def test_a_permission_adds_to_what_the_workspace_gives_and_is_listed(
    app: App, client: Client, as_user: AsUser, cast: dict[str, int]
) -> None:
    for email, role in (
        ("user@example.com", "USER"),
        ("viewer@example.com", "MANAGER"),
        ("manager@example.com", "USER"),
    ):
        give(app, cast[OURS], email, role)
    assert OURS in names(as_user("user@example.com"))
    listed = client.get(f"/models/{cast[OURS]}/permissions").json()
    assert [(row["user"], row["role"]) for row in listed] == [
        ("User Example", "USER"),
        ("Viewer Example", "MANAGER"),
        ("Manager Example", "USER"),
    ]
    assert {row["model"] for row in listed} == {"Hotel-Sentiment"}
    for email in ("viewer", "manager"):
        path = f"/models/{cast[OURS]}"
        assert as_user(f"{email}@example.com").put(path, json={"base": email}).json()["base"] == email
    assert as_user("user@example.com").put(f"/models/{cast[OURS]}", json={}).status_code == 403
    client.delete(f"/models/{cast[OURS]}")
    assert dangling(app.sandbox.world) == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/models/99", None),
        ("PUT", "/models/99", {}),
        ("DELETE", "/models/99", None),
        ("GET", "/models/99/analyses", None),
        ("GET", "/models/99/download", None),
        ("GET", "/models/no%20such/download", None),
        ("GET", "/models/99/permissions", None),
        ("POST", "/models/99/star", None),
        ("POST", "/models/99/unstar", None),
        ("GET", "/organizations/99/models", None),
        ("GET", "/organizations/Nowhere/models", None),
        ("GET", "/organizations/1/models/99/download", None),
        ("GET", "/organizations/99/models/1/download", None),
        ("GET", "/projects/11/models/3", None),
        ("PUT", "/projects/11/models/3", {}),
        ("DELETE", "/projects/11/models/3", None),
        ("GET", "/projects/11/models/3/download", None),
        ("GET", "/projects/99/models", None),
    ],
)
def test_what_is_not_there_is_not_found(client: Client, method: str, path: str, body: Any) -> None:
    kwargs = {} if body is None else {"json": body}
    assert client.request(method, path, **kwargs).status_code == 404


def test_models_of_a_workspace_that_was_deleted_are_gone_and_of_a_read_only_one_stay_as_they_are(
    app: App, client: Client, cast: dict[str, int]
) -> None:
    tx = app.sandbox.begin()
    tx.put(
        Model(id=50, uuid=tx.uuid(), name="kept", display_name="Kept", project_id=15, created=NOW, type="CLASSLABEL")
    )
    workspace = tx.get(Workspace, 3)
    assert workspace is not None
    tx.change(workspace, is_active=False)
    app.sandbox.commit(tx)
    assert names(client) == [VENDOR, OURS, UPLOADED, "kept"]
    assert client.get(f"/models/{cast[PUBLISHED]}").status_code == 404
    assert client.get("/models/50").status_code == client.post("/models/50/star").status_code == 200
    assert client.put("/models/50", json={}).status_code == client.delete("/models/50").status_code == 403
    assert client.delete(f"{AT.replace('11', '15')}/50").status_code == 403


# Lists


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({"public": "true"}, [VENDOR, PUBLISHED]),
        ({"public": "false"}, [OURS, THEIRS, UPLOADED]),
        ({"starred": "true"}, [OURS]),
        ({"starred": "false", "public": "true"}, [VENDOR, PUBLISHED]),
        ({"search": "SENTI"}, [OURS]),
        ({"search": "h"}, [OURS, PUBLISHED, THEIRS]),
        ({"type": "CLASS"}, [UPLOADED]),
        ({"exclude_id": "2"}, [VENDOR, PUBLISHED, THEIRS, UPLOADED]),
        ({"exclude_id": "-1", "limit": "2"}, [VENDOR, OURS]),
        ({"collection_id": "1"}, []),
        ({"offset": "4", "limit": "2"}, [UPLOADED]),
        ({"offset": "9"}, []),
    ],
)
def test_filters_leave_what_they_say(client: Client, query: dict[str, str], seen: list[str]) -> None:
    client.post("/models/2/star")
    assert names(client, **query) == seen
    in_workspace = [name for name in seen if name in (OURS, UPLOADED)]
    if not {"offset", "limit"} & query.keys():
        assert names(client, "/organizations/1/models", **query) == in_workspace


def test_pages_of_a_list_are_told_apart(client: Client) -> None:
    page = client.get("/models", params={"offset": 1, "limit": 2}).json()
    assert {field: page[field] for field in ("has_more", "offset", "limit", "count")} == {
        "has_more": True,
        "offset": 1,
        "limit": 2,
        "count": 2,
    }


@pytest.mark.parametrize("told", ["1", "Alpenblick%20Hotels"])
def test_a_workspace_is_named_by_id_or_name(client: Client, as_user: AsUser, told: str) -> None:
    assert names(client, f"/organizations/{told}/models") == [OURS, UPLOADED]
    assert names(as_user("viewer@example.com"), f"/organizations/{told}/models") == [OURS, UPLOADED]
    assert names(as_user("user@example.com"), f"/organizations/{told}/models") == []
    assert as_user("stranger@example.com").get(f"/organizations/{told}/models").status_code == 403


def test_stars_are_everybodys_own_and_can_be_given_twice(client: Client, as_user: AsUser, app: App) -> None:
    for _ in range(2):
        assert client.post("/models/2/star").status_code == 200
    assert names(client, starred=True) == [OURS]
    assert names(as_user("viewer@example.com"), starred=True) == []
    for _ in range(2):
        assert client.post("/models/2/unstar").status_code == 200
    assert names(client, starred=True) == []
    assert as_user("user@example.com").post("/models/2/star").status_code == 403
    client.post("/models/2/star")
    assert client.delete("/models/2").status_code == 200
    assert dangling(app.sandbox.world) == []


# Changing


def test_what_people_write_can_be_changed_and_the_rest_stays(client: Client) -> None:
    before = shown(client, {"id": 2})
    wanted = {
        "base": "Another",
        "created": "2026-01-01T00:00:00Z",
        "display_name": "Renamed",
        "language": "ar",
        "long_description": "Long",
        "name": "renamed",
        "short_description": "Short",
        "status": "ACTIVE",
    }
    ignored = {"id": 77, "owner": "x", "progress": 1, "project_id": 12, "score": 1, "type": "CLASS"}
    answer = client.put("/models/2", json={**wanted, **ignored})
    after = shown(client, {"id": 2})
    assert answer.status_code == 200 and after == {**before, **wanted}
    assert client.put(f"{AT}/2", json=answer.json()).json() == answer.json()
    assert client.put("/models/2", json={"base": None, "long_description": None}).json()["base"] is None


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_cannot_be_kept_is_invalid(client: Client, time: str) -> None:
    assert client.put("/models/2", json={"created": time}).status_code == 400


@pytest.mark.parametrize("path", ["/models/{}", AT + "/{}"])
def test_names_are_unique_in_a_workspace(client: Client, path: str) -> None:
    ours = path.format(2)
    assert client.put(ours, json={"name": UPLOADED}).json()["message"] == "A model with this name exists already"
    assert client.put(ours, json={"name": OURS}).status_code == 200
    assert client.put(ours, json={"name": THEIRS}).status_code == 200
    assert client.put(ours, json={"name": VENDOR}).status_code == 200


@pytest.mark.parametrize("wanted", ["CREATED", "QUEUED", "TRAINING", "FAILED"])
def test_nobody_sets_what_only_a_training_gives(client: Client, wanted: str) -> None:
    assert client.put("/models/2", json={"status": wanted}).status_code == 409
    assert shown(client, {"id": 2})["status"] == "READY"


def test_trained_ones_change_between_three_statuses_and_others_keep_theirs(client: Client) -> None:
    for status in ("ACTIVE", "PUBLISHED", "READY"):
        assert client.put("/models/2", json={"status": status}).json()["status"] == status
    assert client.put("/models/4", json={"status": "TRAINING"}).status_code == 200
    answer = client.put("/models/4", json={"status": "ACTIVE"})
    assert answer.json()["message"] == "The model is TRAINING; it can be made ACTIVE when it is READY"


# Deleting, analyses, what others use


@pytest.mark.parametrize("path", ["/models/2", f"{AT}/2"])
def test_a_deleted_model_is_gone_and_what_it_made_forgets_it(app: App, client: Client, path: str) -> None:
    tx = app.sandbox.begin()
    tx.put(Analysis(id=41, uuid=tx.uuid(), name="March", project_id=11, model_id=2, user_id=1, created=NOW))
    tx.put(
        Session(id=51, uuid=tx.uuid(), name="Corrections", project_id=11, mode="CORRECTION", model_id=2, created=NOW)
    )
    app.sandbox.commit(tx)
    assert client.delete(path).status_code == 200
    assert client.get(path).status_code == 404 and OURS not in names(client) and names(client, AT) == []
    tx = app.sandbox.begin()
    analysis, session = tx.get(Analysis, 41), tx.get(Session, 51)
    assert analysis and session and analysis.model_id is None and session.model_id is None
    assert dangling(app.sandbox.world) == []


def test_analyses_of_a_model_are_those_that_the_caller_may_see(app: App, client: Client, as_user: AsUser) -> None:
    give(app, 2, "user@example.com", "USER")
    tx = app.sandbox.begin()
    for number, user_id in ((41, 1), (42, 2), (43, 2)):
        fields: Any = {"project_id": 11, "model_id": 2, "user_id": user_id, "created": NOW}
        tx.put(Analysis(id=number, uuid=tx.uuid(), name="March", **fields))
    app.sandbox.commit(tx)

    def seen(reader: Client, **query: int) -> Any:
        page = reader.get("/models/2/analyses", params=query).json()
        return [row["id"] for row in page["analyses"]], page["has_more"]

    assert seen(client) == seen(as_user("guest@example.com")) == ([41, 42, 43], False)
    assert seen(as_user("user@example.com")) == ([42, 43], False)
    assert seen(client, offset=1, limit=1) == ([42], True)


def test_the_newest_trained_model_is_taken_when_none_is_named(app: App, client: Client) -> None:
    tx, roles = app.sandbox.begin(), _roles(app)
    viewer, guest = tx.first(User, email="viewer@example.com"), tx.first(User, email="user@example.com")
    assert viewer and guest
    assert models.newest_usable(tx, viewer, roles).name == UPLOADED
    assert models.newest_usable(tx, guest, roles).name == PUBLISHED
    assert models.newest_usable(tx, viewer, roles, workspace_id=2).name == PUBLISHED
    newest = trained(client, annotation_ids=[labeled(client)])
    assert models.newest_usable(app.sandbox.begin(), viewer, roles).id == newest["id"]
    client.put(f"/models/{newest['id']}", json={"created": "2020-01-01T00:00:00Z"})
    assert models.newest_usable(app.sandbox.begin(), viewer, roles).name == UPLOADED


def _roles(app: App) -> Any:
    from mock_server import contract
    from mock_server.studio.roles import Roles

    return Roles(contract.load("studio")["x-roles"])


@pytest.mark.parametrize(
    ("model_id", "classes", "labels"),
    [(1, ["Comfort"], ["POS", "NEU", "NEG"]), (2, ["Comfort", "Staff"], ["POS", "NEG"]), (5, ["Comfort"], [])],
)
def test_a_model_that_never_learned_knows_names(
    client: Client, model_id: int, classes: list[str], labels: list[str]
) -> None:
    details = shown(client, {"id": model_id})
    assert (details["classes"], details["labels"], details["demoset"]) == (classes, labels, [])


def test_models_take_free_names_in_clones_and_new_workspaces(app: App, client: Client) -> None:
    clone = client.post("/projects/11/clone", json={}).json()["id"]
    elsewhere = client.post("/projects/11/clone", json={"organization_id": 3}).json()["id"]
    client.advance(2)
    assert names(client, f"/projects/{clone}/models") == [f"{OURS}-2"]
    assert names(client, f"/projects/{elsewhere}/models") == [OURS]
    assert (
        client.post(f"/projects/{elsewhere}/transfer", json={"organization_id": 1}).status_code == 409
    )  # its own name
    client.put(f"/projects/{elsewhere}", json={"name": "Moved"})
    assert client.post(f"/projects/{elsewhere}/transfer", json={"organization_id": 1}).status_code == 200
    assert names(client, f"/projects/{elsewhere}/models") == [f"{OURS}-3"]
    assert dangling(app.sandbox.world) == []


def test_the_clone_of_a_model_shows_documents_of_the_clone(app: App, client: Client) -> None:
    model = trained(client)
    clone = client.post("/projects/11/clone", json={}).json()["id"]
    client.advance(5)
    copies = client.get(f"/projects/{clone}/models").json()
    copy = shown(client, copies[-1])
    assert copy["score"] == model["score"] and copy["metrics"] == model["metrics"]
    for ours, theirs in zip(model["demoset"], copy["demoset"], strict=True):
        assert theirs["text"] == ours["text"] and theirs["id"] != ours["id"]
        found = client.get(f"/projects/{clone}/documents/{theirs['id']}", params={"details": "segments"}).json()
        assert [part["id"] for part in found["segments"]] == [part["id"] for part in theirs["segments"]]


def test_a_user_who_leaves_takes_permissions_and_stars_along(app: App, client: Client) -> None:
    give(app, 2, "annotator@example.com", "MANAGER")
    annotator = as_person(app, "annotator@example.com")
    annotator.post("/models/2/star")
    assert client.delete("/users/4").status_code == 200
    assert client.get("/models/2/permissions").json() == []
    assert dangling(app.sandbox.world) == []
