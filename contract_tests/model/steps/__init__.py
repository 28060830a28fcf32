"""What can be asked of each API: for every operation how a sensible request is made of what the model's world has.

A step is a function of a `Chooser`. Most are made of three parts: how each path parameter is chosen, and for some operations a query
and a body; see `Steps`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contract_tests.model.asks import Ask, File
from contract_tests.model.chooser import Chooser
from contract_tests.model.places import Places

Path = dict[str, Any]
Part = Callable[[Chooser, Path], Any]
PARAMETER = re.compile(r"\{(\w+)\}")


class Steps:
    """The steps of an API.

    `parameters` choose a path parameter, given those before it; `places` choose the whole path of an operation at once. `queries`,
    `bodies`, `forms` and `files` make what is sent beside it. `own` are the tags that speak of what a run has created alone, but for the
    operations in `foreign`: these speak of more, or of what models think, and are asked only of a target that begins like the model.
    `beginning` is what a story begins with where there is nothing yet, of what is given and a mark for names (see `story.Sides`).
    """

    def __init__(
        self,
        parameters: Mapping[str, Part],
        *,
        places: Mapping[str, Callable[[Chooser], Path]] | None = None,
        queries: Mapping[str, Part] | None = None,
        bodies: Mapping[str, Part] | None = None,
        forms: Mapping[str, Part] | None = None,
        files: Mapping[str, Part] | None = None,
        left_out: frozenset[str] = frozenset(),
        own: frozenset[str] = frozenset(),
        foreign: frozenset[str] = frozenset(),
        beginning: Callable[[Mapping[str, Any], str], Ask],
    ) -> None:
        self.beginning = beginning
        self.parameters, self.places = parameters, places or {}
        self.left_out, self.own, self.foreign = left_out, own, foreign
        self.queries, self.bodies, self.forms, self.files = queries or {}, bodies or {}, forms or {}, files or {}

    def of(self, places: Places, alike: bool) -> Iterator[str]:
        """Yield the operations that can be asked of a target that began like the model, or of any other."""
        for operation in places:
            is_own = places.tag(operation) in self.own and operation not in self.foreign
            if operation not in self.left_out and (alike or is_own):
                yield operation

    def ask(self, chooser: Chooser, operation: str, template: str) -> Ask:
        """Return a request to an operation. Raises chooser.Nothing if the world has nothing to ask about."""
        path = self.places[operation](chooser) if operation in self.places else self._path(chooser, template)
        query = self._made(self.queries, operation, chooser, path) or {}
        body = self._made(self.bodies, operation, chooser, path)
        form = self._made(self.forms, operation, chooser, path)
        file: File | None = self._made(self.files, operation, chooser, path)
        return chooser.ask(operation, json=body, query=query, form=form, file=file, **path)

    def _path(self, chooser: Chooser, template: str) -> Path:
        path: Path = {}
        for name in PARAMETER.findall(template):
            path[name] = self.parameters[name](chooser, path)
        return path

    @staticmethod
    def _made(parts: Mapping[str, Part], operation: str, chooser: Chooser, path: Path) -> Any:
        return parts[operation](chooser, path) if operation in parts else None
