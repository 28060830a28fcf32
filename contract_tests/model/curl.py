"""A story as curl lines that anybody can paste: `$URL` is the target, `$TOKEN_…` what a person sends. No secret is in them."""

import json
import re
from collections.abc import Iterable, Mapping
from shlex import quote
from urllib.parse import quote as percent
from urllib.parse import urlencode

from contract_tests.model.asks import Ask, Move, Pause, as_text
from contract_tests.model.places import Places
from contract_tests.target import Person


def lines(moves: Iterable[Move], places: Places, people: Mapping[str, Person]) -> tuple[str, ...]:
    """Return a line for each request, and one that says so where time passes."""
    return tuple(
        f"# {move.seconds:g} seconds pass" if isinstance(move, Pause) else _line(move, places, people) for move in moves
    )


def variable(name: str) -> str:
    """Return the shell variable that stands for the token of a person."""
    return "TOKEN_" + re.sub(r"\W+", "_", name.partition("@")[0]).strip("_").upper()


def address(ask: Ask, places: Places) -> str:
    """Return path and query of a request."""
    path = re.sub(r"\{(\w+)\}", lambda found: percent(str(ask.path[found[1]]), safe=""), places.path(ask.operation))
    return f"{path}?{urlencode(ask.texts)}" if ask.query else path


def _line(ask: Ask, places: Places, people: Mapping[str, Person]) -> str:
    method, words = places.method(ask.operation), ["curl"]
    if method != "GET":
        words += ["-X", method]
    words.append(f'"$URL{_in_double_quotes(address(ask, places))}"')
    if ask.person:
        words += ["-H", f'"Authorization: {_scheme(people[ask.person])}${variable(ask.person)}"']
        also = {name: told for name, told in people[ask.person].headers.items() if name != "Authorization"}
        words += [word for name, told in also.items() for word in ("-H", quote(f"{name}: {told}"))]
    if ask.json is not None:
        words += ["-H", "'Content-Type: application/json'", "-d", quote(json.dumps(ask.json, ensure_ascii=False))]
    for name, value in (ask.form or {}).items():
        words += ["-F", quote(f"{name}={as_text(value)}")]
    if ask.file is not None:
        words += ["-F", quote(f"file=@-;filename={ask.file.name};type={ask.file.media}")]
        words += ["<<<", quote(ask.file.content)]
    return " ".join(words)


def _scheme(person: Person) -> str:
    word, blank, _ = person.headers.get("Authorization", "").partition(" ")
    return f"{word} " if blank else ""


def _in_double_quotes(text: str) -> str:
    return re.sub(r'([\\"$`])', r"\\\1", text)
