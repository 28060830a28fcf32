"""Which paths a path with wild cards stands for: `{name}` is one segment, `*` anything inside of one, `**` anything at all.

No regular expressions: twenty stars of somebody would keep them busy for ever. The work grows with the length of both, and no faster.
"""

import re
from functools import lru_cache

WILD = re.compile(r"(\{[^{}]*\}|\*\*+|\*)")
SEGMENT, INSIDE, ANYTHING = "{}", "*", "**"


def fits(asked: str, path: str) -> bool:
    """Whether `path` is one of the paths that `asked` stands for."""
    reached = {0}  # how many characters of the path may be covered by what was looked at so far
    for is_wild, token in _tokens(asked):
        reached = _after_wild(token, reached, path) if is_wild else _after_text(token, reached, path)
        if not reached:
            return False
    return len(path) in reached


def leads_to(asked: str, template: str) -> bool:
    """Whether some path of an operation, as in `/projects/{project_id}`, can be one of those that `asked` stands for."""
    if fits(asked, template) or fits(template, asked):
        return True
    segments = template.split("/")
    reached = {0}
    for part in asked.split("/"):
        if part == ANYTHING and reached:
            reached = set(range(min(reached), len(segments) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(segments) and _is_one(part, segments[at])}
    return len(segments) in reached


def _is_one(part: str, segment: str) -> bool:
    return segment.startswith("{") or fits(part, segment)


@lru_cache(maxsize=512)
def _tokens(asked: str) -> tuple[tuple[bool, str], ...]:
    """Return what a path consists of: texts, and wild cards in one spelling each."""
    parts = WILD.split(asked)
    return tuple((at % 2 == 1, _spelling(part) if at % 2 else part) for at, part in enumerate(parts) if part)


def _spelling(wild: str) -> str:
    return SEGMENT if wild.startswith("{") else INSIDE if wild == INSIDE else ANYTHING


def _after_text(token: str, reached: set[int], path: str) -> set[int]:
    return {at + len(token) for at in reached if path.startswith(token, at)}


def _after_wild(token: str, reached: set[int], path: str) -> set[int]:
    if token == ANYTHING:
        return set(range(min(reached), len(path) + 1))
    after: set[int] = set()
    until = -1
    for at in sorted(reached):
        if at > until:  # what comes before it in the same segment covers all that it could
            end = path.find("/", at)
            until = len(path) if end < 0 else end
            after.update(range(at + (token == SEGMENT), until + 1))
    return after
