"""The practical limit: uvicorn with nothing but constant answers; `python -m bench.bare --port N --answers FILE`.

FILE maps a path to `{"status": 200, "content_type": "application/json", "body": "…"}`, each recorded from studio-mock.
Requests are read to their end and then ignored: no routing, no authentication, no validation, no state.
"""

import argparse
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """What studio-mock answered, to be repeated byte for byte."""

    status: int
    content_type: str
    body: str


def make_app(answers: dict[str, Answer]) -> App:
    """An ASGI application that answers each path with its constant."""
    messages = {path: _messages(answer) for path, answer in answers.items()}

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        start, body = messages[scope["path"]]
        while (await receive()).get("more_body"):
            pass
        await send(start)
        await send(body)

    return app


def _messages(answer: Answer) -> tuple[Message, Message]:
    body = answer.body.encode()
    headers = [(b"content-type", answer.content_type.encode()), (b"content-length", str(len(body)).encode())]
    start = {"type": "http.response.start", "status": answer.status, "headers": headers}
    return start, {"type": "http.response.body", "body": body}


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(prog="python -m bench.bare")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    options = parser.parse_args()
    answers = {path: Answer(**answer) for path, answer in json.loads(options.answers.read_text()).items()}
    uvicorn.run(
        make_app(answers),
        host="127.0.0.1",
        port=options.port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
