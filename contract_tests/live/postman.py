"""What Postman and Newman keep of exchanges: the responses that are saved as examples of a collection, and the report of a run.

Variables that a file does not define count as hidden values, which fit everything. Not here: HTTP archives (`traffic`).
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from contract_tests.live.traffic import BOUNDARY, FORM, Headers, Pair, Recorded, form_of, lowered, media_of
from mock_server.redact import HIDDEN

Json = dict[str, Any]
Variables = dict[str, str]
VARIABLE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
NOWHERE = "http://unknown.invalid"  # where something was sent whose address is a variable
URL_ENCODED = "application/x-www-form-urlencoded"


def examples(collection: Json) -> Iterator[Recorded]:
    """Yield the saved responses of a collection. Raises ValueError, TypeError, AttributeError for one that is not as Postman has it."""
    known = {str(one["key"]): str(one.get("value") or "") for one in collection.get("variable") or () if "key" in one}
    for item in _items(collection.get("item") or ()):
        for response in item.get("response") or ():
            request = response.get("originalRequest") or item.get("request")
            if request and response.get("code"):
                yield _recorded(request, response, known)


def execution(raw: bytes) -> Recorded:
    """Return a request of a run and its answer. Raises ValueError, TypeError, AttributeError, KeyError for what is none."""
    told = json.loads(raw.decode("utf-8", "replace"))
    return _recorded(told["request"], told.get("response") or {}, {})


def _items(items: Any) -> Iterator[Json]:
    """Yield the requests of folders within folders."""
    stack = list(items)[::-1]
    while stack:
        item = stack.pop()
        stack += (item.get("item") or [])[::-1]
        if "response" in item:
            yield item


def _recorded(request: Any, response: Json, known: Variables) -> Recorded:
    told: Json = {"url": request, "method": "GET"} if isinstance(request, str) else request
    headers = _headers(told.get("header"), known)
    body, headers = _sent(told.get("body") or {}, headers, known)
    return Recorded(
        method=str(told.get("method") or "GET").upper(),
        url=_url(told["url"], known),
        request_headers=headers,
        request_body=body,
        status=int(response.get("code") or 0),
        response_headers=_headers(response.get("header"), known),
        response_body=_answered(response),
    )


def _headers(pairs: Any, known: Variables) -> Headers:
    listed = pairs if isinstance(pairs, list) else ()
    return lowered((str(one["key"]), _filled(str(one.get("value") or ""), known)) for one in _used(listed))


def _sent(body: Json, headers: Headers, known: Variables) -> tuple[bytes | None, Headers]:
    """Return the body of a request, None for one that is in a file elsewhere, and its headers."""
    mode = body.get("mode")
    if mode is None:
        return b"", headers
    if mode == "raw":
        return _raw(str(body.get("raw") or ""), known), headers
    if mode == "urlencoded":
        pairs = [(one["key"], _filled(str(one.get("value") or ""), known)) for one in _used(body.get(mode) or ())]
        text = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
        return text.encode(), _with_media(headers, URL_ENCODED)
    if mode == "formdata":
        parts = [
            Pair(str(one["key"]), _filled(str(one.get("value") or ""), known), "file" if one.get("type") == "file" else None)
            for one in _used(body.get(mode) or ())
        ]  # fmt: skip
        return form_of(parts), _with_media(headers, f"{FORM}; boundary={BOUNDARY}")
    return None, headers


def _raw(text: str, known: Variables) -> bytes | None:
    """Return a body with its variables filled in; None if one stood where nothing is known to fit."""
    filled = _filled(text, known)
    if HIDDEN in filled and filled.lstrip()[:1] in ("{", "["):
        try:
            json.loads(filled)
        except ValueError:
            return None
    return filled.encode()


def _with_media(headers: Headers, media: str) -> Headers:
    rest = tuple(pair for pair in headers if pair[0] != "content-type")
    return headers if media_of(headers) not in ("", FORM) else (*rest, ("content-type", media))


def _answered(response: Json) -> bytes | None:
    stream = response.get("stream")
    if isinstance(stream, dict) and isinstance(stream.get("data"), list):
        return bytes(stream["data"])
    body = response.get("body")
    return str(body).encode() if body else None if response.get("responseSize") else b""


def _url(url: Any, known: Variables) -> str:
    """Return an address that is a text, or taken apart into host, path and query."""
    told = url.get("raw") or _joined(url) if isinstance(url, dict) else str(url)
    parts = (
        {str(one.get("key")): str(one.get("value") or "") for one in (url.get("variable") or ())}
        if isinstance(url, dict)
        else {}
    )
    told = re.sub(r"(?<=/):([\w-]+)", lambda found: quote(parts.get(found[1]) or HIDDEN, safe=""), told)
    begin = VARIABLE.match(told)
    if begin and begin[1] not in known:
        told = NOWHERE + told[begin.end() :]
    told = _filled(told, known, is_quoted=True)
    return told if "://" in told else f"http://{told}"


def _joined(url: Json) -> str:
    host, path = (
        part if isinstance(part, str) else sign.join(map(str, part or ()))
        for part, sign in ((url.get("host"), "."), (url.get("path"), "/"))
    )
    port = f":{url['port']}" if url.get("port") else ""
    query = "&".join(f"{one['key']}={one.get('value') or ''}" for one in _used(url.get("query") or ()))
    return f"{url.get('protocol') or 'http'}://{host}{port}/{path.lstrip('/')}{'?' + query if query else ''}"


def _used(pairs: Any) -> Iterator[Json]:
    return (one for one in pairs if isinstance(one, dict) and one.get("key") and not one.get("disabled"))


def _filled(text: str, known: Variables, is_quoted: bool = False) -> str:
    hidden = quote(HIDDEN, safe="") if is_quoted else HIDDEN
    return VARIABLE.sub(lambda found: known.get(found[1], hidden), text)
