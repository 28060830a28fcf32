"""Magic values: what somebody types into a form to see how an application takes an error, without touching its code.

`mock:STATUS`, `mock:429:SECONDS` (for Retry-After), `mock:slow:SECONDS`, `mock:close`, `mock:truncated`, `mock:invalid_json`,
`mock:breaks_contract`; in a field for e-mail addresses with `+` for `:` before any domain, as in `mock+404@example.com`. Only as the whole
value of a field that people type text into, and only in a request that is valid and allowed.
"""

import re
from typing import Any

from mock_server.faults.rules import LONGEST, STATUSES, Fault, read

SIGN = b"mock"  # without it in a body, there is no magic
FIELDS = frozenset(
    {
        "name",
        "text",
        "email",
        "description",
        "display_name",
        "first_name",
        "last_name",
        "title",
        "label",
        "explanation",
        "short_description",
        "long_description",
    }
)
VALUE = re.compile(
    r"mock:(?:(?P<status>[45]\d\d)(?::(?P<retry_after>\d{1,4}))?|slow:(?P<slow>\d{1,3}(?:\.\d{1,3})?)"
    r"|(?P<close>close)|(?P<body>truncated|invalid_json|breaks_contract))",
    re.ASCII,
)
ADDRESS = re.compile(r"(mock(?:\+[0-9a-z_.]+)+)@[^@\s]+", re.ASCII)


def found(value: Any) -> tuple[str, Fault] | None:
    """Return the first magic value in what was sent and the fault that it means, or None."""
    if isinstance(value, dict):
        for name, part in value.items():
            fault = meaning(part) if isinstance(part, str) and name in FIELDS else None
            if fault is not None:
                return part, fault
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        inner = found(part) if isinstance(part, dict | list) else None
        if inner is not None:
            return inner
    return None


def meaning(text: str) -> Fault | None:
    """Return the fault that a text means, None if it is a text like any other."""
    address = ADDRESS.fullmatch(text)
    spelled = VALUE.fullmatch(address[1].replace("+", ":") if address else text)
    if spelled is None:
        return None
    if spelled["status"]:
        status, seconds = int(spelled["status"]), spelled["retry_after"]
        return (
            read({"status": status, "retry_after": int(seconds) if seconds else None}) if status in STATUSES else None
        )
    if spelled["slow"]:
        return read({"latency": {"fixed_ms": min(float(spelled["slow"]) * 1000, LONGEST)}})
    return read({"close": "before"} if spelled["close"] else {"body": spelled["body"]})
