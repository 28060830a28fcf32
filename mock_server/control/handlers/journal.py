"""The operations tagged Journal: what was asked and answered, verified, exported, and why something was refused."""

from typing import cast

from mock_server.contract import Json
from mock_server.journal import asking, exporting, showing, verifying
from mock_server.journal.entry import Entry
from mock_server.journal.keeping import Journal
from mock_server.journal.redaction import Redaction
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.reply import Reply
from mock_server.sandboxes import ServedSandbox

TEXT = b"text/plain; charset=utf-8"


def list_exchanges(call: Call) -> Reply:
    """A page of the journal."""
    journal = _journal(call)
    entries, has_more = asking.page(journal, call.query)
    shown = [showing.short(entry, call.query["secrets"]) for entry in entries]
    content: Json = {"exchanges": shown, "count": len(shown), "has_more": has_more, "kept": len(journal)}
    return Reply.json(200, {**content, "dropped": journal.dropped, "last_id": journal.last_id})


def clear_journal(call: Call) -> Reply:
    """Forget every exchange."""
    return Reply.json(200, {"cleared": _journal(call).clear()})


def verify_requests(call: Call) -> Reply:
    """Whether something was called as often as wanted."""
    return Reply.json(200, verifying.verify(_journal(call), call.body, call.query["secrets"]))


async def export_journal(call: Call) -> Reply:
    """The journal as HAR or as lines for curl."""
    entries, secrets = asking.every(_journal(call), call.query), call.query["secrets"]
    if call.query["format"] == "har":
        archive = await call.in_thread(exporting.har, entries, secrets)
        return Reply.json(200, archive, ((b"content-disposition", b'attachment; filename="studio-mock.har"'),))
    lines = await call.in_thread(lambda: [exporting.curl(entry, secrets) for entry in entries])
    return Reply(200, "".join(f"{line}\n" for line in lines).encode(), TEXT)


async def get_exchange(call: Call) -> Reply:
    """An exchange in full."""
    from mock_server.journal.why import refusal_of  # which reads YAML: not at the start of a server

    entry = _entry(call)
    redaction = Redaction(entry, call.query["secrets"])
    why = await refusal_of(entry, call.sandbox, call.api.app.documents, redaction)
    return Reply.json(200, {**showing.full(entry, call.sandbox.name, redaction), "why": why})


def get_exchange_curl(call: Call) -> Reply:
    """The command that sends the same request again."""
    return Reply(200, f"{exporting.curl(_entry(call), call.query['secrets'])}\n".encode(), TEXT)


def _journal(call: Call) -> Journal:
    return cast(ServedSandbox, call.sandbox).journal


def _entry(call: Call) -> Entry:
    number, journal = call.path["exchange_id"], _journal(call)
    entry = journal.find(number)
    if entry is None:
        kept = f"it has {journal.entries[0].id} to {journal.last_id}" if journal.entries else "it is empty"
        raise Refused(404, f"The journal of the sandbox {call.sandbox.name} has no exchange {number}; {kept}")
    return entry
