"""What recorded answers teach where nobody has asked the stand-in the same: they are compared with the example of the contract.

Only names and types count then, and what the request itself has said. Not here: what becomes of it (`learning`).
"""

from collections.abc import Sequence

import msgspec

from contract_tests.addresses import Addresses
from contract_tests.live.judging import Judge
from contract_tests.live.parity.lessons import Sample, Taught, Teaching
from contract_tests.live.traffic import Recorded
from contract_tests.model.asks import Answer, Ask
from contract_tests.model.compare import Comparison, Likeness
from contract_tests.model.pairs import Pairs
from contract_tests.model.places import Places
from mock_server.contract import Json, resolve
from mock_server.pipeline.learned import Lesson

JSON = "application/json"


def lessons_of(judge: Judge, operation: str, status: int, recordings: Sequence[Recorded]) -> list[Lesson]:
    """Return what answers with a status teach of an operation; nothing if the contract shows no example of them."""
    example = _example(judge, operation, status)
    if example is None:
        return []
    teaching, shown = Teaching(), Places(Addresses(judge.document)).of_answer(operation)
    for recorded in recordings:
        live = Answer(status, recorded.media, recorded.response_body or b"")
        comparison = Comparison(Pairs(alike=False), Likeness(), fresh=True)
        teaching.add(Sample(_ask(judge, operation, recorded), live, example, comparison, shown, loose=True))
    return [one.lesson for one in teaching.found() if isinstance(one, Taught)]


def _example(judge: Judge, operation: str, status: int) -> Answer | None:
    path, method = judge.own_place(operation)
    response: Json = resolve(judge.document, judge.document["paths"][path][method]["responses"].get(str(status), {}))
    content = response.get("content", {}).get(JSON, {})
    named = [part.get("value") for part in content.get("examples", {}).values()]
    example = next((one for one in (content.get("example"), *named) if one is not None), None)
    return None if example is None else Answer(status, JSON, msgspec.json.encode(example))


def _ask(judge: Judge, operation: str, recorded: Recorded) -> Ask:
    _, values = judge.operation(recorded.method, recorded.path)
    path = {name: int(text) if text.isdecimal() else text for name, text in values.items()}
    try:
        body = msgspec.json.decode(recorded.request_body or b"null")
    except msgspec.DecodeError:
        body = None
    return Ask(operation=operation, path=path, json=body)
