"""The part of the small world that Label Studio serves."""

from typing import Any

from mock_server.label_studio.rows import LsAnnotation, LsOrganization, LsPersonalToken, LsProject, LsTask, LsUser
from mock_server.world import Tx

TOKENS = {"owner": "ls-owner", "annotator": "ls-annotator", "stranger": "ls-stranger"}


def add_label_studio(tx: Tx) -> None:
    """Organization 1 has users 1 owner and 2 annotator, project 1 and tasks 1 and 2; 2 has user 3 stranger, project 2 and task 3.

    Annotations 1 (by the owner) and 2 (by the annotator, made from 1) are of task 1, 3 is of task 3. The owner's personal token is
    called `ls-personal`.
    """
    for title in ("Alpenblick Hotels", "Elsewhere"):
        tx.put(LsOrganization(id=tx.new_id(LsOrganization), title=title, created_at=tx.now))
    for name, organization in (("owner", 1), ("annotator", 1), ("stranger", 2)):
        _user(tx, name, organization)
    tx.put(LsPersonalToken(id=tx.new_id(LsPersonalToken), user=1, jti="ls-personal"))
    for organization in (1, 2):
        tx.put(LsProject(id=tx.new_id(LsProject), organization=organization, title="Reviews", created_at=tx.now))
    for project in (1, 1, 2):
        tx.put(LsTask(id=tx.new_id(LsTask), project=project, data={"text": "Breakfast was fine."}, created_at=tx.now))
    for task, user, parent in ((1, 1, None), (1, 2, 1), (3, 3, None)):
        _annotation(tx, task, user, parent)


def _user(tx: Tx, name: str, organization: int) -> None:
    fields: dict[str, Any] = {
        "email": f"{name}@example.com",
        "username": name,
        "first_name": name.title(),
        "last_name": "Example",
    }
    joined: dict[str, Any] = {"date_joined": tx.now, "last_activity": tx.now}
    tx.put(LsUser(id=tx.new_id(LsUser), organization=organization, token=TOKENS[name], **fields, **joined))


def _annotation(tx: Tx, task: int, user: int, parent: int | None) -> None:
    result = [{"from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["Good"]}}]
    tx.put(
        LsAnnotation(
            id=tx.new_id(LsAnnotation),
            task=task,
            completed_by=user,
            updated_by=user,
            created_at=tx.now,
            updated_at=tx.now,
            result=result,
            parent_annotation=parent,
        )
    )
