"""From a target to the two sides of a story: who asks, what the model begins with, and how alike the answers have to be."""

from contract_tests.model.compare import Likeness
from contract_tests.model.oracle import Oracle
from contract_tests.model.story import Sides
from contract_tests.target import Person, Target

ROLES = ("superuser", "MANAGER", "ADMIN", "ANNOTATOR", "VIEWER", "USER", "stranger")
ELSEWHERE = Likeness(times=False, texts=False, guesses=False, extras=True)
RUNNING = Likeness(times=False, guesses=False)


def sides_of(target: Target) -> Sides:
    """Return both sides. A stand-in in this process and the model begin with the same world; any other target with what the run makes."""
    oracle = Oracle(target.api)
    people = people_of(target)
    if target.app is not None and target.can_reset:
        beginning = target.app.sandbox.initial
        oracle.start_like(beginning)
        known_as = {name: person.headers.get("Authorization") for name, person in people.items()}
        stands_still = beginning.clock.speed == 0
        return Sides(target, oracle, people, known_as, Likeness() if stands_still else RUNNING, alike=True)
    raise NotImplementedError


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
