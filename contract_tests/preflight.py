"""Whether a deployment can be checked at all: one safe request, and a line for a person about what is wrong with its answer.

Not here: judging the API (the checks do that).
"""

import re

import requests

from contract_tests.accounts import WHO_AM_I, Unusable
from contract_tests.addresses import Operation
from contract_tests.brakes import explained, plain
from contract_tests.target import Target

TITLE = re.compile(r"<title[^>]*>([^<]{1,80})", re.IGNORECASE)


def look(target: Target) -> None:
    """Ask once. Raises Unusable if the target is out of reach, not the API, or does not know who calls; Stop as any request."""
    operation = _operation(target)
    url = target.base_url + operation.path
    try:
        answer = target.call(operation.operation_id)
    except requests.RequestException as error:
        raise Unusable(told(error, target)) from None
    problem = _problem(target, operation, answer)
    if problem:
        raise Unusable(f"{operation.method} {plain(url)} {problem}")


def told(error: requests.RequestException, target: Target) -> str:
    """Return one line about a request that got no answer."""
    sent = error.request if isinstance(error.request, requests.PreparedRequest) else None
    return explained(error, sent or requests.Request("GET", target.base_url).prepare())


def _operation(target: Target) -> Operation:
    if target.people:
        return target.addresses.by_id[WHO_AM_I[target.api]]
    known = [one for one in target.addresses if one.is_safe and "{" not in one.path]
    public = [
        one for one in known if one.node.get("x-role", {}).get("scope") == "public" or one.node.get("security") == []
    ]
    return (public or known)[0]


def _problem(target: Target, operation: Operation, answer: requests.Response) -> str | None:
    media = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if answer.is_redirect:
        return f"redirects to {plain(answer.headers.get('Location'))}; give the address that it leads to as --url"
    if media == "text/html" or answer.content.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        title = TITLE.search(answer.text[:5000])
        named = f" ({title[1].strip()})" if title else ""
        return f"answers {answer.status_code} with a page in HTML{named}, not with the API: is it a login page, or another address?"
    if answer.status_code == 401 and target.people:
        return f"answers 401: the credentials of {target.people[0].name} are not accepted"
    if media.endswith("json") and not _is_json(answer):
        return f"answers {answer.status_code} with what is not valid JSON"
    return None


def _is_json(answer: requests.Response) -> bool:
    try:
        answer.json()
    except ValueError:
        return False
    return True
