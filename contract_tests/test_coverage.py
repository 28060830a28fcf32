"""What a run has seen is counted where it belongs, adds up, and survives being written down."""

import json
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.coverage import Coverage, NotTheSame, Row, Watcher, watching
from contract_tests.coverage_probes import LONGEST_BODY, Probes
from contract_tests.target import BASE, Target
from mock_server import contract

DOCUMENT = contract.load("studio")
PROBES = {node["operationId"]: Probes(DOCUMENT, node, item) for _, _, node, item in contract.operations(DOCUMENT)}
MEDIA = ("application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain")
NAMES = st.sampled_from(["name", "type", "documents", "text", "segments", "span", "tags", "file", "to_list", "id"])


@pytest.fixture(scope="module")
def target() -> Target:
    return Target.in_process("studio")


def seen(target: Target, operation: str, *calls: dict[str, Any]) -> Row:
    """Return the row of an operation after some calls of it."""
    with watching(target) as watcher:
        for call in calls:
            target.call(operation, **call)
    return watcher.coverage.rows[operation]


def test_nothing_is_seen_before_something_is_sent(target: Target) -> None:
    coverage = Watcher("studio", target.document).coverage
    total = coverage.total()
    assert total.statuses.seen == total.parameters.seen == total.fields.seen == 0
    documented = [(row.operation, status) for row in coverage.rows.values() for status in (*row.statuses, *row.second)]
    assert len(coverage.missing()) == len(documented) == total.statuses.all
    assert all(missing.how for missing in coverage.missing())


def test_statuses_are_counted_as_documented_or_not(target: Target) -> None:
    row = seen(
        target, "get_project", {"path": {"project_id": 11}}, {"path": {"project_id": 404}}, {"path": {"project_id": 11}}
    )
    assert (row.statuses["200"], row.statuses["404"], row.statuses["403"]) == (2, 1, 0)
    assert row.undocumented == {}


def test_an_undocumented_status_is_listed(target: Target) -> None:
    del target.document["paths"]["/projects/{project_id}"]["get"]["responses"]["404"]
    watcher = Watcher("studio", target.document)
    try:
        with target.wire.listening(watcher):
            target.call("get_project", path={"project_id": 404})
    finally:
        target.document["paths"]["/projects/{project_id}"]["get"]["responses"]["404"] = {"description": "restored"}
    assert watcher.coverage.undocumented() == [("get_project", 404, 1)]


def test_parameters_are_seen_sent_absent_invalid_and_at_their_bounds(target: Target) -> None:
    path = {"project_id": 11}
    queries: tuple[dict[str, Any], ...] = (
        {},
        {"limit": 1},
        {"limit": 1000},
        {"limit": 0},
        {"limit": "many"},
        {"offset": 3},
    )
    row = seen(target, "list_documents", *({"path": path, "query": query} for query in queries))
    assert row.parameters["query.limit"] == {"sent": 2, "absent": 2, "invalid": 2, "minimum": 1, "maximum": 1}
    assert row.parameters["query.offset"] == {"sent": 1, "absent": 5, "invalid": 0, "minimum": 0}
    assert row.parameters["path.project_id"] == {"sent": 6, "invalid": 0}


def test_each_value_of_an_enum_counts_in_a_list_too(target: Target) -> None:
    row = seen(target, "list_documents", {"path": {"project_id": 11}, "query": {"details": "segments,tags"}})
    details = row.parameters["query.details"]
    assert (details["sent"], details["segments"], details["tags"], details["meta"]) == (1, 1, 1, 0)


def test_body_fields_are_seen_sent_absent_null_invalid_and_by_value(target: Target) -> None:
    bodies: tuple[dict[str, Any], ...] = (
        {"name": "A", "type": "CLASS"},
        {"name": None, "type": "CLASS"},
        {"name": 5, "type": "NONE"},
        {},
    )
    row = seen(target, "create_project", *({"json": body} for body in bodies))
    assert {name: row.fields["body.name"][name] for name in ("sent", "absent", "null", "invalid")} == {
        "sent": 1,
        "absent": 1,
        "null": 1,
        "invalid": 1,
    }
    kinds = row.fields["body.type"]
    assert (kinds["CLASS"], kinds["ABSA"], kinds["invalid"]) == (2, 0, 1)
    assert (row.fields["body"]["application/json"], row.fields["body"]["invalid"]) == (4, 3)


def test_fields_inside_lists_have_a_place_of_their_own(target: Target) -> None:
    body = [{"text": "Fine.", "segments": [{"text": "Fine.", "span": [0, 5]}]}, {"text": "Good."}]
    row = seen(target, "upload_documents", {"path": {"project_id": 11}, "json": body})
    assert row.fields["body[].text"]["sent"] == 2
    assert (row.fields["body[].segments"]["sent"], row.fields["body[].segments"]["absent"]) == (1, 1)
    assert row.fields["body[].segments[].span"]["sent"] == 1


def test_fields_of_a_form_are_seen(target: Target) -> None:
    parts = {"file": ("march.csv", b"text\nFine.\n"), "to_list": (None, "true")}
    row = seen(target, "upload_group_file", {"path": {"project_id": 11}, "files": parts})
    assert (row.fields["body.file"]["sent"], row.fields["body.to_list"]["true"]) == (1, 1)


