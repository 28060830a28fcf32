"""What is read of a deployment before any story: who the people are there, and what there must be already.

Not here: what becomes of it in the stand-in (`contract_tests.model.beginnings`).
"""

import secrets
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import requests

from contract_tests import preflight
from contract_tests.accounts import Unusable
from contract_tests.model.asks import FIRST
from contract_tests.model.beginnings import Membership, Opening, Read, Somebody
from contract_tests.target import COLLEAGUE, STRANGER, Person, Target

OTHERWISE = (
    "What the deployment says before the stories is not as the contract has it, so that the stand-in cannot begin alike ({}); "
    "--writes none compares how it says things"
)
SUPERUSER = "superuser"
MAKING = "create_labeling_project"
MOST_TASKS = 12  # that are claimed of a project, to see what is found there


class Cast(msgspec.Struct):
    """Who is whom in the stories: people by the name that stories give them, and who takes no part, with the reason."""

    people: dict[str, Person]
    opening: Opening
    aside: dict[str, str]


def cast_of(target: Target, task: int | None = None) -> Cast:
    """Ask who everybody is, give them their parts, and read what stories need. `task` is one of Label Studio that is lent.

    Raises Unusable, contract_tests.brakes.Stop.
    """
    cast = Cast({}, Opening(people=(), task=task), {})
    try:
        for person in target.people:
            told = Somebody(name=person.name, role=person.role, email=person.email)
            _give_part(cast, person, KNOWN[target.api](target, person, told, cast))
        NEEDED[target.api](target, cast)
    except requests.RequestException as problem:
        raise Unusable(preflight.told(problem, target)) from None
    except (KeyError, TypeError, ValueError) as problem:
        raise Unusable(OTHERWISE.format(f"{type(problem).__name__}: {problem}")) from None
    return cast


def stamp() -> str:
    """Return what no other run has at the end of its names: the time, and some letters for those that begin with this one."""
    return f"{time.strftime('%y%m%d-%H%M%S')}-{secrets.token_hex(3)}"


def _give_part(cast: Cast, person: Person, one: Somebody) -> None:
    part = FIRST if not cast.people else one.role and one.role.lower()
    if part is None:
        cast.aside[person.name] = "no role is known: one belongs to each of --credentials"
    elif part in cast.people:
        cast.aside[person.name] = f"{cast.people[part].name} has the part of the {part}"
    else:
        cast.people[part] = person
        people = (*cast.opening.people, msgspec.structs.replace(one, name=part))
        cast.opening = msgspec.structs.replace(cast.opening, people=people)


def _of_studio(target: Target, person: Person, told: Somebody, cast: Cast) -> Somebody:
    """Return what the deployment says of somebody, and if it does not say it as the contract has it, what is told of them."""
    before, told = cast.opening.people, msgspec.structs.replace(told, role=_known_role(target, person))
    value = _asked(target, person, "get_auth_status")
    try:
        places = tuple(_memberships(value["organizations"]))
        said = msgspec.structs.replace(
            told, id=int(value["user"]["id"]), is_superuser=value["user"]["is_superuser"] is True
        )
    except (KeyError, TypeError, ValueError):
        return told
    if not any(place.is_default for place in places):
        return told
    role = _role(places, before[0]) if before and before[0].workspaces else None
    if role is not None and told.role not in (None, role, SUPERUSER):
        raise Unusable(f"{person.name} is not {told.role}, but {role} in the workspace of {target.people[0].name}")
    return msgspec.structs.replace(said, workspaces=places, role=told.role or role)


def _known_role(target: Target, person: Person) -> str | None:
    """Return the role that somebody is said to have, as the contract writes it. Raises Unusable for one that there is not."""
    roles: list[str] = [*target.document["x-roles"]["ranks"]["organization"], SUPERUSER, STRANGER]
    found = next((role for role in roles if person.role is not None and role.lower() == person.role.lower()), None)
    if found is None and person.role is not None:
        raise Unusable(f"{person.name} is said to be {person.role}; there are {', '.join(roles)}")
    return found


def _memberships(told: Any) -> Iterator[Membership]:
    for one in told:
        yield Membership(int(one["id"]), str(one["role"]), one["is_default"] is True)


def _role(places: tuple[Membership, ...], first: Somebody) -> str:
    """Return the role in the workspace where the first of the people makes things."""
    home = next(place.id for place in first.workspaces if place.is_default)
    return next((place.role for place in places if place.id == home), STRANGER)


