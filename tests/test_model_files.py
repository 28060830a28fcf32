"""Properties of models as files: what was downloaded can be uploaded and predicts the same; nothing else is taken."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.app import App, Settings, create_app
from mock_server.studio.domain import model_files, taggers
from mock_server.studio.domain.errors import Invalid
from mock_server.studio.rows import Model, ModelPermission, User
from mock_server.world import Tx
from mock_server.world.integrity import dangling
from tests.conftest import Client, as_person
from tests.trained import AT, brief, names, shown, train, trained
from tests.worlds import NOW, small_world

AsUser = Callable[[str], Client]
TEXTS = ["What a lovely bed!", "The staff was rude, the bed great.", "On Monday.", ""]
JUNK = b"no archive"


def upload(client: Client, content: bytes, code: int = 200, **form: Any) -> Any:
    body = {"display_name": "Uploaded", **form}
    answer = client.post("/models/upload", files={"file": ("model.zip", content, "application/zip")}, data=body)
    assert answer.status_code == code, answer.text
    return answer.json()


def archive(**entries: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in entries.items():
            file.writestr(f"{name}.json", part)
    return content.getvalue()


def opened(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name.removesuffix(".json"): json.loads(file.read(name)) for name in file.namelist()}


def changed(content: bytes, part: str, **fields: Any) -> bytes:
    parts = opened(content)
    parts[part] |= fields
    return archive(**{name: json.dumps(value).encode() for name, value in parts.items()})


@pytest.fixture
def model(client: Client) -> Any:
    return trained(client, name="hotel-sentiment", display_name="Hotel sentiment", language="de")


@pytest.fixture
def content(client: Client, model: Any) -> bytes:
    return client.get(f"/models/{model['id']}/download").content


def test_every_path_gives_the_same_file_named_after_the_model(client: Client, model: Any, content: bytes) -> None:
    paths = (
        "/models/hotel-sentiment",
        f"{AT}/{model['id']}",
        f"/organizations/1/models/{model['id']}",
        "/organizations/Alpenblick%20Hotels/models/hotel-sentiment",
    )
    for path in paths:
        answer = client.get(f"{path}/download")
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["content-disposition"] == 'attachment; filename="hotel-sentiment.zip"'


def test_an_uploaded_model_predicts_and_shows_what_the_original_did(
    app: App, client: Client, model: Any, content: bytes
) -> None:
    copy = shown(client, upload(client, content, display_name="Hotel sentiment"))
    own = {"id", "uuid", "name", "created", "project_id"}
    assert {k: v for k, v in copy.items() if k not in own} == {k: v for k, v in model.items() if k not in own}
    assert copy["project_id"] is None and copy["name"] == "hotel-sentiment-2"
    tx = app.sandbox.begin()
    said = [taggers.predict_segments(tx, row, TEXTS) for row in tx.rows(Model)]
    assert said[0] == said[1] and any(said[0])
    again = client.get(f"/models/{copy['id']}/download").content
    assert opened(again)["tagger"] == opened(content)["tagger"]
    assert dangling(app.sandbox.world) == []


def test_a_model_of_names_alone_becomes_a_file_too(app: App, client: Client) -> None:
    tx = app.sandbox.begin()
    tx.put(Model(id=60, uuid=tx.uuid(), name="base", display_name="Base", classes=("Comfort", "Staff"), created=NOW))
    app.sandbox.commit(tx)
    copy = upload(client, client.get("/models/60/download").content)
    details = shown(client, copy)
    assert (details["classes"], details["labels"]) == (["Comfort", "Staff"], ["POS", "NEU", "NEG"])


def test_what_the_form_says_counts_more_than_the_file(app: App, client: Client, content: bytes) -> None:
    form = {
        "display_name": "Partner",
        "name": "partner",
        "base": "Hospitality base",
        "score": 0.5,
        "long_description": "Long",
        "short_description": "Short",
        "status": "PUBLISHED",
        "language": "en",
    }
    created = upload(client, content, **form)
    assert created.items() >= form.items()
    assert (created["owner"], created["progress"], created["type"]) == ("Owner Example", 100, "ABSA")
    assert brief(shown(client, created)) == created
    permissions = client.get(f"/models/{created['id']}/permissions").json()
    assert [(row["role"], row["user"]) for row in permissions] == [("MANAGER", "Owner Example")]
    assert "partner" in names(as_person(app, "stranger@example.com"))


@pytest.mark.parametrize("status", ["CREATED", "TRAINING", "FAILED", "READY"])
def test_an_uploaded_model_is_ready_whatever_the_form_says_of_its_training(
    client: Client, content: bytes, status: str
) -> None:
    assert upload(client, content, status=status)["status"] == "READY"


def test_names_are_unique_in_the_workspace_of_the_upload(client: Client, content: bytes) -> None:
    refused = upload(client, content, 409, name="hotel-sentiment")
    assert refused["message"] == "A model with this name exists already"
    assert [upload(client, content)["name"] for _ in range(3)] == ["uploaded", "uploaded-2", "uploaded-3"]


@pytest.mark.parametrize(
    ("email", "status"), [("annotator", 200), ("manager", 200), ("viewer", 403), ("user", 403), ("guest", 409)]
)
def test_who_may_make_projects_may_upload(as_user: AsUser, content: bytes, email: str, status: int) -> None:
    upload(as_user(f"{email}@example.com"), content, status)


def test_nobody_uploads_to_a_read_only_workspace(app: App, content: bytes) -> None:
    tx = app.sandbox.begin()
    user = tx.first(User, email="manager@example.com")
    assert user is not None
    tx.change(user, default_organization_id=2)
    app.sandbox.commit(tx)
    assert upload(as_person(app, user.email), content, 403)["message"] == "User is read-only"


def faulty() -> Iterator[Any]:
    """Changes to a good file that make it a bad one."""
    yield pytest.param(lambda good: JUNK, id="no archive")
    yield pytest.param(lambda good: b"", id="empty")
    yield pytest.param(lambda good: good[: len(good) // 2], id="half")
    yield pytest.param(lambda good: archive(other=b"{}"), id="other entries")
    yield pytest.param(lambda good: archive(manifest=b"{}", tagger=b"{}"), id="empty entries")
    yield pytest.param(lambda good: archive(manifest=b"\xff", tagger=b"["), id="no JSON")
    yield pytest.param(lambda good: archive(**{f"x{number}": b"" for number in range(30)}), id="many entries")
    yield pytest.param(lambda good: archive(manifest=b"[" * 100_000, tagger=b"{}"), id="nested")
    bomb = archive(manifest=b" " * (model_files.UNPACKED + 1), tagger=b"{}")
    yield pytest.param(lambda good: bomb, id="bomb")
    for part, field, value in (
        ("manifest", "format", "another"),
        ("manifest", "type", "CLASS"),
        ("manifest", "type", "BASE"),
        ("manifest", "score", "high"),
        ("manifest", "language", "fr"),
        ("manifest", "metrics", {}),
        ("manifest", "demoset", [{"id": 0, "text": ""}]),
        ("manifest", "demoset", [{"id": 1, "text": ""}] * 11),
        ("tagger", "classes", [{"name": "A", "bias": 1, "weights": {}}] * 2),
        ("tagger", "classes", [{"name": "A\0", "bias": 1, "weights": {}}]),
        ("tagger", "labels", [{"name": "", "bias": 1, "weights": {}}]),
        ("tagger", "labels", [{"name": "A", "bias": 1, "weights": {"bed": 1e300}}]),
        ("tagger", "kind", "LABEL"),
    ):
        change: dict[str, Any] = {field: value}
        yield pytest.param(
            lambda good, part=part, change=change: changed(good, part, **change), id=f"{field} {str(value)[:30]}"
        )


@pytest.mark.parametrize("spoil", list(faulty()))
def test_a_file_that_is_no_model_is_refused(client: Client, content: bytes, spoil: Callable[[bytes], bytes]) -> None:
    refused = upload(client, spoil(content), 400)
    assert refused["errors"][0]["place"] == "body.file" and refused["message"].startswith("The file is no model: ")
    assert names(client) == ["hotel-sentiment"]


@pytest.mark.parametrize("score", ["1e400", "9" * 400, "nan"])
def test_a_score_is_a_number(client: Client, content: bytes, score: str) -> None:
    upload(client, content, 400, score=score)


def test_weights_that_add_up_to_a_lot_still_predict(app: App, client: Client, content: bytes) -> None:
    for weight in (1e6, -1e6):
        topic = {"bias": weight, "weights": {"bed": weight, "love": weight}}
        tagger = {"classes": [{"name": "A", **topic}], "labels": [{"name": "B", **topic}, {"name": "C", **topic}]}
        made = upload(client, changed(content, "tagger", **tagger))
        tx = app.sandbox.begin()
        row = tx.get(Model, made["id"])
        assert row is not None
        assert len(taggers.predict_segments(tx, row, ["A lovely bed."])[0]) == (1 if weight > 0 else 0)


@pytest.mark.parametrize(
    ("name", "filename"),
    [
        ('a"b\r\nc', "a-b-c.zip"),
        ("Größe", "Gr-e.zip"),
        ("النموذج", "model-1.zip"),
        ("..", "model-1.zip"),
        ("2026", "2026.zip"),
    ],
)
def test_the_name_of_the_file_is_harmless(client: Client, model: Any, name: str, filename: str) -> None:
    client.put(f"/models/{model['id']}", json={"name": name})
    answer = client.get(f"/models/{model['id']}/download")
    assert answer.headers["content-disposition"] == f'attachment; filename="{filename}"'


def test_digits_are_an_id_first_and_names_belong_to_the_default_workspace_first(
    app: App, client: Client, model: Any
) -> None:
    tx = app.sandbox.begin()
    first = tx.new_id(Model, 3)
    for number, project_id, name in ((0, 16, "both"), (1, 11, "both"), (2, 11, str(model["id"]))):
        tx.put(
            Model(
                id=first + number,
                uuid=tx.uuid(),
                name=name,
                display_name=str(number),
                project_id=project_id,
                created=NOW,
            )
        )
    app.sandbox.commit(tx)

    def found(reader: Client, path: str) -> Any:
        answer = reader.get(f"{path}/download")
        return opened(answer.content)["manifest"]["display_name"] if answer.status_code == 200 else answer.status_code

    assert found(client, f"/models/{model['id']}") == "Hotel sentiment"
    assert found(client, "/models/both") == "1"
    assert found(as_person(app, "stranger@example.com"), "/models/both") == "0"
    assert found(as_person(app, "guest@example.com"), "/models/both") == "1"
    assert found(as_person(app, "user@example.com"), "/models/both") == 403
    assert found(client, "/organizations/Elsewhere/models/both") == "0"
    assert found(client, "/organizations/3/models/hotel-sentiment") == 404
    assert found(client, f"/organizations/3/models/{model['id']}") == 404


def test_what_is_not_trained_cannot_be_downloaded(client: Client) -> None:
    model = train(client, name="early")
    for path in (f"/models/{model['id']}", "/models/early", f"{AT}/{model['id']}", "/organizations/1/models/early"):
        assert client.get(f"{path}/download").status_code == 409


def test_the_maker_of_an_upload_may_have_gone_meanwhile(app: App, client: Client, content: bytes) -> None:
    from mock_server.studio.domain import models
    from tests.test_models import _roles

    tx = app.sandbox.begin()
    owner, other = tx.get(User, 1), tx.get(User, 2)
    assert owner is not None and other is not None
    tx.delete(owner)
    made = models.upload_model(tx, owner, _roles(app), {"display_name": "x"}, model_files.unpack(content))
    assert made.owner_id is None and not tx.ids(ModelPermission, model_id=made.id)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.builds(lambda a, b: archive(manifest=a, tagger=b), st.binary(), st.binary()))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with pytest.raises(Invalid):
        model_files.unpack(content)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_no_changed_byte_breaks_the_reader(at: int, byte: int) -> None:
    tx = Tx(create_app(small_world(), Settings()).sandbox.world)
    model = Model(id=1, uuid="", name="x", display_name="x", classes=("Comfort",), created=NOW)
    good = bytearray(model_files.pack(tx, model))
    good[at % len(good)] = byte
    try:
        assert model_files.unpack(bytes(good)).tagger.kind == "ABSA"
    except Invalid as refused:
        assert refused.place == "body.file"
