"""Which command calls which operation of the control contract. The first verb of a noun is what it does without one."""

from typing import Any

import msgspec

from mock_server.contract import Json


class Verb(msgspec.Struct, frozen=True):
    """A command. `names` gives arguments another name than the contract does; those in `first` need no `--`, and are needed if they
    are in `needed`. `fixed` is sent with it, `hidden` is not taken; `columns` are those of its table. `file` is whether the body is that
    of a file, `raw` whether the answer is printed as it came."""

    operation: str
    names: dict[str, str] = {}
    first: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    fixed: Json = {}
    columns: tuple[str, ...] = ()
    file: bool = False
    raw: bool = False
    help: str = ""


TIMES: tuple[str, ...] = ("advance_seconds",)
VERBS: dict[str, dict[str, Verb]] = {
    "sandbox": {
        "list": Verb(
            "list_sandboxes",
            columns=("name", "source", "requests", "faults", "pending_jobs", "snapshots", "used", "now"),
        ),
        "create": Verb("create_sandbox", names={"sandbox": "from"}, first=("name",)),
        "show": Verb("get_sandbox"),
        "delete": Verb("delete_sandbox"),
        "reset": Verb("reset"),
    },
    "snapshot": {
        "list": Verb("list_snapshots"),
        "take": Verb("take_snapshot"),
        "restore": Verb("restore_snapshot"),
        "delete": Verb("delete_snapshot"),
        "diff": Verb("compare_worlds", first=("from", "to"), fixed={"format": "text"}),
    },
    "clock": {
        "show": Verb("get_clock"),
        "advance": Verb(
            "change_clock",
            first=TIMES,
            needed=TIMES,
            hidden=("now", "frozen", "speed", "jobs"),
            help="Move the clock forward, by seconds or as in 90m, 2h, 3d",
        ),
        "set": Verb("change_clock", hidden=TIMES),
        "freeze": Verb(
            "change_clock",
            first=("now",),
            hidden=(*TIMES, "frozen", "speed", "jobs"),
            fixed={"frozen": True},
            help="Let the clock stand still, now or at a time",
        ),
        "run": Verb(
            "change_clock", hidden=(*TIMES, "now", "frozen", "jobs"), fixed={"frozen": False}, help="Let the clock run"
        ),
        "settle": Verb("settle"),
    },
    "job": {
        "list": Verb("list_jobs"),
        "show": Verb("get_job"),
        "finish": Verb("finish_job"),
        "fail": Verb("fail_job"),
    },
    "table": {
        "list": Verb("list_tables"),
        "rows": Verb("list_rows"),
        "row": Verb("get_row"),
        "export": Verb("export_world", raw=True),
        "import": Verb("import_world", file=True),
    },
    "fault": {
        "list": Verb("list_faults", columns=("id", "rule", "seen", "hits", "spent", "warnings")),
        "arm": Verb("create_fault", first=("operation_id",)),
        "show": Verb("get_fault"),
        "disarm": Verb("delete_fault"),
        "clear": Verb("clear_faults"),
    },
    "journal": {
        "list": Verb("list_exchanges", columns=("id", "at", "method", "path", "status", "took_ms", "user", "refused")),
        "show": Verb("get_exchange"),
        "curl": Verb("get_exchange_curl", raw=True),
        "verify": Verb("verify_requests", first=("operation_id",)),
        "export": Verb("export_journal", raw=True),
        "clear": Verb("clear_journal"),
    },
    "outbox": {
        "mails": Verb("list_outbox", columns=("created", "to", "kind", "subject", "link")),
        "webhooks": Verb("list_webhooks", columns=("created", "status", "url", "review_id", "reason")),
    },
    "people": {"list": Verb("list_people", columns=("api", "email", "name", "roles"))},
}


def default_verb(noun: str) -> str:
    """Return what a noun does when no verb is given."""
    return next(iter(VERBS[noun]))


def duration(text: str) -> Any:
    """Return the seconds of `90`, `90s`, `90m`, `2h`, `3d`; a text that is none of these as it is, for the server to refuse."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    number, unit = (text[:-1], text[-1:]) if text[-1:] in units else (text, "s")
    try:
        return float(number) * units[unit]
    except ValueError:
        return text
