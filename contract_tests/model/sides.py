"""From a target to the two sides of a story: who asks, what the model begins with, and how alike the answers have to be."""

from contract_tests.model.compare import Likeness
from contract_tests.model.oracle import Oracle
from contract_tests.model.story import FIRST, Sides
from contract_tests.target import Person, Target
from mock_server.app import App

ROLES = ("superuser", "MANAGER", "ADMIN", "ANNOTATOR", "VIEWER", "USER", "stranger")
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
    return Sides(target, oracle, people, known_as, Likeness() if beginning.clock.speed == 0 else RUNNING, alike=True)


def _apart(target: Target) -> Sides:
    """The first of the people asks; what the others may do there is not known."""
    oracle, first = Oracle(target.api), target.people[0]
    header = oracle.start_empty(first.email or "first@example.com")
    return Sides(target, oracle, {FIRST: first}, {FIRST: header}, ELSEWHERE, alike=False)


def people_of(target: Target) -> dict[str, Person]:
    """Return who can ask, by a name of one word: the people of the target, and one for each role that it knows somebody of."""
    people = {person.name: person for person in target.people}
    known = {person.email for person in target.people}
    for role in ROLES:
        found = target.person(role)
        if found is not None and found.email not in known:
            people.setdefault(found.name, found)
            known.add(found.email)
    return people
