"""The command line: serve the stand-in, control it, check deployments. Says what was wrong in one line; a traceback is a bug."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from mock_server import __version__
from mock_server.control.terminal import EVERY


class Parser(argparse.ArgumentParser):
    """Says what is wrong with arguments in one line; subcommands do so as well."""

    def error(self, message: str) -> NoReturn:
        """End with 2 and the line."""
        print(f"{self.prog}: {message}; see {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 fine, 1 findings, 2 could not run."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    first = words[0] if words else ""
    if words[:2] == ["completion", "next"]:
        from mock_server.control.terminal import completion

        return completion.print_following(build_parser(None), words[2:])
    if first in EVERY:
        from mock_server.control.terminal.running import with_verb

        words = with_verb(words)
    args = build_parser(first).parse_args(words)
    try:
        code: int = args.func(args)
    except KeyboardInterrupt:
        return 130
    return code


def build_parser(first: str | None = "") -> argparse.ArgumentParser:
    """Return the parser of all commands. Those of the control API are only named, but for the one that is `first`; None: all are whole."""
    from mock_server.spec.commands import add_commands

    parser: argparse.ArgumentParser = Parser(prog="studio-mock", description=f"studio-mock {__version__}: {__doc__}")
    parser.add_argument("--version", action="version", version=f"studio-mock {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands)
    _add_world(commands)
    _add_check(commands)
    _add_drift(commands)
    _add_live(commands)
    _add_parity(commands)
    add_commands(commands)
    _add_control(commands, first)
    return parser


def _add_control(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", first: str | None) -> None:
    if first is None or first in EVERY:
        from mock_server.control.terminal.running import add_commands

        add_commands(commands, first)
    for name, told in EVERY.items():
        if name not in commands.choices:
            commands.add_parser(name, help=told)


def _add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = commands.add_parser("serve", help="serve the stand-in", description="Serve the stand-in until Ctrl-C.")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    serve.add_argument(
        "--port", type=_port, default=8080, help="port to listen on, 0 for a free one (default %(default)s)"
    )
    serve.add_argument("--world", help="demo, minimal, a folder or a world file (default demo)")
    serve.add_argument(
        "--state",
        type=Path,
        metavar="DIR",
        help="keep the sandboxes in this folder, from one start to the next (default: in memory only)",
    )
    serve.add_argument("--seed", type=int, default=0, help="seed of everything that is random (default %(default)s)")
    serve.add_argument(
        "--api",
        type=_names,
        default=None,
        metavar="NAMES",
        help="which APIs, with commas between them: studio, label_studio, blue_guardrails (default all)",
    )
    serve.add_argument("--check-responses", action="store_true", help="check every answer against the contract")
    serve.add_argument(
        "--body-limit", type=_bytes, default=32 * 1024 * 1024, help="largest body in bytes (default 32 MiB)"
    )
    serve.add_argument(
        "--allow-webhook",
        type=_host,
        action="append",
        default=[],
        metavar="HOST",
        help="a host beside this machine that webhooks may call; can be given more than once",
    )
    serve.add_argument(
        "--auto-sandbox", action="store_true", help="make a sandbox when a request names one that is not there"
    )
    _add_access(serve)
    serve.add_argument(
        "--reload", action="store_true", help="take in what changes in contract, handlers and world; the state is kept"
    )
    serve.add_argument(
        "--no-magic", action="store_true", help="take values like mock:404 in a field for what they are, not as a wish"
    )
    serve.add_argument(
        "--journal",
        type=_count,
        default=5_000,
        metavar="COUNT",
        help="how many exchanges the journal of a sandbox keeps, within 8 MiB; 0 for none (default %(default)s)",
    )
    serve.add_argument("--quiet", action="store_true", help="print nothing but errors")
    serve.set_defaults(func=_serve)


def _add_access(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--control-token",
        type=_token,
        default=os.environ.get("STUDIO_MOCK_CONTROL_TOKEN"),
        metavar="TOKEN",
        help="what /_mock asks for, from anywhere (STUDIO_MOCK_CONTROL_TOKEN); without it /_mock answers this machine only",
    )
    serve.add_argument("--tls", action="store_true", help="speak TLS too, with a certificate made at start")
    serve.add_argument(
        "--tls-ca",
        type=Path,
        default=None,
        metavar="FILE",
        help="where to write the authority that clients have to trust (default: it is printed); implies --tls",
    )
    serve.add_argument(
        "--tls-name",
        type=_host,
        action="append",
        default=[],
        metavar="NAME",
        help="a further host name or address for the certificate; can be given more than once; implies --tls",
    )
    serve.add_argument(
        "--https-only",
        action="store_true",
        help="refuse plain HTTP with 403, as the real API would; /_mock is served all the same",
    )


def _serve(args: argparse.Namespace) -> int:
    import gc

    gc.disable()  # until everything is loaded: nothing of it is garbage
    sys.dont_write_bytecode |= args.reload  # which is told by the second, too coarse for two changes in one
    from mock_server.serve import serve

    return serve(args)


def _add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from contract_tests.arguments import add_arguments

    text = "Check the stand-in, or any deployment, against the contract. Exit code 0: nothing found, 1: violations, 2: could not be done."
    check = commands.add_parser("check", help="check a deployment against the contract", description=text)
    add_arguments(check)
    check.set_defaults(func=_check_contract)


def _check_contract(args: argparse.Namespace) -> int:
    from contract_tests.cli import run

    return run(args)


def _add_drift(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from contract_tests.live.commands import add_drift_arguments

    text = (
        "Hold recorded traffic of a deployment against the contract, and propose what to change. Exit code 0: no drift, 1: drift, 2: "
        "could not be done."
    )
    drift = commands.add_parser("drift", help="hold recorded traffic against the contract", description=text)
    add_drift_arguments(drift)
    drift.set_defaults(func=_drift)


def _drift(args: argparse.Namespace) -> int:
    from contract_tests.live.commands import drift

    return drift(args)


def _add_live(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from contract_tests.live.arguments import add_fallback, add_proxy

    add_proxy(commands, _port)
    add_fallback(commands, _port)


def _add_parity(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from contract_tests.live.parity.arguments import add_arguments

    text = (
        "Play the same stories to a deployment and to the stand-in, and tell every difference, with a score for each operation. "
        "Exit code 0: no difference, 1: differences, 2: could not be done."
    )
    parity = commands.add_parser("parity", help="compare a deployment with the stand-in", description=text)
    add_arguments(parity)
    parity.set_defaults(func=_compare)


def _compare(args: argparse.Namespace) -> int:
    from contract_tests.live.parity.command import run

    return run(args)


def _add_world(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    world = commands.add_parser("world", help="make and check starting worlds").add_subparsers(
        required=True, metavar="COMMAND"
    )
    generate = world.add_parser("generate", help="make a large, plausible, deterministic world")
    generate.add_argument("--documents", type=_bytes, default=1000, help="how many documents (default %(default)s)")
    generate.add_argument("--seed", type=int, default=0, help="same seed, same world (default %(default)s)")
    generate.add_argument("--out", type=Path, required=True, help="the world file to write (.json)")
    generate.set_defaults(func=_generate)
    _add_from_traffic(world)
    check = world.add_parser("check", help="load a world and say what is wrong with it")
    check.add_argument("world", help="demo, minimal, a folder or a world file")
    check.set_defaults(func=_check)


def _add_from_traffic(world: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from contract_tests.live.world_command import add_world_arguments

    text = (
        "Make a world of recorded traffic. Names, addresses, texts and ids are replaced by others of the same shape; then the "
        "reads of the recording are asked again of the world. Exit code 0: all are answered alike, 1: not all, 2: no world was made."
    )
    made = world.add_parser("from-traffic", help="make a world of recorded traffic", description=text)
    add_world_arguments(made)
    made.set_defaults(func=_from_traffic)


def _from_traffic(args: argparse.Namespace) -> int:
    from contract_tests.live.world_command import world_from_traffic

    return world_from_traffic(args)


def _generate(args: argparse.Namespace) -> int:
    from mock_server.generate import generate, write_world

    try:
        write_world(generate(args.documents, args.seed), args.out)
    except OSError as error:
        return failed(f"{args.out} cannot be written: {error.strerror}")
    print(
        f"{args.out}: {args.documents} documents, seed {args.seed}; serve it with: studio-mock serve --world {args.out}"
    )
    return 0


def _check(args: argparse.Namespace) -> int:
    from mock_server.seed import SeedError, starting_world

    try:
        world = starting_world(args.world)
    except SeedError as error:
        print(error, file=sys.stderr)
        return 1
    rows = {kind.__name__: len(table.ids) for kind, table in world.tables.items() if table.ids}
    print(f"{args.world} is sound: " + ", ".join(f"{count} {name}" for name, count in sorted(rows.items())))
    return 0


def failed(message: str) -> int:
    """Say why a command could not run and return 2."""
    print(f"studio-mock: {message}", file=sys.stderr)
    return 2


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; a port is a number from 0 to 65535")
    return int(text)


def _host(text: str) -> str:
    from mock_server.outward import plain_host

    try:
        return plain_host(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _token(text: str) -> str:
    if len(text) < 8 or not text.isascii() or not text.isprintable() or " " in text:
        raise argparse.ArgumentTypeError("a control token is of at least 8 letters, digits and signs, without spaces")
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def _bytes(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no positive whole number")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
