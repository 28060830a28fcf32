"""Completion of commands in bash, zsh and fish: a few lines of shell that ask `studio-mock completion next` what may come next."""

import argparse
from typing import Any

from mock_server.control.terminal.nouns import VERBS, default_verb

SCRIPTS = {
    "bash": """_studio_mock() {
    local IFS=$'\\n' begun="${COMP_WORDS[COMP_CWORD]}"
    COMPREPLY=($(studio-mock completion next "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$begun"))
}
complete -F _studio_mock studio-mock
""",
    "zsh": """#compdef studio-mock
_studio_mock() {
    local -a found
    found=("${(@f)$(studio-mock completion next "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    [[ -n "${found[1]}" ]] && compadd -- "${found[@]}" || _files
}
if [[ "${funcstack[1]}" = _studio_mock ]]; then _studio_mock "$@"; else compdef _studio_mock studio-mock; fi
""",
    "fish": """function __studio_mock_next
    set -l words (commandline -opc)
    studio-mock completion next $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c studio-mock -a '(__studio_mock_next)'
""",
}
HOW = """for bash: eval "$(studio-mock completion bash)"; for zsh, after compinit: eval "$(studio-mock completion zsh)"; \
for fish: studio-mock completion fish | source"""


def add_command(commands: Any) -> None:
    """Add `completion` to the parser."""
    told = "print the script that completes commands in a shell"
    parser = commands.add_parser("completion", help=told, description=f"{told[0].upper()}{told[1:]}. {HOW}")
    parser.add_argument("shell", choices=tuple(SCRIPTS), help="which shell")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print the script of a shell."""
    print(SCRIPTS[args.shell], end="")
    return 0


def print_following(parser: argparse.ArgumentParser, words: list[str]) -> int:
    """Print what may come next, for the scripts."""
    for word in following(parser, words):
        print(word)
    return 0


def following(parser: argparse.ArgumentParser, words: list[str]) -> list[str]:
    """Return what may stand at the place of the last word, which is only begun."""
    *before, begun = words or [""]
    for at, word in enumerate(before):
        verbs = _subcommands(parser)
        if word in verbs:
            parser = verbs[word]
        elif at == len(before) - 1 and word.startswith("-"):
            action = parser._option_string_actions.get(word)
            if action is not None and action.nargs != 0:
                return _begun(map(str, action.choices or ()), begun)
    if len(before) == 1 and before[0] in VERBS and begun.startswith("-"):
        parser = _subcommands(parser)[default_verb(before[0])]
    options = [option for option in parser._option_string_actions if option.startswith("--")]
    candidates = [*_subcommands(parser), *_choices(parser)] if not begun.startswith("-") else options
    return _begun(candidates, begun)


def _begun(candidates: Any, begun: str) -> list[str]:
    return sorted(word for word in candidates if word.startswith(begun))


def _subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(found[0].choices) if found else {}


def _choices(parser: argparse.ArgumentParser) -> list[str]:
    """Return what the first argument without a name may be."""
    plain = [action for action in parser._actions if not action.option_strings and action.choices]
    return [str(word) for action in plain[:1] if not isinstance(action.choices, dict) for word in action.choices or ()]
