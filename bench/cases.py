"""What is asked of every contender: four requests, and the answers that count. Knows not how a contender is run."""

import json
from dataclasses import dataclass
from typing import Literal

from bench.api import PAGE, Studio, documents_path, page_path

ContenderName = Literal["studio-mock", "prism", "bare"]
ALL: tuple[ContenderName, ...] = ("studio-mock", "prism", "bare")

SENTENCE = "The lift was slow, the view from the roof made up for it, and nobody at the desk ever hurried us. "
POST_BODY = json.dumps({"text": (SENTENCE * 11)[:1010]}).encode()
INVALID_BODY = json.dumps({"text": {"not": "a string"}}).encode()
LIST_BYTES = range(30_000, 60_001)


@dataclass(frozen=True)
class Case:
    """One request: `slug` selects it on the command line, `statuses` are the only answers that may be measured."""

    slug: str
    title: str
    method: str
    path: str
    statuses: frozenset[int]
    body: bytes | None = None
    contenders: tuple[ContenderName, ...] = ALL
    writes: bool = False

    @property
    def expects_error(self) -> bool:
        """Whether the right answer is a refusal."""
        return min(self.statuses) >= 400


def make_cases(studio: Studio) -> list[Case]:
    """The cases, aimed at a project of the running world, or at a new one when none has a page of the wanted size."""
    project_id = _project_to_list(studio)
    documents, page = documents_path(project_id), page_path(project_id, 0)
    ok, refused = frozenset({200}), frozenset({400, 422})
    return [
        Case("get", "get by id", "GET", f"/projects/{project_id}", ok),
        Case("list", "list of 100", "GET", page, ok),
        Case("list-example", "list, the contract's own example", "GET", page, ok, contenders=("prism",)),
        Case("invalid", "invalid post", "POST", documents, refused, INVALID_BODY),
        Case("post", "post 1 KB", "POST", documents, frozenset({201}), POST_BODY, writes=True),
    ]


def _project_to_list(studio: Studio) -> int:
    for project_id in studio.projects():
        documents = studio.page(page_path(project_id, 0))
        if len(documents) == PAGE and len(json.dumps(documents)) in LIST_BYTES:
            return project_id
    project_id = studio.create_project("Benchmark of lists")
    studio.fill(project_id, PAGE)
    return project_id
