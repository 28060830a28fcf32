"""Several APIs in one server: they never collide, each refuses in its own shape, and `--api` picks."""

import subprocess
import sys
from typing import Any

import pytest

from mock_server import contract
from mock_server.app import APIS, Settings, create_app
from mock_server.cli import main
from mock_server.contract import ContractError, parameters
from mock_server.pipeline.errors import BreaksContract
from mock_server.pipeline.parameters import Parameters
from mock_server.pipeline.routing import Node
from mock_server.pipeline.schemas import Schemas
from mock_server.seed import starting_world
from mock_server.serve import banner
from mock_server.tables import NEIGHBOURS, ROWS
from mock_server.world import Clock, World
from tests.conftest import Client
from tests.worlds import small_world

SHAPES = {
    "studio": {"message", "status"},
    "label_studio": {"id", "status_code", "version", "detail", "exc_info"},
    "blue_guardrails": {"detail"},
    "control": {"type", "title", "status", "detail"},
}


def client_of(*apis: str) -> Client:
    return Client(create_app(small_world(), Settings(check_responses=True, apis=apis)))


def test_every_document_is_that_of_an_api_that_can_be_served() -> None:
    assert {*contract.names()} == {*APIS, "control"} and {*NEIGHBOURS} == {*APIS} - {"studio"}


def test_no_operation_of_one_api_is_at_the_path_of_another() -> None:
    tree, seen = Node(), 0
    for name in contract.names():
        document = contract.load(name)
        base = document["servers"][0]["url"].rstrip("/")
        for path, method, operation, _ in contract.operations(document):
            node = tree.find((base + path)[1:].split("/"), 0, [])
            assert node is None or method not in node.operations or "{" in path, path
            tree.add(base + path, method, f"{name}.{operation['operationId']}")
            seen += 1
    assert sum(1 for _ in _operations(tree)) == seen


def _operations(node: Node) -> Any:
    yield from node.operations.values()
    for child in (*node.children.values(), *filter(None, [node.parameter])):
        yield from _operations(child)


def test_tables_have_names_of_their_own() -> None:
    assert len({kind.__name__ for kind in ROWS}) == len(ROWS)


@pytest.mark.parametrize("name", APIS)
def test_an_api_can_be_served_alone(name: str) -> None:
    client = client_of(name)
    assert [*client.app.apis] == [name, "control"]
    assert client.get("/_mock/health").status_code == 200
    mine = {
        "studio": "/projects",
        "label_studio": "/api/current-user/whoami",
        "blue_guardrails": "/v1/labeling-projects",
    }
    assert {other: client.get(path).status_code for other, path in mine.items()} == {
        other: 401 if other == name else 404 for other in mine
    }
    documents = client.get("/_mock/docs").text
    assert f"openapi/{name}.json" in documents and sum(f"openapi/{other}.json" in documents for other in APIS) == 1


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/nowhere", "studio"),
        ("/projects/11/nothing", "studio"),
        ("/", "studio"),
        ("/api", "label_studio"),
        ("/api/projects/", "label_studio"),
        ("/v1", "blue_guardrails"),
        ("/v1/labeling-projects/", "blue_guardrails"),
        ("/apis", "studio"),
        ("/_mock/nothing", "control"),
    ],
)
def test_unknown_path_is_refused_by_whom_it_was_meant_for(path: str, name: str) -> None:
    answer = client_of(*APIS).get(path)
    assert answer.status_code == 404
    assert answer.json().keys() == SHAPES[name]


@pytest.mark.parametrize("name", APIS)
def test_unknown_path_is_refused_by_the_one_that_is_served(name: str) -> None:
    assert client_of(name).get("/nowhere").json().keys() == SHAPES[name]


@pytest.mark.parametrize("path", ["/projects/11", "/api/annotations/1/", "/v1/labeling-projects"])
def test_options_and_wrong_methods_name_what_is_allowed(path: str) -> None:
    client = client_of(*APIS)
    options, wrong = client.request("OPTIONS", path), client.request("TRACE", path)
    assert (options.status_code, wrong.status_code) == (204, 405)
    assert "GET" in options.headers["allow"] and options.headers["allow"] == wrong.headers["allow"]


