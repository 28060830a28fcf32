"""The pages of the console: what each asks of the control API, and its template."""

import json
from datetime import datetime
from typing import Any

from flask import Flask, render_template, request

from mock_server import __version__
from mock_server.control.console.inside import Inside
from mock_server.control.console.wsgi import INSIDE
from mock_server.pipeline.errors import Refused
from mock_server.sandbox_names import DEFAULT

PAGES = {
    "journal": "Journal",
    "world": "World",
    "sandboxes": "Sandboxes",
    "snapshots": "Snapshots",
    "clock": "Clock",
    "faults": "Faults",
    "outbox": "Outbox",
}
FILTERS = ("operation_id", "tag", "status", "method", "user", "path", "text")
ROWS = 50  # on a page of a table
NEWEST = 100  # requests that the journal shows at first
MOST_CHOICES = 200  # sandboxes that can be chosen in the head of a page


def application() -> Flask:
    """Return the Flask application."""
    app = Flask(__name__, static_folder=None)
    app.jinja_env.filters.update(moment=moment, pretty=pretty, compact=compact, body=body)
    app.config["PROPAGATE_EXCEPTIONS"] = True  # to the pipeline, which answers 500 and writes the log
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_url_rule("/_mock/", view_func=journal)
    for page in (journal, exchange, world, table, row, sandboxes, snapshots, changes, clock, faults, outbox):
        app.add_url_rule(f"/_mock/console/{page.__name__}", view_func=page)
    app.add_url_rule("/_mock/docs", view_func=docs)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(404, _no_such_page)
    app.context_processor(_around)
    return app


def journal() -> str:
    """The requests of the sandbox, newest first; with `fragment` only those that came after `after`, as rows."""
    wanted = {name: request.args.get(name) for name in FILTERS}
    if request.args.get("fragment"):
        found = _inside().ask(
            "list_exchanges", query={**wanted, "after": request.args.get("after", 0), "limit": NEWEST}
        )
        return render_template("journal_rows.html", exchanges=reversed(found["exchanges"]))
    found = _inside().ask("list_exchanges", query={**wanted, "limit": NEWEST})
    return render_template("journal.html", here="journal", found=found, wanted=wanted)


def exchange() -> str:
    """A request beside its answer, and why it was refused."""
    path = {"exchange_id": request.args.get("id", "")}
    secrets = "true" if request.args.get("secrets") == "true" else None
    found = _inside().ask("get_exchange", path, {"secrets": secrets})
    curl = _inside().ask("get_exchange_curl", path, {"secrets": secrets})
    return render_template("exchange.html", here="journal", found=found, curl=curl, secrets=secrets)


def world() -> str:
    """The tables."""
    return render_template("world.html", here="world", found=_inside().ask("list_tables"))


def table() -> str:
    """A page of a table, perhaps only the rows with a value in a field."""
    name, offset, where = request.args.get("name", ""), request.args.get("offset", "0"), request.args.get("where")
    found = _inside().ask("list_rows", {"table": name}, {"offset": offset, "limit": ROWS, "where": where})
    fields = list(dict.fromkeys(field for one in found["rows"] for field in one))
    return render_template(
        "table.html", here="world", found=found, fields=fields, name=name, where=where, offset=int(offset), step=ROWS
    )


def row() -> str:
    """A row, with what it names and what names it."""
    path = {"table": request.args.get("name", ""), "row_id": request.args.get("id", "")}
    return render_template(
        "row.html", here="world", found=_inside().ask("get_row", path), name=path["table"], row_id=path["row_id"]
    )


def sandboxes() -> str:
    """The sandboxes of the server."""
    found = _inside().ask("list_sandboxes")
    return render_template("sandboxes.html", here="sandboxes", found=found["sandboxes"])


def snapshots() -> str:
    """The snapshots of the sandbox."""
    found = _inside().ask("list_snapshots")
    return render_template("snapshots.html", here="snapshots", found=found["snapshots"])


def changes() -> str:
    """What differs between two moments of the sandbox."""
    begin, end = request.args.get("from") or "beginning", request.args.get("to") or "now"
    found = _inside().ask("compare_worlds", query={"from": begin, "to": end})
    names = ["beginning", *(one["name"] for one in _inside().ask("list_snapshots")["snapshots"]), "now"]
    return render_template("changes.html", here="snapshots", found=found, begin=begin, end=end, names=names)


def clock() -> str:
    """The clock and what waits for it."""
    jobs = sorted(_inside().ask("list_jobs")["jobs"], key=lambda job: (job["status"] != "STARTED", -job["id"]))
    return render_template("clock.html", here="clock", found=_inside().ask("get_clock"), jobs=jobs)


def faults() -> str:
    """The faults that are armed, and a form for another."""
    operations = sorted(
        operation.name
        for key, operation in _inside().call.api.app.operations.items()
        if "@" not in key and not key.startswith("control.")
    )
    return render_template(
        "faults.html", here="faults", found=_inside().ask("list_faults")["faults"], operations=operations
    )


def outbox() -> str:
    """The mails that were not sent, and the webhooks."""
    mails, webhooks = _inside().ask("list_outbox"), _inside().ask("list_webhooks")
    return render_template("outbox.html", here="outbox", mails=list(reversed(mails)), webhooks=list(reversed(webhooks)))


def docs() -> str:
    """The contract, to read and to try as somebody of the world."""
    urls = [{"name": name, "url": f"openapi/{name}.json"} for name in _inside().call.api.app.documents]
    return render_template("docs.html", here="docs", urls=urls)


def moment(text: str | None, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Return a time of the API in a form that is read at a glance."""
    if not text:
        return ""
    return datetime.fromisoformat(text).strftime(form)


def pretty(content: Any) -> str:
    """Return JSON, indented."""
    return json.dumps(content, indent=2, ensure_ascii=False)


def compact(content: Any) -> str:
    """Return JSON in a line."""
    return json.dumps(content, ensure_ascii=False)


def body(shown: dict[str, Any]) -> str:
    """Return a body of an exchange as people read it: JSON indented, the rest as it is."""
    if not shown["media"].endswith("json") or shown["truncated"]:
        return str(shown["text"])
    try:
        return pretty(json.loads(shown["text"]))
    except ValueError:
        return str(shown["text"])


def _inside() -> Inside:
    inside: Inside = request.environ[INSIDE]
    return inside


def _around() -> dict[str, Any]:
    """What every page shows around itself."""
    inside = _inside()
    return {
        "pages": PAGES,
        "base": f"{inside.call.base_url}/_mock/",
        "address": request.full_path.removeprefix("/_mock/").rstrip("?"),
        "sandbox": inside.call.sandbox.name,
        "others": list(dict.fromkeys([inside.call.sandbox.name, *_newest_sandboxes(inside)])),
        "time": inside.ask("get_clock"),
        "version": __version__,
    }


def _newest_sandboxes(inside: Inside) -> list[str]:
    """Return the names to choose from: of thousands, the default one and those that were made last."""
    names = [one["name"] for one in inside.ask("list_sandboxes")["sandboxes"]]
    return names if len(names) <= MOST_CHOICES else [DEFAULT, *names[-MOST_CHOICES:]]


def _no_such_page(error: Exception) -> tuple[str, int]:
    return _refused(Refused(404, f"There is no such page; there are {', '.join(PAGES)}"))


def _refused(refusal: Refused) -> tuple[str, int]:
    return render_template("refused.html", here="", message=refusal.message, status=refusal.status), refusal.status
