"""What is to be tested: the part of an application that brings reviews to Studio and fetches what was labelled."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import requests

TRIES = 4


class StudioDown(Exception):
    """Studio did not answer as it should, however often it was asked."""


class Reviews:
    """The reviews of one project. `sleep` is what waits between two tries."""

    def __init__(
        self, base_url: str, email: str, password: str, project_id: int, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.base_url, self.project_id, self.sleep = base_url, project_id, sleep
        self.headers: dict[str, str] = {}
        token = self._send("POST", "/auth/login", json={"email": email, "password": password})["auth_token"]
        self.headers["Authorization"] = f"Bearer {token}"

    def bring(self, texts: Iterable[str], name: str) -> int:
        """Create the documents, put them into a group, and return its id."""
        created = [self._send("POST", self._path("/documents"), json={"text": text}) for text in texts]
        documents = [{"id": document["id"], "text": document["text"]} for document in created]
        group = self._send("POST", self._path("/groups"), json={"name": name, "documents": documents})
        return int(group["id"])

    def is_ready(self, group_id: int) -> bool:
        """Whether Studio has finished with a group. Raises StudioDown if it has failed."""
        status = self._send("GET", self._path(f"/groups/{group_id}"))["status"]
        if status == "FAILED":
            raise StudioDown(f"group {group_id} has failed")
        return bool(status == "CREATED")

    def texts(self) -> Iterator[str]:
        """Yield the texts of all documents, page by page."""
        offset, has_more = 0, True
        while has_more:
            page = self._send("GET", self._path("/documents"), params={"offset": offset, "limit": 5})
            yield from (document["text"] for document in page["documents"])
            offset, has_more = offset + page["limit"], page["has_more"]

    def _path(self, rest: str) -> str:
        return f"/projects/{self.project_id}{rest}"

    def _send(self, method: str, path: str, **kwargs: Any) -> Any:
        """Send a request; wait and try again when Studio is down or asks for patience."""
        for attempt in range(TRIES):
            answer = requests.request(method, self.base_url + path, headers=self.headers, timeout=30, **kwargs)
            if answer.status_code not in (429, 500, 502, 503):
                answer.raise_for_status()
                return answer.json()
            self.sleep(float(answer.headers.get("Retry-After", 2**attempt)))
        raise StudioDown(f"{method} {path} answered {answer.status_code} {TRIES} times")
