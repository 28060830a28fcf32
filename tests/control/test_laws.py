"""Laws of sandboxes over any sequence of requests: a reset undoes it, a fork knows nothing of it, nonsense is none."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.parallel import serving, work
from mock_server.app import App, create_app
from mock_server.contract import operations
from tests.conftest import Client, as_person
from tests.control.test_world import rows_of
from tests.worlds import small_world

OWNER = "owner@example.com"
FEW = settings(max_examples=25, deadline=None)
Step = tuple[str, str, Any]

NAMES = st.sampled_from(["Mine", "Yours", "Comfort", "", "x" * 300])
PROJECTS = st.sampled_from([11, 12, 14, 15, 17, 99])
IDS = st.sampled_from([1, 2, 7, 9, 1001])


def step(method: str, path: str, **body: Any) -> st.SearchStrategy[Step]:
    """A request; `{project}` and `{id}` in its path are filled with ids, some of which are there."""
    filled = st.builds(lambda project, row: path.format(project=project, id=row), PROJECTS, IDS)
    return st.tuples(st.just(method), filled, st.fixed_dictionaries(body) if body else st.none())


STEPS = st.lists(
    st.one_of(
        step("POST", "/projects", name=NAMES, type=st.sampled_from(["ABSA", "CLASS", "NONE"])),
        step("PUT", "/projects/{project}", name=NAMES),
        step("DELETE", "/projects/{project}"),
        step("POST", "/projects/{project}/classes", name=NAMES),
        step("DELETE", "/projects/{project}/classes/{id}"),
        step("POST", "/projects/{project}/groups", documents=st.just([{"text": "The bed was soft."}])),
        step("POST", "/projects/{project}/annotations", documents=st.just([{"text": "The bed was soft."}])),
        step("POST", "/password/email", email=st.just(OWNER)),
        step("DELETE", "/users/{id}"),
        step("GET", "/projects/{project}/groups"),
        step("PATCH", "/_mock/clock", advance_seconds=st.sampled_from([0, 1, 10, 10_000])),
        step(
            "PATCH", "/_mock/clock", jobs=st.sampled_from([{"mode": mode} for mode in ("at_once", "reads", "by_hand")])
        ),
        step("POST", "/_mock/clock/settle"),
        step("POST", "/_mock/jobs/{id}/finish"),
        step("POST", "/_mock/jobs/{id}/fail"),
        step("PUT", "/_mock/snapshots/s{id}"),
        step("POST", "/_mock/snapshots/s{id}/restore"),
        step("DELETE", "/_mock/snapshots/s{id}"),
    ),
    max_size=12,
)


def go(client: Client, steps: list[Step], sandbox: str = "default") -> None:
    for method, path, body in steps:
        answer = client.request(method, path, json=body, headers={"X-Mock-Sandbox": sandbox})
        assert answer.status_code < 500, answer.text


def seen(client: Client, sandbox: str = "default") -> list[Any]:
    """Return what can be seen of a sandbox, the same for the same world."""
    paths = (
        "/projects",
        "/projects/11/documents",
        "/models",
        "/_mock/clock",
        "/_mock/jobs",
        "/_mock/world",
        "/_mock/outbox",
    )
    return [client.get(path, headers={"X-Mock-Sandbox": sandbox}).json() for path in paths]


@FEW
@given(STEPS)
def test_reset_after_any_requests_leads_back_to_the_beginning(steps: list[Step]) -> None:
    app = create_app(small_world())
    client = as_person(app, OWNER)
    client.put("/_mock/snapshots/first")
    before, rows = seen(client), rows_of(app.sandbox.world)
    go(client, steps)
    assert client.post("/_mock/reset").status_code == 200
    assert seen(client) == before and rows_of(app.sandbox.world) == rows
    counts = client.get("/_mock/diff", params={"from": "first"}).json()["counts"]
    assert counts == {"created": 0, "changed": 0, "deleted": 0}


@FEW
@given(STEPS, STEPS, st.booleans())
def test_any_requests_in_one_leave_the_other_as_it_was(first: list[Step], then: list[Step], in_fork: bool) -> None:
    app = create_app(small_world())
    client = as_person(app, OWNER)
    go(client, first)
    assert client.post("/_mock/sandboxes", json={"name": "fork", "sandbox": "default"}).status_code == 201
    acting, other = ("fork", "default") if in_fork else ("default", "fork")
    sandbox = app.sandboxes.get(other)
    before, world, snapshots = seen(client, other), sandbox.world, dict(sandbox.snapshots)
    assert seen(client, acting) == before
    go(client, then, acting)
    assert sandbox.world is world and sandbox.snapshots == snapshots
    assert seen(client, other) == before


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _controls(app: App) -> list[tuple[str, str]]:
    document = app.documents["control"]
    paths = [(method.upper(), f"/_mock{path}") for path, method, _, _ in operations(document)]
    return [(method, path) for method, path in paths if method in ("POST", "PUT", "PATCH")]


APP = create_app(small_world())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_controls(APP)), st.text(max_size=6), JSON)
def test_what_a_control_call_refuses_changes_nothing(call: tuple[str, str], name: str, body: Any) -> None:
    client, sandbox = Client(APP), APP.sandbox
    path = "/".join(quoted(name) if part.startswith("{") else part for part in call[1].split("/"))

    def state() -> Any:
        names = [other.name for other in APP.sandboxes]
        return names, sandbox.world, sandbox.initial, sandbox.mode, dict(sandbox.snapshots), len(sandbox.faults)

    before = state()
    answer = client.request(call[0], path, json=body)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        after = state()
        assert after == before and after[1] is before[1]
        assert answer.headers["content-type"] == "application/problem+json"


def quoted(name: str) -> str:
    """Return a text as a segment of a path."""
    return quote(name.encode("utf-8", "replace"), safe="") or "x"


def test_workers_that_share_a_server_see_only_what_is_their_own() -> None:
    with serving(small_world()) as port, ThreadPoolExecutor(8) as pool:
        problems = pool.map(work, [port] * 8, range(8), [3] * 8)
        assert [problem for some in problems for problem in some] == []
