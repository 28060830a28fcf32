"""What is called like a secret is one, and nothing else: the list that the journal, the reports and the recordings share."""

import pytest

from mock_server import redact

SECRETS = (
    "password", "new_password", "passwd", "passWord", "client_secret", "clientSecret", "token", "auth_token", "accessToken", "tokens",
    "refresh_tokens", "verify_email_token", "jwt", "api_key", "apiKey", "api-key", "product_key", "credential", "authorization",
    "cookie", "set-cookie", "access", "refresh", "google_access", "key", "pin", "otp",
)  # fmt: skip
PLAIN = (
    "name",
    "credential_id",
    "token_ids",
    "token_type",
    "token_count",
    "key_id",
    "accessible",
    "hotkeys",
    "shopping",
    "keys",
)


@pytest.mark.parametrize("name", SECRETS)
def test_what_is_called_like_a_secret_is_hidden_wherever_it_stands(name: str) -> None:
    shown = [
        redact.body(f'{{"{name}": "hunter22"}}'),
        redact.body(f'[{{"a": {{"{name}": "hunter22"}}}}]'),
        redact.body(f'{{"a": 1, "{name}": "hunter22'),
        redact.body(f"a=1&{name}=hunter22&b=2"),
        redact.line(f"GET /x?{name}=hunter22"),
        str(redact.headers({name: "hunter22"})),
    ]
    assert not any("hunter22" in told for told in shown)
    assert all(redact.HIDDEN in told for told in shown)


@pytest.mark.parametrize("name", SECRETS)
def test_what_has_a_secret_is_searched(name: str) -> None:
    assert redact.may_have_secrets(f'{{"{name}":"hunter22"}}')


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_called_otherwise_is_shown(name: str) -> None:
    assert redact.body(f'{{"{name}": "hunter22"}}') == f'{{"{name}": "hunter22"}}'
    assert redact.line(f"GET /x?{name}=hunter22") == f"GET /x?{name}=hunter22"


def test_a_number_is_a_secret_unless_it_counts() -> None:
    told = {
        "password": 1234,
        "pin": 1234,
        "token": 1234,
        "tokens": 12,
        "access": 3,
        "key": 4,
        "is_secret": True,
        "api_key": None,
    }
    hidden = {"password": redact.HIDDEN, "pin": redact.HIDDEN, "token": redact.HIDDEN}
    assert redact.value(told) == {**told, **hidden}


def test_headers_about_headers_are_shown() -> None:
    sent = {"access-control-request-headers": "authorization", "Access-Control-Allow-Credentials": "true"}
    assert redact.headers(sent) == sent


@pytest.mark.parametrize(
    "token", ["eyJhbGciOiJub25lIn0.eyJzdWIiOjF9.", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2lnbmF0dXJl"]
)
def test_what_looks_like_a_token_is_hidden_whatever_it_is_called(token: str) -> None:
    assert token not in redact.body(f'{{"note": "it is {token}"}}') and token not in redact.line(f"it is {token}")


PLANTED = ("hunter2", "abc.def", "bg-nora-key", "sessionid=1")


@pytest.mark.parametrize(
    "shown",
    [
        redact.headers({"Authorization": "Bearer abc.def", "x-api-key": "bg-nora-key", "Cookie": "sessionid=1"}),
        redact.body('{"password": "hunter2", "nested": [{"auth_token": "abc.def"}], "api_key": "bg-nora-key"}'),
        redact.body("email=a&password=hunter2&x=1"),
        redact.line("curl -H 'Authorization: Token abc.def' 'http://h/?token=hunter2&a=1'"),
    ],
)
def test_secrets_are_hidden(shown: object) -> None:
    assert not any(secret in str(shown) for secret in PLANTED)
    assert redact.HIDDEN in str(shown)


def test_what_only_looks_like_a_secret_stays() -> None:
    told = '{"credential_id": 3, "token_type": "bearer", "tokens": 12, "name": "Token of thanks", "key_id": "7"}'
    assert redact.HIDDEN not in redact.body(told)


def test_a_huge_body_is_told_by_its_size() -> None:
    huge = b" " * (redact.HUGE + 1)
    assert redact.body(huge) == f"(a body of {len(huge)} bytes)"
