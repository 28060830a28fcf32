"""Rules of names: one name everywhere, so that whoever knows an operation finds everything of it."""

import re
from collections.abc import Iterator

from mock_server.spec.document_files import Operation, Place, Sources, shown
from mock_server.spec.rules.common import Problems

SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
WITHOUT_DOMAIN = frozenset({"monitoring"})


def operation_ids_are_names(sources: Sources) -> Problems:
    """Every operation has an operationId in snake_case that no other one has."""
    seen: set[str] = set()
    for operation in sources.operations:
        if not SNAKE_CASE.fullmatch(str(operation.node.get("operationId", ""))):
            yield _place(sources, operation), f"{operation.id}: the operationId has to be a name in snake_case"
        if operation.id in seen:
            yield _place(sources, operation), f"{operation.id} is the operationId of another operation already"
        seen.add(operation.id)


def one_tag_one_path_file(sources: Sources) -> Problems:
    """Every operation has exactly one tag, which openapi.yaml describes; in lower case it names the path file."""
    known = {tag["name"] for tag in sources.document.get("tags", ())}
    for operation in sources.operations:
        tags = operation.node.get("tags", [])
        if len(tags) != 1:
            yield _place(sources, operation), f"{operation.id}: one tag was expected, not {len(tags)}"
            continue
        file = sources.raw["openapi.yaml"]["paths"][operation.path]["$ref"].split("#/")[0]
        if tags[0] not in known:
            yield _place(sources, operation), f"{operation.id}: openapi.yaml does not describe the tag {tags[0]}"
        if file != f"paths/{tags[0].lower()}.yaml":
            yield _place(sources, operation), f"{operation.id} has the tag {tags[0]} and stands in {file}"


def handlers_are_complete(sources: Sources) -> Problems:
    """The handler module of the tag has a function of the operation's name."""
    for operation in sources.operations:
        module = f"handlers/{operation.tag.lower()}.py"
        functions = sources.functions(module)
        if functions is None:
            yield _place(sources, operation), f"{operation.id}: there is no module {sources.name}/{module}"
        elif operation.id not in functions:
            yield _place(sources, operation), f"{operation.id}: {sources.name}/{module} has no function of that name"


def handlers_are_of_operations(sources: Sources) -> Problems:
    """Every public function of a handler module is an operation of its tag."""
    for path in sorted((sources.package / "handlers").glob("[!_]*.py")):
        known = {operation.id for operation in sources.operations if operation.tag.lower() == path.stem}
        for name, line in (sources.functions(f"handlers/{path.name}") or {}).items():
            if name not in known:
                yield Place(shown(path), line), f"{name} is no operation tagged {path.stem.title()}"


def modules_of_a_tag_are_there(sources: Sources) -> Problems:
    """A tag of a vendor has a schema file and a domain module of its name."""
    for at, tag in enumerate(sources.document.get("tags", ()) if sources.is_vendor else ()):
        for missing in _missing(sources, tag["name"].lower()):
            yield sources.at("openapi.yaml", "tags", at), f"the tag {tag['name']} has no {missing}"


def _missing(sources: Sources, tag: str) -> Iterator[str]:
    if not (sources.folder / "schemas" / f"{tag}.yaml").exists():
        yield f"schema file schemas/{tag}.yaml"
    if tag not in WITHOUT_DOMAIN and not (sources.package / "domain" / f"{tag}.py").exists():
        yield f"domain module {sources.name}/domain/{tag}.py"


def _place(sources: Sources, operation: Operation) -> Place:
    return sources.place(*operation.pointer)
