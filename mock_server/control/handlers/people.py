"""The operations tagged People: who can call, and with what."""

from collections.abc import Iterator
from itertools import islice

from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply


def list_people(call: Call) -> Reply:
    """Everybody who has an account or a key, each with a header that works."""
    offset, limit = call.query["offset"], call.query["limit"]
    found = list(islice(_people(call), offset, offset + limit + 1))
    shown = found[:limit]
    return Reply.json(200, {"people": shown, "count": len(shown), "has_more": len(found) > limit})


def _people(call: Call) -> Iterator[Json]:
    for name, api in call.api.app.apis.items():
        if hasattr(api, "people") and call.query["api"] in (None, name):
            for person in api.people(call.tx, call.query["email"], call.sandbox.name):
                yield {"api": name, **person}
