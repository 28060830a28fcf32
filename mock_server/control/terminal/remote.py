"""The server that commands talk to, over HTTP."""

import http.client
import ssl
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from mock_server.contract import Json

TIMEOUT = 30.0  # seconds without an answer
RIGHT = "right would be http://127.0.0.1:8080"


class CannotRun(Exception):
    """A command cannot do what it should; the text is the one line that is shown."""


class Answer(msgspec.Struct, frozen=True):
    """What the control API answered, if it did what it was asked for."""

    status: int
    media: str
    body: bytes

    @property
    def is_json(self) -> bool:
        """Whether it is JSON."""
        return self.media.split(";")[0].endswith("json")

    @property
    def content(self) -> Any:
        """The JSON value, or the text of anything else."""
        return msgspec.json.decode(self.body) if self.is_json else self.body.decode("utf-8", "replace")


class Server(msgspec.Struct, frozen=True):
    """Where a stand-in listens, the sandbox that is meant, and the token of its control API if it needs one."""

    url: str
    sandbox: str | None = None
    token: str | None = None

    def call(self, method: str, path: str, query: list[tuple[str, str]], body: bytes = b"", media: str = "") -> Answer:
        """Call the control API. Raises CannotRun if nobody answers, or if it is refused."""
        target = f"{urlsplit(self.url).path.rstrip('/')}/_mock{path}"
        connection = self._connection()
        try:
            connection.request(
                method, f"{target}?{urlencode(query)}" if query else target, body or None, self._headers(media)
            )
            response = connection.getresponse()
            answer = Answer(response.status, response.getheader("content-type", ""), response.read())
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise CannotRun(self._unreachable(error)) from None
        finally:
            connection.close()
        if answer.status >= 400:
            raise CannotRun(self._refused(answer))
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        try:
            parts = urlsplit(self.url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if host is None or parts.scheme not in ("http", "https"):
            raise CannotRun(f"{self.url} is no address of a server; {RIGHT}")
        if parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT)

    def _headers(self, media: str) -> dict[str, str]:
        given = {"X-Mock-Sandbox": self.sandbox, "X-Mock-Control-Token": self.token, "Content-Type": media}
        return {name: value for name, value in given.items() if value}

    def _unreachable(self, error: Exception) -> str:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"{self.url} shows a certificate that is not trusted; SSL_CERT_FILE names the file of `serve --tls-ca`, which is"
        told = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return f"no stand-in answers at {self.url}: {told}; start one with `studio-mock serve`, or name another one with --url"

    def _refused(self, answer: Answer) -> str:
        try:
            problem = answer.content
            told = problem["detail"]
        except (ValueError, KeyError, TypeError):
            return f"{self.url} answered {answer.status} and is no stand-in, or a very old one"
        new = [fault for fault in problem.get("errors", ()) if fault["reason"] not in told]
        faults = "; ".join(f"{fault['place']} {fault['reason']}" for fault in new)
        return " ".join(f"{told}{f': {faults}' if faults else ''}".split())


def segment(value: Any) -> str:
    """Return a value as a segment of a path. Raises CannotRun for one that cannot be there."""
    text = str(value)
    if text in ("", ".", ".."):
        raise CannotRun(f"{text!r} is no name and no id")
    return quote(text, safe="")


def encoded(body: Json) -> bytes:
    """Return JSON that is sent."""
    return msgspec.json.encode(body)
