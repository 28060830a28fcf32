"""What Schemathesis found, as violations: a sentence, the place in the contract, and the requests that show it."""

from collections.abc import Iterator
from typing import Any

import requests
from schemathesis.engine import events
from schemathesis.openapi.checks import JsonSchemaError

from contract_tests import curl
from contract_tests.brakes import explained
from contract_tests.findings import Violation
from contract_tests.target import Target
from mock_server import redact

AT_STATUS = (
    "status_code_conformance",
    "not_a_server_error",
    "response_headers_conformance",
    "content_type_conformance",
)


def of_recorder(recorder: Any, target: Target) -> Iterator[Violation]:
    """Yield a violation for every failed check of a scenario."""
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                yield _violation(recorder, case_id, check, target)


def of_error(event: events.NonFatalError, target: Target) -> Violation | None:
    """Return a violation for a request that got no answer, None for errors of another kind."""
    error = event.value
    if not isinstance(error, requests.RequestException):
        return None
    request: Any = error.request
    operation = target.addresses.find(request.method, _path(request.url, target))[0] if request is not None else None
    return Violation(
        check="answers",
        api=target.api,
        operation=operation.operation_id if operation else None,
        message=redact.line(explained(error, request)) if request is not None else str(error)[:200],
        story=(curl.of(request),) if request is not None else (),
        requests=target.requests,
        phase=target.wire.phase,
    )


def is_for_want_of_permission(event: events.NonFatalError, target: Target) -> bool:
    """Whether nothing could be generated because the guard has kept back all that was."""
    return target.writes == "own" and type(event.value).__name__ in ("Unsatisfiable", "FailedHealthCheck", "Flaky")


def _violation(recorder: Any, case_id: str, check: Any, target: Target) -> Violation:
    failure = check.failure_info.failure
    shown = failure.case_id or case_id
    case = recorder.cases[shown].value if shown in recorder.cases else recorder.cases[case_id].value
    interaction = recorder.interactions.get(shown) or recorder.interactions.get(case_id)
    status = interaction.response.status_code if interaction and interaction.response else None
    definition = case.operation.definition.raw
    return Violation(
        check=check.name,
        api=target.api,
        operation=definition.get("operationId"),
        status=status,
        message=redact.line(_message(failure)),
        place=_place(check.name, failure, case.operation, status, interaction, target),
        story=tuple(_story(recorder, shown, failure)),
        requests=target.requests,
        phase=target.wire.phase,
    )


def _message(failure: Any) -> str:
    if isinstance(failure, JsonSchemaError):
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in failure.instance_path)
        return f"{failure.title}: {failure.validation_message or failure.message.splitlines()[0]} (at body{where})"
    lines = [line.strip() for line in failure.message.splitlines() if line.strip()]
    return f"{failure.title}: {'; '.join(lines)[:500]}" if lines else failure.title


def _place(
    check: str, failure: Any, operation: Any, status: int | None, interaction: Any, target: Target
) -> str | None:
    if status is None:
        return None
    base = target.document["servers"][0]["url"].rstrip("/")
    path = operation.path.removeprefix(base).replace("~", "~0").replace("/", "~1")
    response = f"/paths/{path}/{operation.method.lower()}/responses/{status}"
    if isinstance(failure, JsonSchemaError) and check == "response_schema_conformance":
        sent = interaction.response.headers.get("content-type", ["application/json"])[0].split(";")[0]
        parts = ("/items" if isinstance(part, int) else f"/properties/{part}" for part in failure.instance_path)
        return f"{response}/content/{sent.replace('/', '~1')}/schema{''.join(parts)}"
    return response if check in AT_STATUS else None


def _story(recorder: Any, case_id: str, failure: Any) -> Iterator[str]:
    related = tuple(told for name in ("deleted_case_id", "owner_case_id") if (told := getattr(failure, name, None)))
    for case in recorder.iter_chain_cases(case_id=case_id, related_case_ids=related):
        interaction = recorder.interactions.get(case.id)
        if interaction is not None:
            sent = interaction.request
            headers = {name: values[0] for name, values in sent.headers.items()}
            yield curl.line(sent.method, sent.uri, headers, sent.body)


def _path(url: str, target: Target) -> str:
    return url.removeprefix(target.base_url)