def _asked(target: Target, person: Person, operation: str, **parts: Any) -> Any:
    """Return what an operation answers somebody, None if that is nothing to go on. Raises contract_tests.brakes.Stop."""
    try:
        answer = target.call(operation, person=person, **parts)
        return answer.json() if answer.ok else None
    except (requests.RequestException, ValueError):
        return None


def _of_label_studio(target: Target, person: Person, told: Somebody, cast: Cast) -> Somebody:
    """Return whether somebody is in the organization of the first person. Raises Unusable."""
    account = _asked(target, person, "who_am_i")
    if not isinstance(account, dict) or "active_organization" not in account:
        raise Unusable(f"Nobody knows who {person.name} is: GET {_path(target, 'who_am_i')} names no organization")
    first = next(iter(cast.opening.answers("who_am_i", FIRST)), account)
    is_same = account["active_organization"] == first["active_organization"]
    if cast.people and told.role is not None and is_same is (told.role == STRANGER):
        where = f"the organization of {cast.people[FIRST].name}"
        raise Unusable(f"{person.name} is said to be {told.role}, but is {'' if is_same else 'not '}in {where}")
    role = COLLEAGUE if is_same else STRANGER
    if cast.people and role not in cast.people:
        _read(cast, role, "who_am_i", account)
    elif not cast.people:
        _read(cast, FIRST, "who_am_i", account)
    return msgspec.structs.replace(told, role=role)


def _of_blue_guardrails(target: Target, person: Person, told: Somebody, cast: Cast) -> Somebody:
    """Return whether somebody is in the workspace of the first person, which nothing but what is told of them says."""
    role = told.role if told.role in (None, STRANGER) else COLLEAGUE
    return msgspec.structs.replace(told, role=role)


def _nothing(target: Target, cast: Cast) -> None:
    """Stories of Studio need nothing that is there before."""


def _task(target: Target, cast: Cast) -> None:
    """Lend the run a task, and read the annotations that it has. Raises Unusable."""
    if cast.opening.task is None:
        raise Unusable("Stories of label_studio annotate a task that is there already: --task ID says which")
    target.wire.guard.created.lent("task", str(cast.opening.task))
    path = {"id": cast.opening.task}
    answer = target.call("list_annotations", path=path)
    if not answer.ok:
        told = _path(target, "list_annotations").format(**path)
        raise Unusable(f"Task {cast.opening.task} cannot be annotated: GET {told} answers {answer.status_code}")
    _read(cast, FIRST, "list_annotations", answer.json())


def _conversations(target: Target, cast: Cast) -> None:
    """Have everybody make a labeling project and see what is in it: the conversations of their workspace, with what was found in them.

    Where that may not be made, nothing is read: no story can be told then either. Raises Unusable.
    """
    if target.wire.guard.may(target.addresses.by_id[MAKING]):
        return
    for part, person in cast.people.items():
        slug = f"studio-mock-{stamp()}-{part}"
        body = {"name": "What is there", "slug": slug, "source_type": "conversations"}
        answer = target.call(MAKING, person=person, json=body)
        if not answer.ok:
            needs = (
                "; a key that is good for several workspaces needs one of them in --credentials"
                if answer.status_code == 422
                else ""
            )
            told = f"POST {_path(target, MAKING)} answers {answer.status_code}{needs}"
            raise Unusable(f"{person.name} cannot make a labeling project, with which stories begin: {told}")
        _read(cast, part, MAKING, answer.json())
        _look_into(target, cast, part, answer.json()["id"])


def _look_into(target: Target, cast: Cast, part: str, project: Any) -> None:
    """Read what an export shows of a project, and what its first tasks do."""
    person, at = cast.people[part], {"project_id": project}
    _read(cast, part, "export_labeling_project", _asked(target, person, "export_labeling_project", path=at))
    active = {"path": {"project_id_or_slug": project}, "json": {"status": "active"}}
    _asked(target, person, "change_labeling_project", **active)
    for _ in range(MOST_TASKS):
        task = _asked(target, person, "claim_labeling_task", path=at, json={"lane": "task"})
        if task is None:
            break
        _read(cast, part, "claim_labeling_task", task)


def _read(cast: Cast, part: str, operation: str, value: Any) -> None:
    read = (*cast.opening.read, Read(part, operation, value))
    cast.opening = msgspec.structs.replace(cast.opening, read=read)


def _path(target: Target, operation: str) -> str:
    return target.addresses.by_id[operation].path


KNOWN = {"studio": _of_studio, "label_studio": _of_label_studio, "blue_guardrails": _of_blue_guardrails}
NEEDED = {"studio": _nothing, "label_studio": _task, "blue_guardrails": _conversations}
