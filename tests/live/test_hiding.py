"""Secrets do not get into anything that is kept: by name, by look, and wherever they are repeated. What is no secret stays as it is."""

import base64
import json
from typing import Any

import msgspec
import pytest

from contract_tests.live.hiding import Hiding
from contract_tests.live.traffic import Recorded
from mock_server.redact import HIDDEN

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
SECRET = "planted-Zq7!x"
BASIC = base64.b64encode(f"nora:{SECRET}".encode()).decode()
FORM = (
    (
        f'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{SECRET}\r\n'
        f'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nsay {SECRET} twice\r\n'
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/zip\r\n\r\n'
    ).encode()
    + b"\xff\x00"
    + SECRET.encode()
    + b"\r\n--b--\r\n"
)


def exchange(**parts: Any) -> Recorded:
    return Recorded(**{"method": "POST", "url": "https://a.example/x", "status": 200, **parts})


def kept(recorded: Recorded, hiding: Hiding | None = None, values: dict[str, str] | None = None) -> str:
    return repr((hiding or Hiding()).hidden(recorded, values))


def media(kind: str) -> tuple[tuple[str, str], ...]:
    return (("content-type", kind),)


PLANTED = {
    "a header": exchange(request_headers=(("x-api-key", SECRET),)),
    "a credential": exchange(request_headers=(("authorization", f"Bearer {SECRET}"),)),
    "a credential with a name": exchange(
        request_headers=(("authorization", f"Basic {BASIC}"),), response_body=f"hello {SECRET} {BASIC}".encode()
    ),
    "a cookie": exchange(request_headers=(("cookie", f"a=b; session={SECRET}"),), response_body=SECRET.encode()),
    "a cookie that is set": exchange(response_headers=(("set-cookie", f"s={SECRET}; Path=/; HttpOnly"),)),
    "a query": exchange(url=f"https://a.example/x?page=1&token={SECRET}"),
    "a query with signs": exchange(url="https://a.example/x?api_key=planted-Zq7%21x&X-Amz-Signature=planted-Zq7!x"),
    "a redirect": exchange(status=302, response_headers=(("location", f"https://b.example/?code={SECRET}"),)),
    "JSON": exchange(request_body=json.dumps({"user": {"passWord": SECRET}, "note": f"it is {SECRET}"}).encode()),
    "JSON with a list": exchange(response_body=json.dumps({"refresh_tokens": [SECRET], "clientSecret": SECRET}).encode()),
    "JSON with escapes": exchange(response_body=b'{"auth\\u005ftoken": "planted-Zq7\\u0021x", "b": "planted-Zq7\\u0021x"}'),
    "JSON with a credential in a text": exchange(response_body=b'{"message": "sent: Bearer planted-Zq7!x-and-more"}'),
    "JSON that is cut": exchange(response_body=f'{{"a": 1, "auth_token": "{SECRET}", "b": "{SECRET}'.encode()),
    "JSON by the line": exchange(response_body=f'{{"a": 1}}\n{{"password": "{SECRET}"}}\n'.encode()),
    "a form": exchange(
        request_headers=media("application/x-www-form-urlencoded"), request_body=b"a=1&password=planted-Zq7%21x"
    ),
    "a form with files": exchange(request_headers=media("multipart/form-data; boundary=b"), request_body=FORM),
    "a page": exchange(response_body=f'<input type="hidden" name="csrf_token" value="{SECRET}">'.encode()),
    "markup": exchange(response_body=f"<a><ns:Password>{SECRET}</ns:Password><b>{SECRET}</b></a>".encode()),
    "a text": exchange(response_body=f"password={SECRET}\nAuthorization: Bearer {SECRET}".encode()),
    "content that is no text": exchange(response_body=b"\xff\xfe" + SECRET.encode()),
    "a message": exchange(
        request_body=json.dumps({"password": SECRET}).encode(), response_body=f'{{"message": "{SECRET} is wrong"}}'.encode()
    ),
}  # fmt: skip


@pytest.mark.parametrize("where", PLANTED)
def test_a_secret_is_hidden_wherever_it_stands(where: str) -> None:
    found = kept(PLANTED[where])
    assert SECRET not in found and "Zq7%21x" not in found and "Zq7\\\\u0021" not in found and BASIC not in found


def test_a_secret_is_hidden_in_later_exchanges_too() -> None:
    hiding = Hiding()
    kept(exchange(response_body=json.dumps({"auth_token": SECRET}).encode()), hiding)
    later = exchange(url=f"https://a.example/links/{SECRET}?t={SECRET}", response_body=f'["{SECRET}"]'.encode())
    assert SECRET not in kept(later, hiding)


def test_a_secret_in_the_path_is_hidden_by_the_name_of_its_parameter() -> None:
    recorded = exchange(url=f"https://a.example/invitations/{SECRET}")
    assert SECRET not in kept(recorded, values={"invitation_token": SECRET})


def test_what_looks_like_a_token_is_hidden_whatever_it_is_called() -> None:
    recorded = exchange(
        url=f"https://a.example/{JWT}?a={JWT}", response_body=json.dumps({"a": [f"it is {JWT}"]}).encode()
    )
    assert JWT not in kept(recorded)


def test_what_is_no_secret_stays_as_it_is() -> None:
    content = {
        "name": "Token",
        "tokens": 7,
        "token_type": "bearer",
        "token_id": "9",
        "access": None,
        "key": "category",
        "is": "category",
    }
    recorded = exchange(
        url="https://a.example/x?page=1&sort=key",
        request_headers=(("accept", "*/*"), ("access-control-request-headers", "x-api-key"), ("cookie", "theme=dark")),
        response_body=msgspec.json.encode(content),
        request_body=b"dark",
    )
    shown = Hiding().hidden(recorded)
    assert json.loads(shown.response_body or b"") == {**content, "key": HIDDEN}
    assert (shown.url, shown.request_body, shown.request_headers[:2]) == (
        recorded.url,
        b"dark",
        recorded.request_headers[:2],
    )


def test_a_short_password_does_not_hide_words_of_later_exchanges() -> None:
    hiding = Hiding()
    assert b"said test" not in (
        hiding.hidden(exchange(request_body=b'{"password": "test", "b": "said test"}')).request_body or b""
    )
    assert hiding.hidden(exchange(request_body=b'{"b": "said test"}')).request_body == b'{"b": "said test"}'


def test_a_number_that_repeats_a_secret_leaves_json_that_can_be_read() -> None:
    recorded = exchange(request_body=b'{"password": "123456"}', response_body=b'{"id": 1234567, "told": "123456"}')
    assert json.loads(Hiding().hidden(recorded).response_body or b"") == {"id": 1234567, "told": HIDDEN}


def test_a_form_keeps_its_fields_and_the_names_of_its_files() -> None:
    shown = Hiding().hidden(PLANTED["a form with files"]).request_body or b""
    assert b'name="note"\r\n\r\nsay [redacted] twice\r\n' in shown
    assert b'filename="a.bin"' in shown and b"bytes)" in shown
    assert shown.endswith(b"--b--\r\n")
