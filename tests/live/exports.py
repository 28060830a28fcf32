"""The same exchanges as browsers, proxies and clients export them: each tool has ways of its own to write them down."""

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.live.recordings import HOST, JSON, MODEL_CLASS, PROJECT

Json = dict[str, Any]
Exchange = tuple[str, str, dict[str, str], Any, int, str, bytes]
FORM = "multipart/form-data"
CSV = ("file", "classes.csv", "text/csv", "name\nComfort\n")
POSTED = {"Content-Type": "application/json"}
SENT = {"name": "X", "type": "ABSA"}
PAGE = {"documents": [], "has_more": False, "offset": 0, "limit": 5, "count": 0}
DONE = {"message": "Successfully deleted", "status": "OK"}


def _body(value: Any) -> bytes:
    return json.dumps(value).encode()


EXCHANGES: tuple[Exchange, ...] = (
    ("GET", "/projects/11/documents?limit=5", {}, None, 200, "application/json", _body(PAGE)),
    ("GET", "/projects/11", {}, None, 200, "application/json", _body({**PROJECT, "colour": "rot — 赤"})),
    ("POST", "/projects", POSTED, SENT, 201, "application/json", _body(PROJECT)),
    ("POST", "/projects/11/classes/upload", {"Content-Type": FORM}, CSV, 200, "application/json", _body([MODEL_CLASS])),
    ("DELETE", "/projects/11", {}, None, 200, "application/json", _body(DONE)),
)
BINARY = b"%PDF-1.7\xff\x00"


def pairs(headers: Any, name: str = "name") -> list[Json]:
    return [{name: key, "value": value} for key, value in (headers.items() if isinstance(headers, dict) else headers)]


def entry(exchange: Exchange, *, posted: Callable[[Any], Json], content: Json, more: Json) -> Json:
    method, target, headers, sent, status, media, _ = exchange
    request: Json = {
        "method": method,
        "url": HOST + target,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headersSize": -1,
        "bodySize": -1,
    }
    request["headers"] = pairs({"Host": urlsplit(HOST).netloc, **headers})
    request["queryString"] = pairs([pair.split("=") for pair in urlsplit(target).query.split("&") if pair])
    if sent is not None:
        request["postData"] = told = posted(sent)
        request["headers"] = pairs({"Host": urlsplit(HOST).netloc, "Content-Type": told["mimeType"]})
    response: Json = {
        "status": status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "redirectURL": "",
        "content": content,
    }
    response["headers"] = pairs([("content-type", media), *JSON[1:]])
    return {
        "startedDateTime": "2026-03-14T09:00:00.000Z", "time": 12.5, "request": request,
        "response": {**response, "headersSize": -1, "bodySize": -1},
        "cache": {}, "timings": {"blocked": -1, "dns": -1, "connect": -1, "send": 0.1, "wait": 12, "receive": 0.4}, **more,
    }  # fmt: skip


def archive(creator: Json, entries: list[Json], **more: Any) -> bytes:
    return json.dumps(
        {"log": {"version": "1.2", "creator": creator, **more, "entries": entries}}, indent=2, ensure_ascii=False
    ).encode()


def _multipart(file: tuple[str, str, str, str]) -> str:
    name, filename, media, text = file
    head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {media}'
    return f"------b\r\n{head}\r\n\r\n{text}\r\n------b--\r\n"


def chrome() -> bytes:
    """Chrome: HTTP/2 with its pseudo headers, bodies in base64 where they are no text, what is not a request at all beside it."""

    def posted(sent: Any) -> Json:
        if isinstance(sent, tuple):
            return {"mimeType": "multipart/form-data; boundary=----b", "text": _multipart(sent)}
        return {"mimeType": "application/json", "text": json.dumps(sent)}

    more = {
        "_initiator": {"type": "script", "stack": {"callFrames": []}},
        "_priority": "High",
        "_resourceType": "fetch",
        "pageref": "page_1",
    }
    entries = []
    for exchange in EXCHANGES:
        text = exchange[-1].decode()
        one = entry(
            exchange,
            posted=posted,
            content={"size": len(exchange[-1]), "mimeType": exchange[-2], "text": text},
            more=more,
        )
        one["request"]["httpVersion"] = one["response"]["httpVersion"] = "http/2.0"
        one["request"]["headers"] = [{"name": ":authority", "value": "api.example.com"}, *one["request"]["headers"]]
        one["response"] |= {"_transferSize": 512, "_error": None}
        entries.append(one)
    evicted, packed, failed, socket, extension = (json.loads(json.dumps(entries[0])) for _ in range(5))
    del evicted["response"]["content"]["text"]
    packed["response"]["content"] |= {"encoding": "base64", "text": base64.b64encode(EXCHANGES[0][-1]).decode()}
    failed["response"] |= {
        "status": 0,
        "_error": "net::ERR_BLOCKED_BY_CLIENT",
        "content": {"size": 0, "mimeType": "x-unknown"},
    }
    socket["request"]["url"] = "wss://api.example.com/live"
    socket["response"]["status"] = 101
    extension["request"]["url"] = "chrome-extension://abc/inject.js"
    pages = [
        {
            "startedDateTime": "2026-03-14T09:00:00.000Z",
            "id": "page_1",
            "title": HOST,
            "pageTimings": {"onContentLoad": 1, "onLoad": 2},
        }
    ]
    return archive(
        {"name": "WebInspector", "version": "537.36"},
        [*entries, evicted, packed, failed, socket, extension],
        pages=pages,
    )


