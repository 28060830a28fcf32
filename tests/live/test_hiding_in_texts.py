"""A secret that stands inside of something else, a text in JSON say, is hidden as well; and what only reads like one stays."""

import json
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest

from contract_tests.live.hiding import Hiding
from tests.live.test_hiding import exchange, media

SECRET = "plantedZq7x9Kw4"
ODD = 'planted/Zq7+x9&K"w ü'
ODD_FORMS = (ODD, quote(ODD), quote(ODD, safe=""), json.dumps(ODD)[1:-1], json.dumps(ODD, ensure_ascii=False)[1:-1])
PAIR = b64encode(f"user:{SECRET}".encode()).decode()
PACKED = b64encode(json.dumps({"password": SECRET}).encode()).decode()
FORM = "multipart/form-data; boundary=b"


def said(value: Any) -> bytes:
    return json.dumps(value).encode()


def field(name: str, text: str) -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n--b--\r\n'.encode()


BODIES = {
    "JSON in a text": said({"payload": json.dumps({"password": SECRET})}),
    "JSON in a text in a text": said({"payload": json.dumps({"x": json.dumps({"api_key": SECRET})})}),
    "JSON in base64": said({"data": PACKED}),
    "an address with a query": said({"callback": f"https://b.example/?access_token={SECRET}&x=1"}),
    "an address with a user": said({"repository": f"https://user:{SECRET}@b.example/x"}),
    "a query language": said({"query": f'mutation {{ login(password: "{SECRET}") }}'}),
    "an object of a secret": said({"secret": {"value": SECRET}, "credentials": {"user": "me", "of": [SECRET]}}),
    "a pair": said([{"name": "password", "value": SECRET}]),
    "a header in a list": said({"headers": [{"key": "Authorization", "value": f"Basic {PAIR}"}]}),
    "a credential in a sentence": said({"note": f"was sent with Basic {PAIR} yesterday"}),
    "other names": said(dict.fromkeys(("pwd", "passphrase", "passcode", "otp", "private_key", "auth", "signature", "csrf"), SECRET)),
    "JSON with a mark": b"\xef\xbb\xbf" + said({"password": SECRET}),
    "JSON after blanks": b"\n  " + said({"password": SECRET}),
    "JSON in another coding": json.dumps({"password": SECRET}).encode("utf-16"),
    "a field twice": f'{{"password": "{SECRET}", "password": "b"}}'.encode(),
    "another language": f"{{'password': '{SECRET}'}}".encode(),
}  # fmt: skip
TEXTS = {
    "YAML": ("text/yaml", f"user: me\npassword: {SECRET}\n".encode()),
    "a line of a log": ("text/plain", f"api-key: {SECRET}\n".encode()),
    "JSON in a log": ("text/plain", f'said: {{"password": "{SECRET}"}}'.encode()),
    "JSON by the line": ("application/x-ndjson", f'{{"a": 1}}\n{{"password": "{SECRET}"}}\n'.encode()),
    "a table": ("text/csv", f"user,password\nme,{SECRET}\n".encode()),
    "an attribute": ("text/xml", f'<login password="{SECRET}"/>'.encode()),
    "a field in a field": ("application/x-www-form-urlencoded", f"user[password]={SECRET}&a=1".encode()),
    "a part in a part": (FORM, field("user[password]", SECRET)),
    "a part in JSON": (FORM, field("meta", json.dumps({"password": SECRET}))),
}
HEADERS = {
    "x-auth": SECRET,
    "x-session-id": SECRET,
    "x-access-key": SECRET,
    "x-signature": SECRET,
    "x-csrf": SECRET,
    "authorization": f"AWS4-HMAC-SHA256 Credential={SECRET}/2026, SignedHeaders=host, Signature={SECRET}",
    "referer": f"https://user:{SECRET}@b.example/x#access_token={SECRET}",
    "x-context": json.dumps({"password": SECRET}),
    "link": f'<https://b.example/?page=2&token={SECRET}>; rel="next"',
    "cookie": f's="{SECRET}"',
}
PATHS = (
    f"/token/{SECRET}/x",
    f"/reset-password/{SECRET}",
    f"/x;jsessionid={SECRET}/y",
    f"/x?user[password]={SECRET}&sid={SECRET}",
)


@pytest.mark.parametrize("name", BODIES)
def test_a_secret_inside_of_json_is_hidden(name: str) -> None:
    found = repr(Hiding().hidden(exchange(request_headers=media("application/json"), request_body=BODIES[name])))
    assert not any(form in found for form in (SECRET, PAIR, PACKED, "p\\x00l\\x00a"))


@pytest.mark.parametrize("name", TEXTS)
def test_a_secret_inside_of_a_text_is_hidden(name: str) -> None:
    kind, body = TEXTS[name]
    assert SECRET not in repr(Hiding().hidden(exchange(response_headers=media(kind), response_body=body)))
    assert SECRET not in repr(Hiding().hidden(exchange(request_headers=media(kind), request_body=body)))


@pytest.mark.parametrize("name", HEADERS)
def test_a_secret_inside_of_a_header_is_hidden_and_wherever_it_is_repeated(name: str) -> None:
    recorded = exchange(request_headers=((name, HEADERS[name]),), response_body=said({"note": f"it was {SECRET}"}))
    assert SECRET not in repr(Hiding().hidden(recorded))


@pytest.mark.parametrize("path", PATHS)
def test_a_secret_inside_of_a_path_is_hidden(path: str) -> None:
    assert SECRET not in Hiding().hidden(exchange(url=f"https://a.example{path}")).url


def test_a_secret_is_hidden_however_it_is_written() -> None:
    url = f"https://a.example/{quote(ODD)}?q={quote(ODD, safe='')}"
    found = repr(Hiding().hidden(exchange(url=url, request_body=said({"password": ODD, "note": f"it is {ODD}"}))))
    assert not any(form in found for form in ODD_FORMS)


def test_nothing_is_left_of_a_secret_that_begins_with_another() -> None:
    body = said({"token": "planted-1", "new_token": "planted-1-and-more", "note": "planted-1-and-more"})
    assert "more" not in repr(Hiding().hidden(exchange(request_body=body)))


def test_what_only_reads_like_a_secret_stays() -> None:
    told = {
        "note": "at 08:30 = half past eight",
        "cause": "token: null, tokens: 12, token_type: bearer",
        "where": "https://a.example/x?page=1&sort=name",
        "packed": b64encode(b"no secret at all").decode(),
        "pairs": [{"name": "colour", "value": "red"}],
    }
    assert json.loads(Hiding().hidden(exchange(response_body=said(told))).response_body or b"") == told


def test_a_word_of_a_sentence_does_not_hide_it_in_later_exchanges() -> None:
    hiding = Hiding()
    hiding.hidden(exchange(response_body=said({"message": "password: required"})))
    assert b"required" in (hiding.hidden(exchange(response_body=said({"note": "required"}))).response_body or b"")
