"""The rule of refusals: every operation lists the 4xx that it can answer, derived from what it takes."""

from collections.abc import Iterator

from mock_server.spec.document_files import Operation, Sources
from mock_server.spec.rules.common import Problems

WITH_ROLE = ("project", "organization", "model", "user", "workspace", "superuser")
DERIVED = ("400", "413", "415", "422")
INVALID = "x-invalid-status"


def refusals_are_complete(sources: Sources) -> Problems:
    """An operation lists the codes of point 5: 400, 401, 403, 404, 413, 415 and 500 where they can happen.

    409 cannot be derived. 400, 413 and 415 must not be there where nothing can be invalid. A document may say, as
    `x-invalid-status`, what it has in place of 400; it is then answered for paths as well.
    """
    for operation in sources.operations:
        listed = set(operation.node.get("responses", {}))
        expected = set(_expected(sources, operation))
        place = sources.place(*operation.pointer, "responses")
        for code in sorted(expected - listed):
            yield place, f"{operation.id} can answer {code} and does not list it"
        for code in sorted(listed - expected):
            if code in DERIVED:
                yield place, f"{operation.id} lists {code} and takes nothing that could cause it"


def _expected(sources: Sources, operation: Operation) -> Iterator[str]:
    places = {node["in"] for node in sources.parameters(operation)}
    scope = operation.node.get("x-role", {}).get("scope", "public")
    invalid = str(sources.document.get(INVALID, 400))
    yield "500"
    if sources.body(operation):
        yield from (invalid, "413", "415")
    if places & {"query", "header"} or (places and INVALID in sources.document):
        yield invalid
    if scope != "public":
        yield "401"
    if scope in WITH_ROLE:
        yield "403"
    if "path" in places:
        yield "404"
