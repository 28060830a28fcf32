"""Arguments of the commands, made from the control contract; and from arguments to a request."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from mock_server import contract
from mock_server.contract import Json, resolve
from mock_server.control.terminal.nouns import VERBS, Verb, default_verb, duration
from mock_server.control.terminal.remote import Answer, CannotRun, Server, encoded, segment

URL = "http://127.0.0.1:8080"
JSON, YAML = "application/json", "application/yaml"
Parsers = Any  # what argparse calls _SubParsersAction


class Operation(msgspec.Struct, frozen=True):
    """An operation of the contract, as far as a command needs it: `path`, `query` and `body` are its arguments with their schemas."""

    method: str
    template: str
    summary: str
    description: str
    path: dict[str, Json]
    query: dict[str, Json]
    body: dict[str, Json]


def operations() -> dict[str, Operation]:
    """Return every operation of the control contract by its id. Raises ContractError."""
    document = contract.load("control")
    return {
        node["operationId"]: _operation(document, template, method, node, item)
        for template, method, node, item in contract.operations(document)
    }


def _operation(document: Json, template: str, method: str, node: Json, item: Json) -> Operation:
    places: dict[str, dict[str, Json]] = {"path": {}, "query": {}, "header": {}}
    for told in contract.parameters(document, node, item):
        schema = resolve(document, told["schema"])
        places[told["in"]][told["name"]] = {**schema, "description": told.get("description", "")}
    content = resolve(document, node.get("requestBody", {})).get("content", {})
    body = _fields(document, content.get(JSON, {}).get("schema", {}))
    summary = node["summary"]
    return Operation(method.upper(), template, summary, node["description"], places["path"], places["query"], body)


def _fields(document: Json, schema: Json) -> dict[str, Json]:
    """Return the fields of a body, those of its parts included."""
    schema = resolve(document, schema)
    fields = {name: {**resolve(document, part), **part} for name, part in schema.get("properties", {}).items()}
    for part in schema.get("allOf", ()):
        fields |= _fields(document, part)
    return fields


def common() -> argparse.ArgumentParser:
    """Return what every command takes; names in the parsed arguments begin with `on_`, away from those of the contract."""
    parser = argparse.ArgumentParser(add_help=False)
    group = parser.add_argument_group("which stand-in")
    env = os.environ
    url, sandbox, token = (
        env.get("STUDIO_MOCK_URL", URL),
        env.get("STUDIO_MOCK_SANDBOX"),
        env.get("STUDIO_MOCK_CONTROL_TOKEN"),
    )
    group.add_argument(
        "--url",
        dest="on_url",
        metavar="URL",
        default=url,
        help="where it listens (default %(default)s; STUDIO_MOCK_URL)",
    )
    group.add_argument(
        "--sandbox", dest="on_sandbox", metavar="NAME", default=sandbox, help="which sandbox (STUDIO_MOCK_SANDBOX)"
    )
    told = "what serve --control-token was given (STUDIO_MOCK_CONTROL_TOKEN)"
    group.add_argument("--token", dest="on_token", metavar="TOKEN", default=token, help=told)
    parser.add_argument("--json", dest="as_json", action="store_true", help="print what the control API answers")
    return parser


def add_noun(commands: Parsers, noun: str, told: str, run: Any) -> None:
    """Add a noun with its verbs; `run` is called with what was parsed."""
    known, shared = operations(), common()
    parser = commands.add_parser(
        noun, help=told, description=f"{told[0].upper()}{told[1:]}. Without a verb: {default_verb(noun)}."
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for name, verb in VERBS[noun].items():
        operation = known[verb.operation]
        summary = verb.help or operation.summary
        sub = verbs.add_parser(
            name, help=_plain(summary), description=_plain(f"{summary}. {operation.description}"), parents=[shared]
        )
        _add_arguments(sub, verb, operation)
        sub.set_defaults(func=run, noun=noun, verb=name)


def _add_arguments(parser: argparse.ArgumentParser, verb: Verb, operation: Operation) -> None:
    for name, schema in operation.path.items():
        parser.add_argument(name, help=_plain(schema["description"]))
    if verb.file:
        parser.add_argument("file", type=Path, help="the file to send, - for the standard input")
    for name, schema in {**operation.query, **({} if verb.file else operation.body)}.items():
        if name in verb.hidden or name in verb.fixed:
            continue
        if name in verb.first:
            needed = None if name in verb.needed else "?"
            parser.add_argument(name, nargs=needed, help=_plain(schema.get("description", "")), **_choices(schema))
        else:
            _add_option(parser, verb.names.get(name, name), name, schema)


def _add_option(parser: argparse.ArgumentParser, called: str, name: str, schema: Json) -> None:
    told: dict[str, Any] = {"dest": name, "help": _plain(schema.get("description", "")), "default": None}
    option = f"--{called.replace('_', '-')}"
    if schema.get("type") == "boolean":
        parser.add_argument(option, action=argparse.BooleanOptionalAction, **told)
    elif schema.get("type") == "array":
        parser.add_argument(option, action="append", metavar=called.upper(), **told)
    else:
        told |= _choices(schema) or {"metavar": called.upper()}
        parser.add_argument(option, **told)


def _choices(schema: Json) -> dict[str, Any]:
    words = [value for value in schema.get("enum", ()) if isinstance(value, str)]
    return {"choices": words} if words else {}


def _plain(text: str) -> str:
    """Return a description as argparse takes it: one paragraph, percent signs doubled."""
    return " ".join(text.replace("`", "").split()).replace("%", "%%")


def server_of(args: argparse.Namespace) -> Server:
    """Return the server that a command is for."""
    return Server(args.on_url, args.on_sandbox, args.on_token)


def asked(args: argparse.Namespace, **more: Any) -> Answer:
    """Send the request that arguments describe; `more` replaces some of them. Raises CannotRun."""
    verb = VERBS[args.noun][args.verb]
    operation = operations()[verb.operation]
    given = {name: value for name, value in {**vars(args), **verb.fixed, **more}.items() if value is not None}
    if args.as_json and given.get("format") == "text":
        del given["format"]
    path = operation.template
    for name in operation.path:
        path = path.replace(f"{{{name}}}", segment(given[name]))
    query = [pair for name in operation.query if name in given for pair in _pairs(name, given[name])]
    body, media = _body(args, verb, operation, given)
    return server_of(args).call(operation.method, path, query, body, media)


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    values = value if isinstance(value, list) else [value]
    return [(name, str(one).lower() if isinstance(one, bool) else str(one)) for one in values]


def _body(args: argparse.Namespace, verb: Verb, operation: Operation, given: Json) -> tuple[bytes, str]:
    if verb.file:
        return _file(args.file)
    if not operation.body:
        return b"", ""
    values = {name: _value(name, given[name], schema) for name, schema in operation.body.items() if name in given}
    return encoded(values), JSON


def _value(name: str, value: Any, schema: Json) -> Any:
    """Return an argument as the type that the contract says; a text that is none is sent as it is, for the server to refuse."""
    if not isinstance(value, str) or schema.get("type") == "string":
        return value
    if name == "advance_seconds":
        return duration(value)
    try:
        return msgspec.json.decode(value)
    except ValueError:
        if schema.get("type") in ("integer", "number"):
            return value
        raise CannotRun(f"{name}: {value!r} is not JSON") from None


def _file(path: Path) -> tuple[bytes, str]:
    if str(path) == "-":
        raw = sys.stdin.buffer.read()
    else:
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise CannotRun(f"{path} cannot be read: {error.strerror}") from None
    is_json = path.suffix == ".json" or raw.lstrip()[:1] == b"{"
    return raw, JSON if is_json else YAML
