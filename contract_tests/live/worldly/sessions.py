"""The labeling and correction sessions of a world that is being made, with their marks and tags."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from contract_tests.live.entities import Facts
from contract_tests.live.worldly.building import picked
from contract_tests.live.worldly.texts import MOST_MADE_UP, Texts
from mock_server.studio.rows import Document, Group, Model, Project, Session, SessionDocument, Tag
from mock_server.times import moment

MOST_SEGMENTS = 400  # that are added to come to a progress
MOST_REFUSED = 1_000  # tags that people took away, to come to a score
CORRECTION = "CORRECTION"


class Sessions(Texts):
    """Makes sessions and tags."""

    def _sessions(self) -> None:
        self._place_tags()
        self._unseen_sessions()
        for row_id, facts in self._of("session"):
            if facts["project_id"] in self._table(Project):
                held = self._held(row_id, facts)
                undecided = self._undecided.get(row_id, set())
                total = sum(len(document.segments) for document in held)
                done = min(total - len(undecided), round(total * float(facts.get("progress", 0)) / 100))
                self._session(row_id, facts, total, done)
                self._hold(row_id, held, done, undecided)

    def _unseen_sessions(self) -> None:
        """Tell of the sessions that only paths and queries lead through, as far as that goes, and of the documents of tags in them."""
        for row_id, at in self.found.places.get("annotation_id", {}).items():
            if row_id not in self.found.things["session"] and at.get("project_id") in self._table(Project):
                named = {"uuid": str(UUID(int=row_id, version=4)), "name": f"Session {row_id}", "created": None}
                self.found.things["session"][row_id] = {**named, "status": "ANNOTATING", "project_id": at["project_id"]}
        for _, facts in self._of("tag"):
            if facts.get("annotation_id") is not None and facts.get("document_id") is not None:
                self.found.within.setdefault(("session", facts["annotation_id"]), {})[facts["document_id"]] = None

    def _session(self, row_id: int, facts: Facts, total: int, done: int) -> None:
        project, group, model = facts["project_id"], facts.get("document_group_id"), facts.get("model_id")
        self._put(
            Session, row_id, **picked(facts, "uuid", "name", "description", "mode", "status", "project_id"),
            user_id=facts.get("user_id"),
            class_ids=tuple(self._class(project, told) for told in facts.get("classes", ())),
            label_ids=tuple(self._label(project, told) for told in facts.get("labels", ())),
            document_group_id=group if group in self._table(Group) else None,
            model_id=model if model in self._table(Model) else None,
            segments_total=total, segments_done=done, created=self._time(facts),
            finished=moment(facts["finished"]) if facts.get("finished") else None,
        )  # fmt: skip

    def _held(self, session_id: int, facts: Facts) -> list[Document]:
        """Return the documents of a session: those that were seen in it, then as many others as it says that it has."""
        documents, project = self._table(Document), facts["project_id"]
        known = self.found.within.get(("session", session_id), {})
        seen = [
            documents[row_id] for row_id in known if row_id in documents and documents[row_id].project_id == project
        ]
        found, wanted = seen, facts.get("document_count", 0)
        if len(seen) < wanted:
            group = facts.get("document_group_id")
            own = [row for row in self._by_project[project] if row.id not in known]
            found = [*seen, *sorted(own, key=lambda row: (group not in row.group_ids, row.id))[: wanted - len(seen)]]
        missing = min(wanted - len(found), MOST_MADE_UP)
        if missing > 0:
            there = sum(len(row.segments) for row in found)
            first = _segments_for(float(facts.get("progress", 0)), there + missing) - there - missing + 1
            found = [*found, *(self._filler(project, 1 if at else first) for at in range(missing))]
        return sorted(found, key=lambda row: row.id)

    @cached_property
    def _by_project(self) -> defaultdict[int, list[Document]]:
        found: defaultdict[int, list[Document]] = defaultdict(list)
        for row in self._table(Document).values():
            found[row.project_id].append(row)
        return found

    def _hold(self, row_id: int, held: list[Document], done: int, undecided: set[int]) -> None:
        left = done
        for document in held:
            marked = [part.id for part in document.segments if part.id not in undecided][: max(0, left)]
            left -= len(marked)
            whole = self._begin() if marked and len(marked) == len(document.segments) else None
            marks = dict.fromkeys(marked, self._begin())
            row = self._put(SessionDocument, session_id=row_id, document_id=document.id, marks=marks, annotated=whole)
            self._in_session[row_id, document.id] = row

    @cached_property
    def _in_session(self) -> dict[tuple[int, int], SessionDocument]:
        return {}

    def _place_tags(self) -> None:
        """Put tags that were seen outside of their session into the one whose download has them."""
        free: defaultdict[int, list[tuple[int, Any, Any]]] = defaultdict(list)
        sessions = {*self.found.things["session"], *self.found.places.get("annotation_id", {})}
        for (session, segment), said in self.found.said.items():
            free[segment] += [
                (session, class_name, label_name) for class_name, label_name, _ in said if session in sessions
            ]
        for _, facts in self._of("tag"):
            told = facts.get("annotation_id"), facts.get("class"), facts.get("label")
            fitting = (one for one in free[facts.get("segment_id") or 0] if told in (one, (None, *one[1:])))
            found = next(fitting, None)
            if found is not None:
                free[facts["segment_id"]].remove(found)
                facts["annotation_id"] = found[0]

    def _tags(self) -> None:
        counted: defaultdict[tuple[int, int], int] = defaultdict(int)
        for row_id, facts in self._of("tag"):
            document = self._table(Document).get(facts.get("document_id") or 0)
            session = facts.get("annotation_id") if facts.get("annotation_id") in self._table(Session) else None
            if document is None or not any(part.id == facts["segment_id"] for part in document.segments):
                continue
            if facts.get("annotation_id") is not None and (session, document.id) not in self._in_session:
                continue
            place = (session or 0, facts["segment_id"])
            self._tag(row_id, facts, document, session, counted[place])
            counted[place] += 1
        self._tags_of_downloads(counted)
        for row_id, facts in self._of("session"):
            if row_id in self._table(Session) and facts.get("predicted_score") is not None:
                self._come_to(row_id, facts["predicted_score"])

    def _tags_of_downloads(self, counted: Mapping[tuple[int, int], int]) -> None:
        """Add the tags of which only downloads tell, under ids of their own."""
        for (session, segment), said in self.found.said.items():
            for number, (class_name, label_name, number_of_document) in enumerate(said):
                document = self._table(Document).get(int(number_of_document) if number_of_document.isdecimal() else 0)
                is_there = document is not None and any(part.id == segment for part in document.segments)
                if document and {("document", document.id), ("project", document.project_id)} & self.found.complete:
                    continue  # all of its tags were seen
                if (
                    document
                    and is_there
                    and number >= counted.get((session, segment), 0)
                    and (session, document.id) in self._in_session
                ):
                    facts = {"class": class_name, "label": label_name, "segment_id": segment}
                    self._tag(self._new_id(Tag), facts, document, session, number)

    def _tag(self, row_id: int, facts: Facts, document: Document, session: int | None, number: int) -> None:
        """Add a tag, the one with this number in its segment and session."""
        project = document.project_id
        spans = self.found.spans.get((session or 0, facts["segment_id"]), ())
        span = spans[number] if number < len(spans) else None
        in_correction = session is not None and self._table(Session)[session].mode == CORRECTION
        self._put(
            Tag, row_id, project_id=project, session_id=session, document_id=document.id, segment_id=facts["segment_id"],
            class_id=self._class(project, facts["class"]) if facts.get("class") else None,
            label_id=self._label(project, facts["label"]) if facts.get("label") else None, created=self._begin(),
            span=span if span and _lies_in(span, facts["segment_id"], document) else None,
            **(self._judged(row_id, facts) if in_correction else {}),
        )  # fmt: skip

    def _judged(self, tag_id: int, facts: Facts) -> dict[str, Any]:
        """Return how far a tag of a correction session is."""
        if "predicted" in facts:
            return {"origin": "MODEL" if facts["predicted"] else "ADDED", "status": facts["status"]}
        return {"origin": "MODEL", "status": "CORRECTING"} if self._is_undecided(tag_id, facts) else {"origin": "ADDED"}

    def _is_undecided(self, tag_id: int, facts: Facts) -> bool:
        """Whether nobody stands by a tag of a correction session: it is left out where all others were shown, if nothing says more."""
        if "predicted" in facts:
            return bool(facts["status"] != "READY")
        places = {("document", facts.get("document_id")), ("project", facts.get("project_id"))}
        return tag_id not in self.found.settled and bool(places & self.found.complete)

    @cached_property
    def _undecided(self) -> dict[int, set[int]]:
        """The segments of each session in which something is undecided, so that they are not marked."""
        found: dict[int, set[int]] = {}
        for row_id, facts in self._of("tag"):
            session = facts.get("annotation_id")
            is_correction = self.found.things["session"].get(session or 0, {}).get("mode") == CORRECTION
            if session is not None and is_correction and self._is_undecided(row_id, facts):
                found.setdefault(session, set()).add(facts["segment_id"])
        return found

    def _come_to(self, session_id: int, score: int) -> None:
        """Let as many tags of a correction session be right, of which nothing says so, and as many taken away, as its score demands."""
        verdicts = Counter(row.verdict[0][1] for row in self._of_session[session_id] if row.verdict)
        open_ones = [
            row
            for row in self._of_session[session_id]
            if row.origin == "ADDED" and "predicted" not in self._tag_facts(row)
        ]
        for more in range(len(open_ones) + 1):
            right, decided = verdicts["RIGHT"] + more, verdicts.total()
            for refused in range(MOST_REFUSED if right and score else 1):
                if right * 100 // max(decided + refused, 1) == score:
                    for row in open_ones[:more]:
                        self._change(row, origin="MODEL")
                    held = (
                        self._in_session.get((session_id, next(iter(self._of_session[session_id])).document_id))
                        if decided
                        else None
                    )
                    if held is not None:
                        self._change(held, refused=refused)
                    return

    def _tag_facts(self, row: Tag) -> Facts:
        return self.found.things["tag"].get(row.id, {})

    @cached_property
    def _of_session(self) -> defaultdict[int, list[Tag]]:
        found: defaultdict[int, list[Tag]] = defaultdict(list)
        for row in self._table(Tag).values():
            found[row.session_id or 0].append(row)
        return found


def _lies_in(span: tuple[int, int], segment_id: int, document: Document) -> bool:
    return any(part.id == segment_id and part.start <= span[0] <= span[1] <= part.end for part in document.segments)


def _segments_for(progress: float, least: int) -> int:
    """Return the smallest number of segments, `least` at the least, of which a whole number is that progress in percent."""
    fitting = (
        total
        for total in range(least, least + MOST_SEGMENTS)
        if round(100 * round(total * progress / 100) / total, 1) == progress
    )
    return next(fitting, least)
