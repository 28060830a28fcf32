"""The rule of aliases: what `x-aliases` says of second paths of operations holds together."""

from collections.abc import Iterator

from mock_server.contract import Json
from mock_server.pipeline.aliases import FIELD, begins
from mock_server.spec.document_files import Sources
from mock_server.spec.rules.common import Problems

FIELDS = {"prefix", "parameter", "paths", "refusals", "x-evidence"}


def aliases_are_sound(sources: Sources) -> Problems:
    """`x-aliases` has its fields, its prefix ends with its parameter, and what it names is there and used."""
    aliases = sources.document.get(FIELD)
    if aliases is None:
        return
    missing = FIELDS ^ set(aliases)
    problems = [f"{', '.join(sorted(missing))} is missing or unknown"] if missing else _problems(sources, aliases)
    for problem in problems:
        yield sources.at("openapi.yaml", FIELD), f"{FIELD}: {problem}"


def _problems(sources: Sources, aliases: Json) -> Iterator[str]:
    parts = sources.document.get("components", {})
    parameter = parts.get("parameters", {}).get(aliases["parameter"], {})
    if not aliases["prefix"].endswith(f"/{{{parameter.get('name')}}}") or aliases["prefix"].count("{") != 1:
        yield f"the prefix does not end with the parameter {aliases['parameter']}, or has another one"
    for name in aliases["refusals"].values():
        if name not in parts.get("responses", {}):
            yield f"there is no response {name}"
    for start in aliases["paths"]:
        if not any(begins(operation.path, start) for operation in sources.operations):
            yield f"no path begins with {start}"
