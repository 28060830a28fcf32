"""The operations tagged Console: the pages for a browser, and what they load. What the pages show, `control.console` says."""

from pathlib import Path

from mock_server.control.console import wsgi
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.reply import Reply

STATIC = Path(wsgi.__file__).parent / "static"
FILES = {
    "console.css": b"text/css; charset=utf-8",
    "console.js": b"text/javascript; charset=utf-8",
    "docs.js": b"text/javascript; charset=utf-8",
}


async def get_console(call: Call) -> Reply:
    """The first page."""
    return await wsgi.answer(call, "/_mock/")


async def get_console_page(call: Call) -> Reply:
    """A page."""
    return await wsgi.answer(call, f"/_mock/console/{call.path['page']}")


def get_console_file(call: Call) -> Reply:
    """A script or style."""
    name = call.path["file"]
    if name not in FILES:
        raise Refused(404, f"There is no {name[:100]}; the console loads {', '.join(FILES)}")
    return Reply(200, (STATIC / name).read_bytes(), FILES[name], ((b"cache-control", b"no-cache"),))
