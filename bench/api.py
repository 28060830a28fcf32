"""The few calls of the Studio API that set a benchmark up: log in, find or fill a project. Not a general client."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from bench.errors import BenchError

CREDENTIALS = {"email": "owner@example.com", "password": "studio-mock"}
PAGE = 100
TWO_SENTENCES = "The room was quiet and the bed wide enough for three. Breakfast came late, but nobody minded that."
"""Text of a document of the list: a page of 100 with segments is some 45 kB."""


class Studio:
    """A logged-in owner; every call raises BenchError on an answer that is not a success."""

    def __init__(self, base_url: str) -> None:
        """Log in; `headers` then carries the token."""
        self._http = httpx.Client(base_url=base_url, timeout=60)
        token = self._call("POST", "/auth/login", CREDENTIALS)["auth_token"]
        self.headers = {"Authorization": f"Bearer {token}"}
        self._http.headers.update(self.headers)

    def projects(self) -> list[int]:
        """Ids of the owner's projects; the list may stand alone or in an envelope."""
        answer = self._call("GET", "/projects")
        return [project["id"] for project in (answer if isinstance(answer, list) else answer["projects"])]

    def page(self, page_path: str) -> list[Any]:
        """The documents at the path of a page."""
        documents: list[Any] = self._call("GET", page_path)["documents"]
        return documents

    def create_project(self, name: str) -> int:
        """A new, empty project."""
        project_id: int = self._call("POST", "/projects", {"name": name, "type": "CLASS"})["id"]
        return project_id

    def fill(self, project_id: int, documents: int) -> None:
        """Add that many short documents, numbered so that no two are the same."""
        for number in range(1, documents + 1):
            self._call("POST", documents_path(project_id), {"text": f"{number:03}. {TWO_SENTENCES}"})

    @contextmanager
    def scratch_project(self) -> Iterator[int]:
        """A project that is deleted, with all that was posted to it, at the end of a `with`."""
        project_id = self.create_project("Benchmark of posts")
        yield project_id
        self._call("DELETE", f"/projects/{project_id}")

    def _call(self, method: str, path: str, body: object = None) -> Any:
        answer = self._http.request(method, path, json=body)
        if not answer.is_success:
            raise BenchError(f"studio-mock answered {answer.status_code} to {method} {path}: {answer.text[:200]}")
        return answer.json() if answer.content else None


def documents_path(project_id: int) -> str:
    """Path of a project's documents."""
    return f"/projects/{project_id}/documents"


def page_path(project_id: int, offset: int, limit: int = PAGE) -> str:
    """Path of one page of a project's documents, with their segments."""
    return f"{documents_path(project_id)}?limit={limit}&offset={offset}&details=segments"


def count_documents(studio: Studio, project_id: int) -> int:
    """How many documents a project lists, found by bisection; trusts no counter that the answer may carry."""
    low, high = 0, PAGE
    while studio.page(page_path(project_id, high, 1)):
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        found = studio.page(page_path(project_id, middle, 1))
        low, high = (middle + 1, high) if found else (low, middle)
    return low


def largest_project(studio: Studio) -> tuple[int, int]:
    """The project with the most documents, and how many it has; raises BenchError when there is none."""
    best, most = 0, 0
    for project_id in studio.projects():
        if studio.page(page_path(project_id, most, 1)):
            best, most = project_id, count_documents(studio, project_id)
    if not best:
        raise BenchError("no project of this world has a document")
    return best, most
