"""Who calls a deployment: from addresses and passwords, tokens or a file; and signing in again when a token has expired.

Not here: who the people of the stand-in in this process are (`stand_in`).
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter

from contract_tests.brakes import Brakes, Stop
from contract_tests.target import Person

SCHEMES = {"studio": "Bearer", "label_studio": "Token", "blue_guardrails": "Bearer"}
WORKSPACE = "X-Workspace-Id"  # of Blue Guardrails: where a key works that is good for several workspaces
LOG_IN = {"studio": ("/auth/login", "auth_token")}
WHO_AM_I = {"studio": "get_auth_status", "label_studio": "who_am_i", "blue_guardrails": "list_labeling_projects"}


class Unusable(Exception):
    """The target or what was said about it cannot be used; the message is one line for a person."""


def header(api: str, token: str) -> dict[str, str]:
    """Return what is sent with a token; one that comes with its word, as in `Bearer …`, stays as it is."""
    return {"Authorization": token if " " in token.strip() else f"{SCHEMES[api]} {token.strip()}"}


class SignIn:
    """Signs people in at a deployment, past the guard: the one request that is sent although it may not be safe."""

    def __init__(self, api: str, base_url: str, inner: BaseAdapter, brakes: Brakes) -> None:
        self.api, self.base_url, self.inner, self.brakes = api, base_url, inner, brakes

    def person(self, name: str, email: str, password: str, role: str | None = None) -> Person:
        """Return somebody signed in. Raises Unusable saying why that did not work."""
        return Person(name, self.headers(email, password), email, password, role)

    def headers(self, email: str, password: str) -> dict[str, str]:
        """Return what a person sends who has just signed in. Raises Unusable."""
        if self.api not in LOG_IN:
            raise Unusable(f"{self.api} has no log in with an address and a password: give a token")
        path, field = LOG_IN[self.api]
        request = requests.Request("POST", self.base_url + path, json={"email": email, "password": password})
        answer = self.brakes.send(self.inner, request.prepare(), verify=True)
        if answer.status_code != 200:
            raise Unusable(f"{email} cannot log in: POST {path} answers {answer.status_code}")
        try:
            return header(self.api, str(answer.json()[field]))
        except (ValueError, KeyError, TypeError):
            raise Unusable(f"{email} cannot log in: the answer of POST {path} has no {field}") from None


class Renewal:
    """Signs in again when a token is refused that was good before, so that the request can be sent once more with the new one."""

    def __init__(self, people: list[Person], sign_in: Callable[[str, str], dict[str, str]]) -> None:
        self._people = {
            person.headers["Authorization"]: person for person in people if "Authorization" in person.headers
        }
        self._sign_in = sign_in
        self._now: dict[str, str] = {}  # the token of the moment by the first one
        self._first: dict[str, str] = {told: told for told in self._people}
        self._refused: dict[
            str, set[str]
        ] = {}  # what was refused since the last success, of those who have been let in
        self._in_vain: set[str] = set()  # what is refused with a fresh token, too: it is not the token

    def dress(self, request: requests.PreparedRequest) -> str | None:
        """Put the token of the moment in place of an older one, and return the first one if it is that of somebody we know."""
        first = self._first.get(str(request.headers.get("Authorization")))
        if first is not None:
            request.headers["Authorization"] = self._now.get(first, first)
        return first

    def renewed(self, first: str | None, label: str, response: requests.Response) -> bool:
        """Whether there is a new token, with which the request is worth another try. Raises Stop if there can be none."""
        if first is None:
            return False
        if response.status_code != 401:
            self._refused[first] = set()
            return False
        if first not in self._refused or label in self._in_vain:
            return False
        person = self._people[first]
        self._refused[first].add(label)
        if person.email is None or person.password is None:
            return self._give_up_if_expired(first, person)
        self._in_vain.add(label)
        try:
            self._now[first] = self._sign_in(person.email, person.password)["Authorization"]
        except Unusable as problem:
            raise Stop(f"The token of {person.name} is not accepted any more, and {problem}") from None
        self._first[self._now[first]] = first
        return True

    def worked(self, label: str) -> None:
        """Take note that a request went well with a new token: it was the token."""
        self._in_vain.discard(label)

    def _give_up_if_expired(self, first: str, person: Person) -> bool:
        if len(self._refused[first]) >= 3:  # three operations one after the other: it is not one of them that is wrong
            raise Stop(
                f"The token of {person.name} is not accepted any more; with --email and --password a run signs in again"
            )
        return False


def from_file(path: Path, api: str, sign_in: SignIn) -> list[Person]:
    """Return the people of a file, JSON or YAML: a list of {name, token} or {name, email, password}, perhaps with a role, and with the
    workspace in which a token is used.

    Raises Unusable naming the entry that is wrong.
    """
    entries = _entries(path)
    return [_person(f"{path}, entry {number}", entry, api, sign_in, number) for number, entry in enumerate(entries, 1)]


def _entries(path: Path) -> list[Any]:
    import yaml

    try:
        text = path.read_text("utf-8")
        told = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, yaml.YAMLError):
        raise Unusable(f"{path} is neither JSON nor YAML") from None
    if not isinstance(told, list) or not told:
        raise Unusable(f"{path}: a list of people was expected, each with a token, or with email and password")
    return told


def _person(where: str, entry: Any, api: str, sign_in: SignIn, number: int) -> Person:
    if not isinstance(entry, dict):
        raise Unusable(f"{where}: token, or email and password were expected")
    told = {key: str(value) for key, value in entry.items() if value is not None}
    name, role = told.get("name") or told.get("email") or f"person {number}", told.get("role")
    if "token" in told:
        sent = {**header(api, told["token"]), **({WORKSPACE: told["workspace"]} if "workspace" in told else {})}
        return Person(name, sent, told.get("email"), told.get("password"), role)
    if "email" in told and "password" in told:
        return sign_in.person(name, told["email"], told["password"], role)
    raise Unusable(f"{where}: token, or email and password are missing")
