"""The documents of a world that is being made and the groups that they are in; those that were not recorded are made up."""

from collections.abc import Iterator

from contract_tests.live.gathering import Facts
from contract_tests.live.worldly.building import picked
from contract_tests.live.worldly.projects import Projects
from mock_server import text as sentences
from mock_server.studio.rows import Document, Group, Project, Segment

NO_META = ("id", "text", "segments", "tags", "stats")
MOST_MADE_UP = 1_000  # documents of one group or session
FILLER = "This text was not recorded."
AROUND = (
    "project_id", "group_id", "annotation_id", "document_id", "organization_id", "segment_id", "task_id", "model_id", "class_id",
    "label_id", "tag_id", "user_id",
)  # fmt: skip


class Texts(Projects):
    """Makes groups and documents."""

    _segments = 0

    def _groups(self) -> None:
        for row_id, facts in self._of("group"):
            fields = picked(facts, "project_id", "name", "source", "status")
            self._put(Group, row_id, **fields, created=self._time(facts))
        named = [(facts.get("document_group_id"), facts) for _, facts in self._of("session")]
        for place, facts in [*named, *self.found.places.get("group_id", {}).items()]:
            if place is not None and place not in self._table(Group) and "project_id" in facts:
                self._put(Group, place, project_id=facts["project_id"], name=f"Group {place}", created=self._begin())

    def _documents(self) -> None:
        groups: dict[int, list[int]] = {}
        for (kind, place), held in self.found.within.items():
            for row_id in held if kind == "group" and place in self._table(Group) else ():
                groups.setdefault(row_id, []).append(place)
        for row_id, facts in self._of("document"):
            if facts.get("project_id") is None:
                continue
            meta = {name: value for name, value in facts.items() if name not in (*NO_META, *AROUND)}
            self._put(
                Document, row_id, project_id=facts["project_id"], text=facts["text"], segments=self._segments_of(facts), meta=meta,
                group_ids=tuple(sorted(groups.get(row_id, ()))), created=self._begin(),
            )  # fmt: skip

    def _segments_of(self, facts: Facts) -> tuple[Segment, ...]:
        if "segments" in facts:
            return tuple(Segment(part["id"], *part["span"]) for part in facts["segments"])
        return tuple(self._segment(*span) for span in sentences.split(facts["text"]))

    def _segment(self, start: int, end: int) -> Segment:
        if not self._segments:
            self._segments = max((part["id"] for part in self._known_segments()), default=0)
        self._segments += 1
        return Segment(self._segments, start, end)

    def _fillers(self) -> None:
        """Add documents to groups that say that they have more than were seen, and one for tags whose documents were not."""
        for row_id, facts in self._of("group"):
            known = self.found.within.get(("group", row_id), {})
            for _ in range(len(known), min(facts.get("document_count", 0), MOST_MADE_UP)):
                self._filler(facts["project_id"], 1, (row_id,))
        for project_id, count in self.found.counts.items():
            held = sum(row.project_id == project_id for row in self._table(Document).values())
            for _ in range(held, min(count, held + MOST_MADE_UP)):
                self._filler(project_id, 1)
        lost: dict[int, list[Facts]] = {}
        for _, facts in self._of("tag"):
            if facts.get("document_id") not in self._table(Document) and facts.get("project_id") in self._table(
                Project
            ):
                lost.setdefault(facts["project_id"], []).append(facts)
        for project_id, tags in lost.items():
            document = self._filler(project_id, len(tags))
            for facts, segment in zip(tags, document.segments, strict=True):
                facts |= {"document_id": document.id, "segment_id": segment.id}
                facts.pop("annotation_id", None)

    def _filler(self, project_id: int, segments: int, groups: tuple[int, ...] = ()) -> Document:
        """Add a document of so many segments that says that it was not recorded."""
        length = len(FILLER)
        parts = tuple(self._segment(at * (length + 1), at * (length + 1) + length) for at in range(segments))
        fields = {"text": " ".join([FILLER] * segments), "segments": parts, "group_ids": groups}
        return self._put(Document, project_id=project_id, **fields, created=self._begin())

    def _known_segments(self) -> Iterator[Facts]:
        for _, facts in self._of("document"):
            yield from facts.get("segments") or ()