def firefox() -> bytes:
    """Firefox: fields of forms beside the text, large bodies cut."""

    def posted(sent: Any) -> Json:
        media = "multipart/form-data; boundary=----b" if isinstance(sent, tuple) else "application/json"
        return {
            "mimeType": media,
            "params": [],
            "text": _multipart(sent) if isinstance(sent, tuple) else json.dumps(sent),
        }

    more = {"serverIPAddress": "192.0.2.1", "connection": "443", "_securityState": "secure"}
    entries = []
    for exchange in EXCHANGES:
        content = {"mimeType": "application/json", "size": len(exchange[-1]), "text": exchange[-1].decode()}
        entries.append(entry(exchange, posted=posted, content=content, more=more))
    cut = json.loads(json.dumps(entries[0]))
    cut["response"]["content"] |= {"text": "[" + cut["response"]["content"]["text"][1:60], "size": 2_000_000}
    return archive(
        {"name": "Firefox", "version": "128.0"},
        [*entries, cut],
        browser={"name": "Firefox", "version": "128.0"},
        pages=[],
    )


def mitmproxy() -> bytes:
    """mitmproxy: sizes as they were compressed, times without a final Z, `postData` of each POST, a flow without an answer."""

    def posted(sent: Any) -> Json:
        if isinstance(sent, tuple):
            return {"mimeType": "multipart/form-data; boundary=----b", "text": _multipart(sent), "params": []}
        return {"mimeType": "application/json", "text": json.dumps(sent), "params": []}

    entries = []
    for exchange in EXCHANGES:
        content = {
            "size": 90,
            "compression": len(exchange[-1]) - 90,
            "mimeType": "application/json",
            "text": exchange[-1].decode(),
        }
        one = entry(
            exchange,
            posted=posted,
            content=content,
            more={"serverIPAddress": "192.0.2.1", "startedDateTime": "2026-03-14T09:00:00.123456+00:00"},
        )
        one["timings"] = {"connect": None, "ssl": None, "send": 1.0, "receive": 2.0, "wait": 3.0}
        entries.append(one)
    broken = json.loads(json.dumps(entries[0]))
    broken["response"] = {
        "status": 0, "statusText": "", "httpVersion": "", "headers": [], "cookies": [], "content": {}, "redirectURL": "", "headersSize": -1,
        "bodySize": -1, "_transferSize": 0, "_error": "connection closed",
    }  # fmt: skip
    file = json.loads(json.dumps(entries[0]))
    file["response"]["content"] = {
        "size": len(BINARY),
        "compression": 0,
        "mimeType": "application/pdf",
        "text": base64.b64encode(BINARY).decode(),
        "encoding": "base64",
    }
    file["response"]["status"] = 304
    return archive({"name": "mitmproxy", "version": "1.2", "comment": ""}, [*entries, broken, file], pages=[])


def packed_by_mitmproxy() -> bytes:
    return zlib.compress(mitmproxy(), 9)


def insomnia() -> bytes:
    """Insomnia (Export Data, HAR): the last answer to each request, forms by their fields, an entry for a request that was never sent."""

    def posted(sent: Any) -> Json:
        if isinstance(sent, tuple):
            return {
                "mimeType": "multipart/form-data",
                "params": [{"name": sent[0], "fileName": "/home/me/classes.csv"}],
            }
        return {"mimeType": "application/json", "text": json.dumps(sent)}

    entries = []
    for exchange in EXCHANGES:
        content = {"size": len(exchange[-1]), "mimeType": "application/json", "text": exchange[-1].decode()}
        entries.append(entry(exchange, posted=posted, content=content, more={"comment": "a request"}))
    never = json.loads(json.dumps(entries[0]))
    never["response"] = {
        "status": 0, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "content": {"size": 0, "mimeType": ""},
        "redirectURL": "", "headersSize": -1, "bodySize": -1,
    }  # fmt: skip
    return archive({"name": "Insomnia REST Client", "version": "insomnia.desktop.app:v9.3.2"}, [*entries, never])


