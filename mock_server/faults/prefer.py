"""What a request prefers (RFC 7240): `Prefer: code=404`, `example=NAME`, `dynamic=false`, `wait=2`, as users of Prism know them.

Preferences that are not known here are ignored, as the RFC asks; those that are known and impossible are refused (400).
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from mock_server.pipeline.errors import Refused

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
WORD = rf'(?:{TOKEN}|"(?:[^"\\]|\\.)*")'
PARAMETER = rf";\s*+(?:{TOKEN}\s*+(?:=\s*+{WORD}?\s*+)?)?"
ONE = re.compile(rf"\s*+({TOKEN})\s*+(?:=\s*+({WORD})?\s*+)?(?:{PARAMETER})*+(?:,|$)")
CODE = re.compile(r"[1-5]\d\d", re.ASCII)
SECONDS = re.compile(r"\d{1,3}(\.\d{1,3})?", re.ASCII)
LONGEST = 300  # seconds
BOOLEANS = {"true": True, "false": False}


class Preferences(msgspec.Struct):
    """What is preferred: the status of the answer, its example of the contract, whether it is made by the handler, and how many seconds
    to wait; None for what is not said."""

    code: int | None = None
    example: str | None = None
    dynamic: bool | None = None
    wait: float | None = None

    @property
    def from_contract(self) -> bool:
        """Whether the answer is to be an example of the contract."""
        return self.code is not None or self.example is not None or self.dynamic is False


def read(headers: Iterable[tuple[bytes, bytes]]) -> Preferences | None:
    """Return what the headers prefer, None if that is nothing that is known here. Raises Refused (400)."""
    told: dict[str, str] = {}
    for name, value in headers:
        if name == b"prefer":
            for preference, word in parse(value.decode("latin-1")):
                told.setdefault(preference, word)  # the first counts
    known = {name: told[name] for name in Preferences.__struct_fields__ if name in told}
    return _checked(known) if known else None


def parse(text: str) -> Iterator[tuple[str, str]]:
    """Yield the preferences of one header, names in lower case, values unquoted, parameters left out. Stops where the text is none."""
    at = 0
    while at < len(text) and (found := ONE.match(text, at)):
        at = found.end()
        yield found[1].lower(), _unquoted(found[2] or "")


def _unquoted(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word


def _checked(told: dict[str, str]) -> Preferences:
    preferences = Preferences(example=told.get("example"))
    if "code" in told:
        if not CODE.fullmatch(told["code"]):
            raise impossible(f"code={told['code']}", "a code is an HTTP status, for example 404")
        preferences.code = int(told["code"])
    if "wait" in told:
        if not SECONDS.fullmatch(told["wait"]) or float(told["wait"]) > LONGEST:
            raise impossible(f"wait={told['wait']}", f"wait is a number of seconds from 0 to {LONGEST}")
        preferences.wait = float(told["wait"])
    if "dynamic" in told:
        if told["dynamic"].lower() not in BOOLEANS:
            raise impossible(f"dynamic={told['dynamic']}", "dynamic is true or false")
        preferences.dynamic = BOOLEANS[told["dynamic"].lower()]
    return preferences


def impossible(preference: str, why: str) -> Refused:
    """A preference that is known and cannot be heeded."""
    told = f"Prefer: {preference[:100]} is impossible: {why}"
    return Refused(400, told, [{"place": "header.prefer", "reason": why}])
