"""An answer is one that the contract lists: its status, its headers, its media type and its body."""

import json
from collections.abc import Iterator

from contract_tests.checks.answer import Answer
from contract_tests.checks.registry import check
from mock_server.contract import resolve
from mock_server.pipeline.schemas import faults

SHOWN = 3


@check
def answers_as_documented(answer: Answer) -> Iterator[str]:
    """The status is listed, the media type is listed for it, required headers are there, and a JSON body fits its schema."""
    if answer.operation is None:
        return
    node = answer.operation.response(answer.status)
    if node is None and answer.is_aliased:
        node = _refusal_of_alias(answer)
    if node is None:
        listed = ", ".join(answer.operation.node["responses"])
        yield f"answered {answer.status}, which the contract does not list for it (it lists {listed})"
        return
    for name, header in node.get("headers", {}).items():
        if resolve(answer.operation.document, header).get("required") and name.lower() not in answer.headers:
            yield f"answered {answer.status} without the header {name}"
    yield from _body(answer, node.get("content", {}))


def _refusal_of_alias(answer: Answer) -> dict[str, object] | None:
    assert answer.operation is not None
    document = answer.operation.document
    name = document["x-aliases"].get("refusals", {}).get(str(answer.status))
    node: dict[str, object] | None = document["components"]["responses"].get(name)
    return node


def _body(answer: Answer, content: dict[str, object]) -> Iterator[str]:
    assert answer.operation is not None
    if not content:
        if answer.content:
            yield f"answered {answer.status} with a body, where none is documented"
        return
    if answer.method == "HEAD":
        return
    if answer.media not in content:
        yield f"answered {answer.status} as {answer.media or 'nothing'}; documented: {', '.join(content)}"
        return
    schema = answer.schema or {}
    if not answer.media.endswith("json") or schema.get("format") == "binary":
        return
    try:
        body = json.loads(answer.content)
    except ValueError:
        yield f"answered {answer.status} as {answer.media} with a body that is no JSON"
        return
    validator = answer.operation.validator(answer.status, answer.media)
    for fault in faults(validator, body, "answer")[:SHOWN] if validator is not None else ():
        yield f"answered {answer.status} with a body that breaks its schema: {fault['place']} {fault['reason']}"
