"""The state of the impostor: plain dicts, and ids that lie far from those of anybody else.

Not here: HTTP.
"""

import re
import uuid
from datetime import UTC, datetime
from itertools import count
from typing import Any

Row = dict[str, Any]
SENTIMENTS = ("POS", "NEU", "NEG")
SENTENCE = re.compile(r"\S.*?(?:(?<!Dr)[.!?](?=\s|$)|$)", re.DOTALL)


class Store:
    """Everything that one deployment holds. `tokens` says whose a token is; the tables are keyed by id."""

    def __init__(self) -> None:
        self._ids = count(700_003, 7)
        self.users: dict[int, Row] = {}
        self.tokens: dict[str, int] = {}
        self.projects: dict[int, Row] = {}
        self.documents: dict[int, Row] = {}
        self.sessions: dict[int, Row] = {}
        self.tasks: dict[int, Row] = {}

    def new_id(self) -> int:
        """Return an id that nothing has yet."""
        return next(self._ids)

    def add_user(self, email: str, password: str, first_name: str | None = None, last_name: str | None = None) -> Row:
        """Register somebody with a workspace of their own."""
        user: Row = {"id": self.new_id(), "email": email, "password": password, "organization_id": self.new_id()}
        user |= {"first_name": first_name, "last_name": last_name}
        self.users[user["id"]] = user
        return user

    def add_project(self, user: Row, name: str, kind: str) -> Row:
        """Make a project; an ABSA project has its labels from the beginning, for none can be added to it."""
        project: Row = {"id": self.new_id(), "name": name, "type": kind, "created": now(), "user_id": user["id"]}
        project |= {"organization_id": user["organization_id"], "classes": {}, "labels": {}}
        for label in SENTIMENTS if kind == "ABSA" else ():
            self.add_label(project, label)
        self.projects[project["id"]] = project
        return project

    def add_class(self, project: Row, sent: Row) -> Row:
        """Make a class of a project."""
        made = {"name": sent["name"], "example": sent.get("example"), "description": sent.get("description")}
        made["id"] = self.new_id()
        project["classes"][made["id"]] = made
        return made

    def add_label(self, project: Row, name: str) -> Row:
        """Make a label of a project."""
        label = {"id": self.new_id(), "name": name}
        project["labels"][label["id"]] = label
        return label

    def add_document(self, project: Row, text: str) -> Row:
        """Make a document of a project."""
        document: Row = {
            "id": self.new_id(),
            "project_id": project["id"],
            "text": text,
            "segments": self.segments(text),
        }
        self.documents[document["id"]] = document
        return document

    def segments(self, text: str) -> list[Row]:
        """Split a text into sentences; a span is where one begins and ends, in characters."""
        found = [(part.group().strip(), part.start()) for part in SENTENCE.finditer(text)]
        return [{"id": self.new_id(), "text": part, "span": [at, at + len(part)]} for part, at in found]

    def add_session(self, user: Row, project: Row, sent: Row, documents: list[int]) -> Row:
        """Make a labeling session over some documents of a project."""
        session: Row = {"id": self.new_id(), "uuid": str(uuid.uuid4()), "created": now(), "finished": None}
        session |= {"user_id": user["id"], "project_id": project["id"], "organization_id": project["organization_id"]}
        session |= {"name": sent.get("name") or "Session", "type": project["type"], "documents": documents}
        session |= {kind: sent.get(kind) or names(project[kind]) for kind in ("classes", "labels")}
        session |= {"status": "CREATED", "marked": set(), "tags": {}}
        self.sessions[session["id"]] = session
        return session

    def documents_of(self, project: Row) -> list[Row]:
        """Return the documents of a project, oldest first."""
        return [one for one in self.documents.values() if one["project_id"] == project["id"]]

    def sessions_of(self, project: Row) -> list[Row]:
        """Return the sessions of a project, oldest first."""
        return [one for one in self.sessions.values() if one["project_id"] == project["id"]]

    def delete_project(self, project: Row) -> None:
        """Delete a project with all that is in it."""
        for one in self.documents_of(project):
            del self.documents[one["id"]]
        for one in self.sessions_of(project):
            del self.sessions[one["id"]]
        del self.projects[project["id"]]


def now() -> str:
    """Return the time of now as it is shown."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def names(rows: dict[int, Row]) -> list[str]:
    """Return the names of classes or labels."""
    return [row["name"] for row in rows.values()]
