"""`studio-mock shell`: a Python prompt in which the stand-in is at hand. What can be said there, `HELP` tells."""

import code
import os
import sys
from typing import Any

from mock_server.control.terminal.printing import show_value
from mock_server.control.terminal.remote import CannotRun, Server
from mock_server.testing.client import Client
from mock_server.testing.mock import ControlError, StudioMock

HELP = """mock            the sandbox: mock.reset(), mock.snapshot("name"), mock.advance(3600), mock.fail_next("create_project", 500), …
client          signed in as {email}: client.get("/projects").json()
as_user(email)  a client of somebody else; people() lists who there is
tables()        the tables of the world; rows("Project", name="…") are rows of one
journal()       what was asked; why(3) says why that was refused; curl(3) sends it again
show(value)     prints rows as a table
"""


class Here(StudioMock):
    """A sandbox whose clients trust the CA that SSL_CERT_FILE names, as all commands do."""

    def client(self, headers: dict[str, str] | None = None) -> Client:
        """Return a client of this sandbox without credentials."""
        client = super().client(headers)
        client.verify = os.environ.get("SSL_CERT_FILE", client.verify)
        return client


def run(server: Server, program: str | None = None) -> int:
    """Open the prompt, or run a program in it. Raises CannotRun if no stand-in answers."""
    server.call("GET", "/people", [("limit", "1")])  # says in one line what is wrong, if anything is
    names = namespace(server)
    if program is not None:
        return _ran(program, names)
    _complete(names)
    told = HELP.format(email=names["email"])
    banner = (
        f"studio-mock at {server.url}, sandbox {server.sandbox or 'default'}. `help_mock()` shows this again.\n{told}"
    )
    code.interact(banner=banner, local=names, exitmsg="")
    return 0


def namespace(server: Server) -> dict[str, Any]:
    """Return the names that the prompt knows."""
    mock = Here.at(server.url, server.sandbox or "default", server.token)
    people = mock.people()
    email = people[0]["email"] if people else None
    client: Client = mock.client(people[0]["headers"]) if people else mock.client()
    return {
        "mock": mock,
        "client": client,
        "email": email,
        "as_user": mock.as_user,
        "people": mock.people,
        "tables": lambda: mock.control("GET", "/world")["tables"],
        "rows": mock.rows,
        "journal": mock.journal,
        "exchange": mock.exchange,
        "why": lambda number: mock.exchange(number)["why"],
        "curl": lambda number: print(server.call("GET", f"/journal/{int(number)}/curl", []).content, end=""),
        "outbox": mock.outbox,
        "show": show_value,
        "help_mock": lambda: print(HELP.format(email=email)),
    }


def _ran(program: str, names: dict[str, Any]) -> int:
    """Run a program; what the stand-in refuses is said in one line, any other mistake is the program's and shown as Python does."""
    try:
        exec(compile(program, "<shell>", "exec"), names)
    except ControlError as error:
        raise CannotRun(str(error)) from None
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BrokenPipeError:
        raise
    except Exception:
        code.InteractiveInterpreter(names).showtraceback()
        return 1
    return 0


def _complete(names: dict[str, Any]) -> None:
    """Let Tab complete names, where the terminal can."""
    try:
        import readline
        import rlcompleter
    except ImportError:
        return
    readline.set_completer(rlcompleter.Completer(names).complete)
    readline.parse_and_bind("tab: complete" if "libedit" not in (readline.__doc__ or "") else "bind ^I rl_complete")
    sys.ps1, sys.ps2 = "mock> ", "  ... "
