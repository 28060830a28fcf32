"""Recordings for tests: HTTP archives as several tools write them, and exchanges put together by hand."""

import json
from pathlib import Path
from typing import Any

from contract_tests.live.traffic import Recorded

HOST = "https://api.example.com"
JSON = (("content-type", "application/json"), ("date", "Sat, 14 Mar 2026 09:00:00 GMT"))
MODEL_CLASS = {"name": "Comfort", "example": None, "description": None, "id": 101}
PROJECT = {
    "classes": ["Comfort"],
    "labels": ["POS"],
    "created": "2026-03-02T08:30:00Z",
    "id": 11,
    "models": [],
    "name": "Hotel reviews",
    "type": "ABSA",
    "status": "CREATED",
    "external_id": None,
}


def exchange(method: str, path: str, answer: Any, status: int = 200, sent: Any = None) -> Recorded:
    """Return an exchange in JSON."""
    return Recorded(
        method=method,
        url=HOST + path,
        request_headers=() if sent is None else (("content-type", "application/json"),),
        request_body=b"" if sent is None else json.dumps(sent).encode(),
        status=status,
        response_headers=JSON,
        response_body=b"" if answer is None else json.dumps(answer).encode(),
    )


def entry(method: str, path: str, answer: Any, status: int = 200, sent: Any = None, host: str = HOST) -> dict[str, Any]:
    """Return an entry of an HTTP archive."""
    request: dict[str, Any] = {
        "method": method,
        "url": host + path,
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": "Accept", "value": "application/json"}],
        "queryString": [],
        "cookies": [],
        "headersSize": -1,
        "bodySize": -1,
    }
    if sent is not None:
        request["postData"] = {"mimeType": "application/json", "text": json.dumps(sent)}
    text = "" if answer is None else json.dumps(answer)
    return {
        "startedDateTime": "2026-03-14T09:00:00.000Z",
        "time": 12.5,
        "request": request,
        "response": {
            "status": status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": name, "value": value} for name, value in JSON],
            "cookies": [],
            "content": {"size": len(text), "mimeType": "application/json", "text": text},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 12.5, "receive": 0},
    }


def archive(*entries: dict[str, Any]) -> dict[str, Any]:
    """Return an HTTP archive, with pages as browsers have them."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "a browser"},
            "pages": [{"entries": []}],
            "entries": list(entries),
        }
    }


def write(path: Path, *entries: dict[str, Any], indent: int | None = None) -> Path:
    """Write an HTTP archive and return its path."""
    path.write_text(json.dumps(archive(*entries), indent=indent), "utf-8")
    return path
