"""The traffic of a run as HAR 1.2, written as it comes, secrets hidden."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from contract_tests.check import Outcome
from contract_tests.observer import Observer
from contract_tests.reports.told import writing
from contract_tests.wire import Exchange
from mock_server import __version__, redact

END = "\n]}}\n"


class Har(Observer):
    """Writes an entry for each exchange; the file is whole after each target. Raises ReportFailed."""

    def __init__(self, path: Path) -> None:
        self.path, self._between = path, "\n"
        creator = json.dumps({"name": "studio-mock", "version": __version__})
        with writing(path):
            self._file = path.open("w", encoding="utf-8")
            self._file.write(f'{{"log": {{"version": "1.2", "creator": {creator}, "entries": [')

    def exchange(self, exchange: Exchange) -> None:
        """Write one."""
        with writing(self.path):
            self._file.write(self._between + json.dumps(_entry(exchange), ensure_ascii=False))
        self._between = ",\n"

    def finished(self, outcome: Outcome) -> None:
        """Make the file whole; the next entry will stand where its end is now."""
        with writing(self.path):
            end = self._file.tell()
            self._file.write(END)
            self._file.flush()
            self._file.seek(end)


def _entry(exchange: Exchange) -> dict[str, Any]:
    took = round(exchange.elapsed * 1000, 3)
    return {
        "startedDateTime": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "time": took,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "comment": f"{exchange.phase} {exchange.operation.operation_id if exchange.operation else ''}".strip(),
    }


def _request(exchange: Exchange) -> dict[str, Any]:
    sent = exchange.request
    url = redact.line(sent.url or "")
    body = sent.body if isinstance(sent.body, str | bytes) else None
    told = {
        "method": sent.method or "",
        "url": url,
        "queryString": _pairs(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
        "bodySize": len(body or b""),
        **_both(sent.headers),
    }
    if body:
        told["postData"] = {"mimeType": str(sent.headers.get("Content-Type", "")), "text": redact.body(body)}
    return told


def _response(exchange: Exchange) -> dict[str, Any]:
    answer = exchange.response
    known = answer.status_code in {status.value for status in HTTPStatus}
    text = redact.body(answer.content) if answer.content else ""
    return {
        "status": answer.status_code,
        "statusText": HTTPStatus(answer.status_code).phrase if known else "",
        "content": {"size": len(answer.content), "mimeType": answer.headers.get("Content-Type", ""), "text": text},
        "redirectURL": "",
        "bodySize": len(answer.content),
        **_both(answer.headers),
    }


def _both(headers: Any) -> dict[str, Any]:
    """What requests and answers have in common."""
    return {
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(redact.headers(headers).items()),
        "headersSize": -1,
    }


def _pairs(pairs: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