@pytest.mark.parametrize("names", ["tomes", "studio,tomes", "", ","])
def test_unknown_names_are_told_in_one_line(names: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--world", "minimal", "--port", "0", "--api", names]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1 and "there are studio, label_studio, blue_guardrails" in told[0]
    with pytest.raises(ContractError):
        create_app(small_world(), Settings(apis=tuple(filter(None, names.split(",")))))


@pytest.mark.parametrize("name", APIS)
def test_only_what_is_served_is_loaded(name: str) -> None:
    """Rows belong to every world and are loaded always."""
    program = (
        "import sys; from mock_server.app import *; from mock_server.seed import starting_world\n"
        f"create_app(starting_world('minimal'), Settings(apis=({name!r},)))\n"
        "print(*(module for module in sys.modules if module.startswith('mock_server.') and '.handlers' in module))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert {module.split(".")[1] for module in loaded} == {name, "control"}


@pytest.mark.parametrize("apis", [tuple(APIS), ("label_studio",), ("blue_guardrails",)])
def test_banner_shows_what_is_served(apis: tuple[str, ...]) -> None:
    shown = banner(create_app(starting_world("minimal"), Settings(apis=apis)), "http://127.0.0.1:1", "minimal")
    assert ("Token label-studio-demo-token" in shown) == ("label_studio" in apis)
    assert ("Bearer bg-nora" in shown) == ("blue_guardrails" in apis)
    assert ("export TOKEN=" in shown) == ("studio" in apis)


def test_banner_of_a_world_with_nobody_in_it_names_no_token() -> None:
    empty = create_app(World.empty(ROWS, Clock.live()))
    assert "Authorization" not in banner(empty, "http://127.0.0.1:1", "empty")


def test_jobs_of_an_api_that_is_not_served_end_all_the_same() -> None:
    program = (
        "from mock_server.app import *; from mock_server.tables import ROWS; from mock_server.world import *\n"
        "tx = Tx(World.empty(ROWS, Clock.live())); tx.start_job('TRANSFER', 1, 0.0)\n"
        "app = create_app(tx.world, Settings(apis=('label_studio',))); print(app.sandbox.begin().get(Job, 1).status)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() in ("FINISHED", "FAILED"), done.stderr


# Parameters in headers, and those that an operation has in place of its path's

DOCUMENT: Any = {
    "components": {"parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}}}
}
ITEM: Any = {"parameters": [{"$ref": "#/components/parameters/Id"}]}
HEADERS: Any = {
    "parameters": [
        {"name": "X-Count", "in": "header", "required": True, "schema": {"type": "integer", "maximum": 5}},
        {"name": "x-name", "in": "header", "schema": {"type": "string", "format": "uuid"}},
    ]
}


def compiled(operation: Any) -> Parameters:
    return Parameters(parameters(DOCUMENT, operation, ITEM), DOCUMENT, Schemas(DOCUMENT))


def test_headers_have_the_types_of_the_contract() -> None:
    read = compiled(HEADERS).read_headers
    uuid = "4c9e6f10-2b7d-4f3a-9a51-0d6e8b7c1a01"
    assert read({b"x-count": b"5"}) == {"x-count": 5, "x-name": None}
    assert read({b"x-count": b"-1", b"x-name": uuid.encode()}) == {"x-count": -1, "x-name": uuid}


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({}, "header.X-Count"),
        ({b"x-count": b"6"}, "header.X-Count"),
        ({b"x-count": b"many"}, "header.X-Count"),
        ({b"x-count": b"\xff"}, "header.X-Count"),
        ({b"x-count": b"1", b"x-name": b""}, "header.x-name"),
    ],
)
def test_headers_that_break_the_contract_are_named(sent: dict[bytes, bytes], place: str) -> None:
    with pytest.raises(BreaksContract) as broken:
        compiled(HEADERS).read_headers(sent)
    assert [fault["place"] for fault in broken.value.faults] == [place]


def test_operation_can_override_a_parameter_of_its_path() -> None:
    own: Any = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]}
    assert compiled(own).read_path({"id": "7"}) == {"id": 7}
    assert compiled({}).read_path({"id": "7"}) == {"id": "7"}
    with pytest.raises(BreaksContract) as broken:
        compiled(own).read_path({"id": "seven"})
    assert (broken.value.status, broken.value.faults[0]["place"]) == (404, "path.id")
