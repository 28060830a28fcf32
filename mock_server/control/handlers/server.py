"""The operations tagged Server: readiness, the documentation pages and the bundled contract."""

import mimetypes
from functools import lru_cache
from pathlib import Path

from mock_server import __version__
from mock_server.control.console import wsgi
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.reply import Reply

PAGES = ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "favicon-32x32.png")


def get_ready(call: Call) -> Reply:
    """200 as soon as requests are served."""
    return Reply.json(200, {"status": "ok", "version": __version__})


async def get_docs(call: Call) -> Reply:
    """The page that shows the contract; everything it loads comes from here."""
    return await wsgi.answer(call, "/_mock/docs")


def get_docs_file(call: Call) -> Reply:
    """A script or style of the documentation page."""
    name = call.path["file"]
    if name not in PAGES:
        raise Refused(404, f"There is no {name[:100]}; the documentation page consists of {', '.join(PAGES)}")
    media = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Reply(200, (_pages() / name).read_bytes(), media.encode(), ((b"cache-control", b"max-age=86400"),))


def get_document(call: Call) -> Reply:
    """A bundled OpenAPI document."""
    documents = call.api.app.documents
    name = call.path["file"].removesuffix(".json")
    if name not in documents or not call.path["file"].endswith(".json"):
        raise Refused(404, f"There is no such document; there are {', '.join(f'{known}.json' for known in documents)}")
    return Reply.json(200, documents[name])


@lru_cache
def _pages() -> Path:
    from swagger_ui_bundle import swagger_ui_path

    return Path(swagger_ui_path)
