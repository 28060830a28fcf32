"""Plans: which operations, and that all shards together are the whole."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests import accepted
from contract_tests.addresses import Addresses, concrete
from contract_tests.check import check
from contract_tests.findings import Violation
from contract_tests.guard import Guard
from contract_tests.laws import LAWS
from contract_tests.plan import Plan, leading_to, selected, shared
from contract_tests.target import Target
from contract_tests.wire import Exchange
from mock_server import contract

APIS = ("studio", "label_studio", "blue_guardrails")


@given(st.lists(st.text(), unique=True), st.integers(1, 12))
def test_shards_together_are_the_whole_and_share_nothing(names: list[str], count: int) -> None:
    parts = [shared(names, (which, count)) for which in range(1, count + 1)]
    assert Counter(name for part in parts for name in part) == Counter(names)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("count", [2, 4, 8])
def test_shards_of_a_contract_and_of_its_laws_are_the_whole(api: str, count: int) -> None:
    names = selected(Addresses(contract.load(api)))
    plans = [Plan(operations=tuple(shared(names, (at, count))), shard=(at, count)) for at in range(1, count + 1)]
    assert sorted(name for plan in plans for name in plan.operations) == sorted(names)
    laws = [law.name for law in LAWS]
    assert sorted(name for plan in plans for name in plan.mine(laws)) == sorted(laws)


def test_shards_call_the_operations_of_the_whole() -> None:
    def called(shard: tuple[int, int]) -> set[str]:
        target, seen = Target.in_process("label_studio"), set[str]()

        def note(exchange: Exchange) -> None:
            if exchange.operation is not None:  # else it is how Schemathesis finds out what the server can do
                seen.add(exchange.operation.operation_id)

        names = tuple(shared(selected(target.addresses), shard))
        with target.wire.listening(note):
            check(target, Plan(operations=names, phases=("fuzzing",), max_examples=1, shard=shard))
        target.close()
        assert seen == set(names)
        return seen

    whole = called((1, 1))
    parts = [called((which, 4)) for which in range(1, 5)]
    assert set.union(*parts) == whole
    assert sum(map(len, parts)) == len(whole)


def test_every_transition_of_the_whole_is_one_of_a_shard() -> None:
    addresses = Addresses(contract.load("studio"))

    def transitions(names: tuple[str, ...]) -> set[tuple[str, str]]:
        nodes = [(name, addresses.by_id[name].node["responses"].values()) for name in names]
        links = [(name, link) for name, answers in nodes for one in answers for link in one.get("links", {}).values()]
        return {(name, link["operationId"]) for name, link in links if link["operationId"] in names}

    names = selected(addresses)
    parts = [transitions(leading_to(addresses, shared(names, (which, 4)))) for which in range(1, 5)]
    assert set.union(*parts) == transitions(tuple(names))


def test_tags_and_operations_choose() -> None:
    addresses = Addresses(contract.load("studio"))
    assert selected(addresses, ["types"]) == ["list_types"]
    assert selected(addresses, ["Monitoring"], ["get_info"]) == ["get_info"]
    with pytest.raises(ValueError, match="no tag Type"):
        selected(addresses, ["Type"])


@pytest.mark.parametrize("api", APIS)
def test_every_operation_is_found_at_its_path(api: str) -> None:
    addresses = Addresses(contract.load(api))
    for operation in addresses:
        values = {part[1:-1]: "7 a/b" for part in operation.path.split("/") if part.startswith("{")}
        found, told = addresses.find(operation.method, concrete(operation.path, values) + "?x=1")
        assert (found, told) == (operation, values)


def test_a_second_path_leads_to_the_same_operation_and_a_path_of_its_own_wins() -> None:
    addresses = Addresses(contract.load("studio"))
    found, values = addresses.find("GET", "/organizations/3/projects/11")
    assert found is not None and (found.operation_id, found.alias) == ("get_project", "organization_id")
    assert values == {"organization_id": "3", "project_id": "11"}
    found, _ = addresses.find("GET", "/organizations/3/models")
    assert found is not None and (found.operation_id, found.alias) == ("list_workspace_models", None)


def test_what_the_contract_marks_unsafe_is_no_safe_operation() -> None:
    document = contract.load("label_studio")
    path = "/api/version/"
    document["paths"][path] = {"get": {**document["paths"][path]["get"], "x-safe": False}}
    operation = Addresses(document).by_id["get_version"]
    assert not operation.is_safe
    assert Guard("http://h", "none").may(operation) is not None


def test_the_same_seed_sends_the_same_requests() -> None:
    def sent() -> list[tuple[str | None, str | None, object]]:
        target, seen = Target.in_process("label_studio"), list[tuple[str | None, str | None, object]]()

        def note(exchange: Exchange) -> None:
            if not str(exchange.request.headers.get("Content-Type", "")).startswith("multipart"):
                seen.append((exchange.request.method, exchange.request.url, exchange.request.body))

        names = ("create_annotation", "get_annotation")
        with target.wire.listening(note):
            check(target, Plan(operations=names, phases=("fuzzing",), max_examples=5, seed=3))
        target.close()
        return seen

    first = sent()
    assert first and first == sent()


def test_what_the_baseline_knows_is_not_found_again(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    known = Violation(check="laws", api="studio", operation="get_project", message="It lies.", requests=3)
    accepted.write(file, [known])
    accepted.write(file, [known])
    baseline = accepted.read(file)
    assert baseline.knows(known)
    assert not baseline.knows(Violation(check="laws", api="studio", operation="get_project", message="It dies."))
    assert file.read_text().count('"check"') == 1


def test_other_commands_do_not_load_what_checks_need() -> None:
    """Serving must not start later because there is a command that checks."""
    code = (
        "import sys; from mock_server.cli import build_parser; build_parser(); "
        "print({'schemathesis', 'hypothesis', 'requests', 'rich'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"
