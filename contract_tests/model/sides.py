"""From a target to the two sides of a story: who asks, what the model begins with, and how alike the answers have to be."""

from collections.abc import Mapping

from contract_tests.model.asks import FIRST
from contract_tests.model.beginnings import Opening, Somebody, blue_guardrails, label_studio, studio
from contract_tests.model.compare import Likeness
from contract_tests.model.oracle import Oracle
from contract_tests.model.story import Sides
from contract_tests.target import COLLEAGUE, STRANGER, Person, Target
from mock_server.app import App

ROLES = ("superuser", "MANAGER", "ADMIN", "ANNOTATOR", "VIEWER", "USER", COLLEAGUE, STRANGER)
PARTS = {
    "label_studio": {COLLEAGUE: "annotator", STRANGER: "stranger"},
    "blue_guardrails": {COLLEAGUE: "bg-emil", STRANGER: "bg-magnus"},
}  # of the people of a stand-in in this process
GIVEN = {"label_studio": label_studio.given, "blue_guardrails": blue_guardrails.given}
ELSEWHERE = Likeness(times=False, texts=False, guesses=False, extras=True, errors=False)
RUNNING = Likeness(times=False, guesses=False)


def sides_of(target: Target) -> Sides | None:
    """Return both sides; None for a target that cannot be compared.

    A stand-in in this process and the model begin with the same world; any other target with what the run makes, if it may write.
    """
    if target.app is not None and target.can_reset:
        return _alike(target, target.app)
    if target.api == "studio" and target.writes != "none" and target.people:
        return _apart(target)
    return None


def _alike(target: Target, app: App) -> Sides:
    oracle, people, beginning = Oracle(target.api), people_of(target), app.sandbox.initial
    oracle.start_like(beginning)
    known_as = {name: person.headers.get("Authorization") for name, person in people.items()}
    likeness = Likeness() if beginning.clock.speed == 0 else RUNNING
    given = GIVEN[target.api](oracle) if target.api in GIVEN else {}
    return Sides(target, oracle, people, known_as, likeness, True, cast_of(target, people), given)


def _apart(target: Target) -> Sides:
    """The first of the people asks; what the others may do there is not known."""
    oracle, first = Oracle(target.api), target.people[0]
    begun = studio.begin(oracle, Opening(people=(Somebody(name=FIRST, email=first.email),)))
    return Sides(target, oracle, {FIRST: first}, begun.known_as, ELSEWHERE, alike=False)


def cast_of(target: Target, people: Mapping[str, Person]) -> dict[str, str]:
    """Return who of the people has which part in the stories: by the roles that the target knows somebody of, or as it is known."""
    found = ((role, target.person(role)) for role in ROLES)
    parts = {role.lower(): person.name for role, person in found if person is not None} | PARTS.get(target.api, {})
    return {part: name for part, name in parts.items() if name in people}


def people_of(target: Target) -> dict[str, Person]:
    """Return who can ask, by a name of one word: the people of the target, and one for each role that it knows somebody of."""
    people = {person.name: person for person in target.people}
    for found in map(target.person, ROLES):
        if found is not None:
            people.setdefault(found.name, found)
    return people