def _postman_request(exchange: Exchange, host: str) -> Json:
    method, target, headers, sent, _, _, _ = exchange
    split = urlsplit(target)
    told: Json = {"method": method, "header": pairs(headers, "key")}
    query = [
        {"key": key, "value": value} for key, value in (pair.split("=") for pair in split.query.split("&") if pair)
    ]
    query.append({"key": "debug", "value": "1", "disabled": True})
    path = split.path.strip("/").split("/")
    if host.startswith("{{"):
        named = [":project_id" if part == "11" else part for part in path]
        told["url"] = {
            "raw": f"{host}/{'/'.join(named)}{'?' + split.query if split.query else ''}", "host": [host], "path": named, "query": query,
            "variable": [{"key": "project_id", "value": "11"}] if ":project_id" in named else [],
        }  # fmt: skip
    else:
        told["url"] = {"protocol": "https", "path": path, "host": host.split("."), "query": query, "variable": []}
    if isinstance(sent, tuple):
        told["body"] = {
            "mode": "formdata",
            "formdata": [{"key": sent[0], "type": "file", "src": "/home/me/classes.csv"}],
        }
    elif sent is not None:
        told["body"] = {"mode": "raw", "raw": json.dumps(sent), "options": {"raw": {"language": "json"}}}
    return told


def _postman_response(exchange: Exchange, body: Json) -> Json:
    return {
        "id": "r-1",
        "status": "OK",
        "code": exchange[4],
        "header": [{"key": "Content-Type", "value": exchange[5]}],
        "cookie": [],
        **body,
    }


def newman() -> bytes:
    """Newman (`-r json`): addresses taken apart, bodies as lists of bytes, an execution without an answer."""
    executions: list[Json] = []
    for at, exchange in enumerate(EXCHANGES):
        stream = {
            "stream": {"type": "Buffer", "data": list(exchange[-1])},
            "responseTime": 12,
            "responseSize": len(exchange[-1]),
        }
        request = _postman_request(exchange, "api.example.com")
        executions.append(
            {
                "cursor": {"position": at},
                "item": {"name": "a request"},
                "request": request,
                "response": _postman_response(exchange, stream),
                "id": "e",
            }
        )
    executions.append(
        {"cursor": {"position": 9}, "request": executions[0]["request"], "requestError": {"code": "ECONNREFUSED"}}
    )
    return json.dumps(
        {
            "collection": {"info": {"name": "All"}, "item": []},
            "run": {"stats": {}, "timings": {}, "executions": executions},
        }
    ).encode()


def postman() -> bytes:
    """Postman: a collection, folders within folders, with saved responses; its variables are filled in, others are in an environment."""
    items = []
    for at, exchange in enumerate(EXCHANGES):
        request = _postman_request(exchange, "{{baseUrl}}" if at else "{{elsewhere}}")
        saved = {
            "name": "example",
            "originalRequest": request,
            "_postman_previewlanguage": "json",
            "body": exchange[-1].decode(),
        }
        items.append({"name": "a request", "request": request, "response": [_postman_response(exchange, saved)]})
    items.append({"name": "without an example", "request": items[0]["request"], "response": []})
    info = {"name": "All", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}
    folder = {"name": "a folder", "item": [{"name": "a folder", "item": items[:2]}, *items[2:]]}
    return json.dumps({"info": info, "item": [folder], "variable": [{"key": "baseUrl", "value": HOST}]}).encode()


READABLE: dict[str, Callable[[], bytes]] = {
    one.__name__: one for one in (chrome, firefox, mitmproxy, packed_by_mitmproxy, insomnia, newman, postman)
}
RUN_OF_POSTMAN = {
    "id": "1", "name": "All", "totalPass": 1, "totalFail": 0, "count": 1, "collection": {"requests": []},
    "results": [{"name": "a request", "responseCode": {"code": 200, "name": "OK"}}],
}  # fmt: skip
UNREADABLE = {
    "a run in Postman": (
        json.dumps(RUN_OF_POSTMAN),
        "the report of a run in Postman, which has no bodies; newman run COLLECTION -r json",
    ),
    "a collection without examples": (
        '{"info": {}, "item": []}',
        "a collection of Postman without saved responses; save some, or: newman run",
    ),
    "a collection that is cut": (
        '{"info": {"name": "All"}, "item": [{"name": ',
        "like a collection of Postman, but cut or broken",
    ),
    "an export of Insomnia": (
        '{"_type": "export", "__export_format": 4, "resources": []}',
        "Insomnia without responses; Export Data as HAR",
    ),
    "a newer export of Insomnia": (
        "type: collection.insomnia.rest/5.0\nname: All\n",
        "Insomnia without responses; Export Data as HAR",
    ),
    "flows of mitmproxy": ("1234:9:websocket;0:~", "mitmdump -nr FLOWS --set hardump=FILE.har"),
}
