"""The documents of a world that is being made and the groups that they are in; those that were not recorded are made up."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property

from contract_tests.live.entities import Facts
from contract_tests.live.worldly.belongings import Belongings
from contract_tests.live.worldly.building import picked
from mock_server import text as sentences
from mock_server.studio.rows import Document, Group, Project, Segment

MOST_MADE_UP = 1_000  # documents of one group, session or analysis
FILLER = "This text was not recorded."


class Texts(Belongings):
    """Makes groups and documents."""

    _segments = 0
    _used: set[int]

    def _groups(self) -> None:
        for row_id, facts in self._of("group"):
            if facts.get("project_id") in self._table(Project):
                fields = picked(facts, "project_id", "name", "source", "status")
                self._put(Group, row_id, **fields, created=self._time(facts))
        named = [(facts.get("document_group_id"), facts) for _, facts in self._of("session")]
        for place, facts in [*named, *self.found.places.get("group_id", {}).items()]:
            if (
                place is not None
                and place not in self._table(Group)
                and facts.get("project_id") in self._table(Project)
            ):
                self._put(Group, place, project_id=facts["project_id"], name=f"Group {place}", created=self._begin())

    def _documents(self) -> None:
        self._used = set()
        held: dict[str, defaultdict[int, list[int]]] = {
            kind: defaultdict(list) for kind in ("group", "session", "analysis")
        }
        for (kind, place), documents in self.found.within.items():
            for row_id in documents if kind in held else ():
                held[kind][row_id].append(place)
        for row_id, facts in self._of("document"):
            if facts.get("project_id") in self._table(Project):
                groups = [place for place in held["group"][row_id] if self._is_of(Group, place, facts["project_id"])]
                self._put(
                    Document, row_id, project_id=facts["project_id"], text=facts["text"], segments=self._segments_of(facts),
                    meta=facts["meta"], group_ids=tuple(sorted(groups)), analysis_ids=tuple(sorted(held["analysis"][row_id])),
                    created=self._begin(),
                )  # fmt: skip

    def _is_of(self, kind: type[Group], row_id: int, project_id: int) -> bool:
        row = self._table(kind).get(row_id)
        return row is not None and row.project_id == project_id

    def _segments_of(self, facts: Facts) -> tuple[Segment, ...]:
        if "segments" in facts:
            return self._divided(facts["text"], facts["segments"])
        return tuple(self._segment(*span) for span in sentences.split(facts["text"]))

    def _divided(self, text: str, shown: list[Facts]) -> tuple[Segment, ...]:
        """Return the segments of a text; those that do not lie one behind the other in it are left out, ids are used once."""
        found: list[Segment] = []
        for part in shown:
            start, end = [*part.get("span", ()), 0, 0][:2]
            if (found[-1].end if found else 0) <= start < end <= len(text):
                row_id = part.get("id")
                is_taken = row_id is None or row_id in self._used
                found.append(self._segment(start, end) if is_taken else Segment(part["id"], start, end))
                self._used.add(found[-1].id)
        return tuple(found)

    def _segment(self, start: int, end: int) -> Segment:
        if not self._segments:
            self._segments = max(self._known_segments(), default=0)
        self._segments += 1
        return Segment(self._segments, start, end)

    def _known_segments(self) -> Iterator[int]:
        documents = [facts for _, facts in self._of("document")]
        documents += [
            facts for kept in (self.found.pages, self.found.loose) for some in kept.values() for facts in some.values()
        ]
        yield from (facts["segment_id"] for _, facts in self._of("tag") if facts.get("segment_id") is not None)
        yield from (part["id"] for facts in documents for part in facts.get("segments") or () if "id" in part)

    def _fillers(self) -> None:
        """Add documents to groups that say that they have more than were seen, and to projects of which pages tell so."""
        for row_id, facts in self._of("group"):
            if row_id in self._table(Group):
                self._fill_group(row_id, facts["project_id"], facts.get("document_count", 0))
        held = Counter(row.project_id for row in self._table(Document).values())
        for project_id, count in self.found.counts.items():
            if project_id in self._table(Project):
                for _ in range(held[project_id], min(count, held[project_id] + MOST_MADE_UP)):
                    self._filler(project_id, 1)
        self._lost_and_found()
        self._referred_to()

    def _fill_group(self, row_id: int, project_id: int, wanted: int) -> None:
        """Give a group as many documents as it says that it has: others of its project, if all of these were seen, else new ones."""
        missing = min(wanted - len(self.found.within.get(("group", row_id), {})), MOST_MADE_UP)
        own = self._ungrouped[project_id]
        if missing > 0 and self._seen_of[project_id] >= self.found.counts.get(
            project_id, self._seen_of[project_id] + 1
        ):
            for document in [own.pop() for _ in range(min(missing, len(own)))]:
                self._change(document, group_ids=(row_id,))
                missing -= 1
        for _ in range(missing):
            self._filler(project_id, 1, (row_id,))

    @cached_property
    def _seen_of(self) -> Counter[int]:
        """How many documents of each project were seen."""
        return Counter(row.project_id for row in self._table(Document).values())

    @cached_property
    def _ungrouped(self) -> defaultdict[int, list[Document]]:
        """The documents of each project that were seen in no group, the last one first to be taken."""
        found: defaultdict[int, list[Document]] = defaultdict(list)
        for row in self._table(Document).values():
            if not row.group_ids:
                found[row.project_id].append(row)
        return found

    def _lost_and_found(self) -> None:
        """Add documents for the tags whose documents were not seen: under their own ids, or one to each project."""
        lost: defaultdict[tuple[int, int | None], list[Facts]] = defaultdict(list)
        for _, facts in self._of("tag"):
            if facts.get("document_id") not in self._table(Document) and facts.get("project_id") in self._table(
                Project
            ):
                lost[facts["project_id"], facts.get("document_id")].append(facts)
        for (project_id, document_id), tags in lost.items():
            if document_id is None:
                document = self._filler(project_id, len(tags))
                for facts, segment in zip(tags, document.segments, strict=True):
                    facts |= {"document_id": document.id, "segment_id": segment.id}
                    facts.pop("annotation_id", None)
            else:
                self._document_for(project_id, document_id, sorted({facts["segment_id"] for facts in tags}))

    def _document_for(self, project_id: int, document_id: int, segments: list[int]) -> None:
        """Add a document that has segments with these ids."""
        made = self._filler(project_id, len(segments), (), document_id)
        pairs = zip(segments, made.segments, strict=True)
        self._change(made, segments=tuple(Segment(row_id, part.start, part.end) for row_id, part in pairs))

    def _referred_to(self) -> None:
        """Add the documents of reviews that nobody has looked at, under the ids that they have there."""
        for _, facts in self._of("review"):
            if facts["document_id"] not in self._table(Document) and facts.get("project_id") in self._table(Project):
                self._filler(facts["project_id"], 1, (), facts["document_id"])

    def _filler(
        self, project_id: int, segments: int, groups: tuple[int, ...] = (), row_id: int | None = None
    ) -> Document:
        """Add a document of so many segments that says that it was not recorded."""
        length = len(FILLER)
        parts = tuple(self._segment(at * (length + 1), at * (length + 1) + length) for at in range(segments))
        fields = {"text": " ".join([FILLER] * segments), "segments": parts, "group_ids": groups}
        return self._put(Document, row_id, project_id=project_id, **fields, created=self._begin())