@pytest.mark.parametrize(
    ("sent", "variant"),
    [
        ({"data": b"{", "headers": {"Content-Type": "application/json"}}, "invalid"),
        ({"data": b"text", "headers": {"Content-Type": "text/plain"}}, "other type"),
        ({}, "absent"),
    ],
)
def test_a_body_as_a_whole_is_seen(target: Target, sent: dict[str, Any], variant: str) -> None:
    assert seen(target, "create_project", sent).fields["body"][variant] == 1


def test_a_body_that_is_too_long_is_not_looked_into(target: Target) -> None:
    row = seen(target, "create_project", {"json": {"name": "a" * LONGEST_BODY, "type": "CLASS"}})
    assert sum(row.fields["body"].values()) == 0
    assert sum(row.statuses.values()) == 1


def test_the_second_path_is_counted_apart(target: Target) -> None:
    with watching(target) as watcher:
        target.send("GET", "/organizations/1/projects")
        target.send("GET", "/organizations/404/projects")
        target.send("GET", "/organizations/1/models")
    row = watcher.coverage.rows["list_projects"]
    assert (row.second["404"], row.second["403"], row.statuses["200"]) == (1, 0, 1)
    assert row.paths == {"/projects": 0, "/organizations/{organization_id}/projects": 2}
    assert watcher.coverage.rows["list_models"].second == {}  # the contract has another operation there
    assert watcher.coverage.rows["list_workspace_models"].statuses["200"] == 1


def test_what_the_contract_does_not_have_counts_for_nothing(target: Target) -> None:
    with watching(target) as watcher:
        target.send("GET", "/no/such/path")
        target.send("PATCH", "/projects")
    assert watcher.coverage == Watcher("studio", target.document).coverage


def test_shards_add_up_to_the_whole(target: Target) -> None:
    calls: list[dict[str, Any]] = [{"query": {"limit": number}} for number in (0, 1, 5)]
    with target.wire.listening(whole := Watcher("studio", target.document)):
        with target.wire.listening(one := Watcher("studio", target.document)):
            target.call("list_notifications", **calls[0])
        with target.wire.listening(other := Watcher("studio", target.document)):
            for call in calls[1:]:
                target.call("list_notifications", **call)
    assert one.coverage + other.coverage == whole.coverage


def test_different_contracts_do_not_add_up(target: Target) -> None:
    guardrails = Target.in_process("blue_guardrails")
    with pytest.raises(NotTheSame):
        Watcher("studio", target.document).coverage + Watcher("blue_guardrails", guardrails.document).coverage


def test_it_survives_being_written_as_json(target: Target) -> None:
    with watching(target) as watcher:
        target.call("list_types")
    raw = watcher.coverage.to_json()
    assert Coverage.from_json(raw) == watcher.coverage
    assert json.loads(raw)["rows"]["list_types"]["statuses"]["200"] == 1


def test_tags_and_operations_sum_up_to_the_total(target: Target) -> None:
    with watching(target) as watcher:
        target.call("list_types")
        target.call("list_projects")
    coverage = watcher.coverage
    for kind in ("statuses", "parameters", "fields"):
        total = getattr(coverage.total(), kind)
        for parts in (coverage.by_tag(), coverage.by_operation()):
            assert sum(getattr(part, kind).seen for part in parts) == total.seen
            assert sum(getattr(part, kind).all for part in parts) == total.all
    assert coverage.total().statuses.seen == 2


def test_who_watches_already_goes_on(target: Target) -> None:
    with watching(target) as first, watching(target) as second:
        target.call("list_types")
    assert first is second
    assert first.coverage.rows["list_types"].statuses["200"] == 1


VISIBLE = st.characters(min_codepoint=33, max_codepoint=126) | st.sampled_from("éß")
REQUESTS = st.builds(
    lambda url, headers, body: requests.Request("POST", url, headers=headers, data=body).prepare(),
    st.text(max_size=20).map(lambda text: f"{BASE}/projects?details={text}&limit={text}&{text}"),
    st.dictionaries(
        st.just("Content-Type"),
        st.sampled_from(["", *MEDIA]) | st.text(VISIBLE, max_size=30),
    ),
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda some: st.lists(some) | st.dictionaries(NAMES, some),
    ).map(lambda value: json.dumps(value).encode())
    | st.tuples(NAMES, st.binary(max_size=20)).map(
        lambda part: (
            b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n--x--\r\n' % (part[0].encode(), part[1])
        )
    ),
)


@given(
    request=REQUESTS,
    name=st.sampled_from(["create_project", "upload_documents", "create_group", "upload_group_file", "list_documents"]),
)
def test_whatever_is_sent_is_counted_and_never_breaks_a_run(request: requests.PreparedRequest, name: str) -> None:
    probes = PROBES[name]
    parameters, fields = probes.read(request, {"project_id": "x\0"})
    for shown, known in ((parameters, probes.parameters), (fields, probes.fields)):
        for place, variant in shown:
            assert variant in known[place]
