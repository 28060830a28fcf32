"""From a call of the pipeline to the Flask application and back: no server, no socket."""

from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from mock_server.control.console.inside import Inside
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply

INSIDE = "studio_mock.inside"
POLICY = b"default-src 'self'; img-src 'self' data:; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"


async def answer(call: Call, path: str) -> Reply:
    """Return the page at `path`, as Flask renders it for a call; other requests are served meanwhile."""
    return await call.in_thread(_rendered, Inside(call), path)


def _rendered(inside: Inside, path: str) -> Reply:
    from werkzeug.test import EnvironBuilder, run_wsgi_app

    query = {name: value for name, value in inside.call.query.items() if value is not None}
    builder = EnvironBuilder(path=quote(path), query_string=urlencode(query, doseq=True), base_url=inside.call.base_url)
    parts, status, headers = run_wsgi_app(_application(), {**builder.get_environ(), INSIDE: inside}, buffered=True)
    kept = tuple(
        (name.lower().encode(), value.encode("latin-1")) for name, value in headers if name.lower() not in _OWN
    )
    media = headers.get("Content-Type", "text/html; charset=utf-8").encode()
    return Reply(int(status.split()[0]), b"".join(parts), media, (*kept, (b"content-security-policy", POLICY)))


_OWN = ("content-type", "content-length")  # the pipeline writes these itself


@lru_cache
def _application() -> Any:
    from mock_server.control.console.pages import application

    return application()
