"""How the model of Blue Guardrails begins: the people in their workspaces, and the conversations there, as an export shows them.

What an export does not show, which automated evaluation belongs to a message, comes from tasks that were claimed.
"""

from datetime import timedelta
from typing import Any

from contract_tests.model.beginnings import Begun, Opening, Somebody
from contract_tests.model.oracle import Oracle

STRANGER = "stranger"
LONG = timedelta(days=3650)
WORDS = 12  # characters of an answer that stories label
OTHER_NAMES = {
    "model": "gen_ai.request.model",
    "provider": "gen_ai.provider.name",
    "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
    "finish_reasons": "gen_ai.response.finish_reasons",
}  # of a message: fields of a row → of an export


def given(oracle: Oracle) -> dict[str, Any]:
    """Return what stories may name of the world of a model: the first `words` of the first answer that is labeled, and their `end`."""
    kinds, tx = oracle.tables, oracle.tx()
    key = next(iter(tx.rows(kinds["BgApiKey"])), None)
    conversation = next(iter(tx.ids(kinds["BgConversation"], workspace_id=key.workspace_id)), None) if key else None
    if conversation is None:
        return {}
    texts = oracle.copy.load("blue_guardrails.domain.texts")
    answers = oracle.copy.load("blue_guardrails.domain.evaluations").answers(tx, conversation)
    words = next((texts.text_at(answer, None)[:WORDS] for answer in answers), "")
    return {"words": words, "end": len(words)} if words else {}


def begin(oracle: Oracle, opening: Opening) -> Begun:
    """Let a model begin with these people and conversations."""
    building = _Building(oracle, opening)
    oracle.start(building.tx.world)
    building.begun.given = given(oracle)
    return building.begun


class _Building:
    """A world in the making. What has a UUID of the target's keeps it."""

    def __init__(self, oracle: Oracle, opening: Opening) -> None:
        self.kinds, self.tx, self.begun, self.opening = oracle.tables, oracle.empty(), Begun(), opening
        self.finding = oracle.copy.load("blue_guardrails.rows").Finding
        shared = self._workspace()
        self._conversations(shared, opening.people[0])
        for one in opening.people:
            workspace = shared
            if one.role == STRANGER:
                workspace = self._workspace()
                self._conversations(workspace, one)
            self._person(one, workspace)

    def _workspace(self) -> int:
        return int(self._put("BgWorkspace", uuid=self.tx.uuid(), name="Compared", created=self.tx.now))

    def _person(self, one: Somebody, workspace: int) -> None:
        uuid = next((str(made["created_by"]) for made in self._answers("create_labeling_project", one)), self.tx.uuid())
        name = next((made["project"]["created_by_name"] for made in self._exports(one)), one.name)
        user = self._put("BgUser", uuid=uuid, name=name, email=f"{one.name}@example.com", created=self.tx.now)
        self._put("BgMember", workspace_id=workspace, user_id=user)
        key, times = f"model-{one.name}", {"created": self.tx.now, "expires": self.tx.now + LONG}
        self._put("BgApiKey", key=key, scope="workspace", user_id=user, workspace_id=workspace, **times)
        self.begun.known_as[one.name] = f"Bearer {key}"

    def _conversations(self, workspace: int, one: Somebody) -> None:
        """Put what an export of somebody's shows of a workspace."""
        for export in self._exports(one):
            evaluations = self._evaluations(one)
            automated = export["annotations"]["automated"]
            for conversation in export["conversations"]:
                fields = {"uuid": conversation["id"], "workspace_id": workspace, "created": self.tx.now}
                row = self._put("BgConversation", **fields)
                for message in conversation["messages"]:
                    findings = automated.get(message["id"], [])
                    self._message(row, message, findings, evaluations.get(message["id"]))

    def _message(self, conversation: int, shown: Any, findings: Any, evaluation: str | None) -> None:
        fields = {name: shown[told] for name, told in OTHER_NAMES.items()}
        fields["finish_reasons"] = tuple(fields["finish_reasons"]) if fields["finish_reasons"] is not None else None
        fields |= {"parts": tuple(shown["parts"]), "findings": tuple(map(self._finding, findings))}
        fields["evaluation_uuid"] = evaluation or (self.tx.uuid() if findings else None)
        self._put("BgMessage", uuid=shown["id"], conversation_id=conversation, role=shown["role"], **fields)

    def _finding(self, shown: Any) -> Any:
        self.begun.same.append(("uuid", shown["id"]))
        same = {name: shown[name] for name in ("label", "text", "explanation")}
        place = {"start": shown["start_offset"], "end": shown["end_offset"], "part": shown["message_part_index"]}
        return self.finding(uuid=shown["id"], **same, **place)

    def _evaluations(self, one: Somebody) -> dict[str, str]:
        """Return the automated evaluation of each message that was begun with, by the message."""
        tasks = self._answers("claim_labeling_task", one)
        shown = [row for task in tasks for row in task["labeling_evaluations"] if row["origin_evaluation_id"]]
        self.begun.same += [("uuid", row["origin_evaluation_id"]) for row in shown]
        return {row["message_id"]: row["origin_evaluation_id"] for row in shown}

    def _answers(self, operation: str, one: Somebody) -> list[Any]:
        return self.opening.answers(operation, one.name)

    def _exports(self, one: Somebody) -> list[Any]:
        return self._answers("export_labeling_project", one)

    def _put(self, kind: str, **fields: Any) -> int:
        row_id: int = self.tx.new_id(self.kinds[kind])
        self.tx.put(self.kinds[kind](id=row_id, **fields))
        if "uuid" in fields:
            self.begun.same.append(("uuid", fields["uuid"]))
        return row_id
