"""The catalogue of planted defects: each one really changes an answer, and nothing but its own application."""

import pytest

from contract_tests.defects.catalogue import FAMILIES, Defect, catalogue
from contract_tests.defects.witness import play
from mock_server.app import Settings, create_app
from mock_server.seed import frozen_clock, starting_world
from mock_server.world import World

DEFECTS = catalogue()


@pytest.fixture(scope="module")
def world() -> World:
    return starting_world("demo", clock=frozen_clock("demo"))


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_witness_of_a_defect_is_answered_otherwise_by_it_alone(defect: Defect, world: World) -> None:
    healthy = create_app(world, Settings(apis=(defect.api,)))
    expected = play(healthy, defect.witness)
    planted = defect.app(world)
    healthy.sandbox.reset()
    assert play(planted, defect.witness) != expected
    assert play(healthy, defect.witness) == expected, "the healthy application has changed as well"


def test_the_catalogue_is_large_and_has_every_family_and_api() -> None:
    assert len(DEFECTS) >= 70
    assert {defect.family for defect in DEFECTS} == set(FAMILIES)
    assert {defect.api for defect in DEFECTS} == {"studio", "label_studio", "blue_guardrails"}


def test_every_defect_is_told_in_a_sentence() -> None:
    for defect in DEFECTS:
        assert defect.sentence.endswith(".") and defect.sentence[0].isupper(), defect.name
        assert defect.witness, f"{defect.name} has no witness"
