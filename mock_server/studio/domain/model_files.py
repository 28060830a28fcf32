"""A model as a file: a ZIP with `manifest.json`, which says what it is, and `tagger.json`, which is what it has learned.

The same model gives the same bytes. Reading trusts nothing: sizes are limited as they are unpacked, every value is checked.
"""

import zipfile
import zlib
from io import BytesIO
from math import isfinite
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mock_server.studio.domain import taggers
from mock_server.studio.domain.errors import Invalid
from mock_server.studio.predicting import Kind, Tagger
from mock_server.studio.rows import Model
from mock_server.world import Tx

FORMAT = "studio-mock model 1"
MANIFEST, TAGGER = "manifest.json", "tagger.json"
ENTRIES = 20
UNPACKED = 32 * 1024 * 1024  # bytes of one entry
HEAVIEST = 1e6  # weight of a word
EARLIEST = (1980, 1, 1, 0, 0, 0)  # no time of its own, so that the bytes are the same

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Share = Annotated[float, Meta(ge=0, le=1)]
Name = Annotated[str, Meta(min_length=1, max_length=255, pattern="^[^\0]*$")]
Text = Annotated[str, Meta(pattern="^[^\0]*$")]


class DemoTag(msgspec.Struct, rename={"class_name": "class"}):
    """A tag in the demoset."""

    id: Id
    class_name: Text | None = None
    label: Text | None = None


class DemoSegment(msgspec.Struct):
    """A segment in the demoset."""

    id: Id
    text: Text
    span: tuple[Count, Count]
    tags: list[DemoTag] = []


class DemoDocument(msgspec.Struct):
    """A document in the demoset."""

    id: Id
    text: Text
    segments: list[DemoSegment] = []


class Part(msgspec.Struct):
    """How well one class or label is found."""

    precision: Share | None
    recall: Share | None
    f1: Share | None
    support: Count


class Whole(Part):
    """How well a model did in its test."""

    train_segments: Count
    test_segments: Count
    classes: dict[Text, Part]
    labels: dict[Text, Part]


class Manifest(msgspec.Struct, kw_only=True):
    """What a model is, beside what it has learned."""

    format: Literal["studio-mock model 1"] = "studio-mock model 1"
    type: Kind
    name: Name
    display_name: Name
    base: Text | None = None
    language: Literal["en", "de", "ar"] = "en"
    long_description: Text | None = None
    short_description: Text | None = None
    score: float | None = None
    metrics: Whole | None = None
    demoset: Annotated[list[DemoDocument], Meta(max_length=10)] = []


class Packed(msgspec.Struct, frozen=True):
    """A model as it was in a file."""

    manifest: Manifest
    tagger: Tagger

    def fields(self) -> dict[str, Any]:
        """Return the fields of a model's row that the file tells."""
        said: dict[str, Any] = msgspec.to_builtins(self.manifest)
        del said["format"]
        names = {
            "classes": [one.name for one in self.tagger.classes],
            "labels": [one.name for one in self.tagger.labels],
        }
        learned = {"tagger": taggers.plain(self.tagger), "demoset": tuple(said["demoset"])}
        return {**said, **{field: tuple(listed) for field, listed in names.items()}, **learned}


def pack(tx: Tx, model: Model) -> bytes:
    """Return a trained model as a file."""
    said = {field: getattr(model, field) for field in Manifest.__struct_fields__ if hasattr(model, field)}
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(MANIFEST, EARLIEST), msgspec.json.encode({"format": FORMAT, **said}))
        packed = zipfile.ZipInfo(TAGGER, EARLIEST)
        packed.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(packed, msgspec.json.encode(taggers.tagger_of(tx, model)))
    return content.getvalue()


def unpack(content: bytes) -> Packed:
    """Return the model in a file. Raises Invalid (body.file) saying why it is none."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if len(archive.infolist()) > ENTRIES:
                raise _none(f"it has more than {ENTRIES} entries")
            manifest = msgspec.json.decode(_read(archive, MANIFEST), type=Manifest)
            tagger = msgspec.json.decode(_read(archive, TAGGER), type=Tagger)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        told = error if isinstance(error, msgspec.MsgspecError) else "it is no ZIP archive that can be read"
        raise _none(str(told)) from None
    _check(manifest, tagger)
    return Packed(manifest, tagger)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return an entry, however large it says that it is, within the limit."""
    try:
        entry = archive.open(name)
    except KeyError:
        raise _none(f"{name} is missing in it") from None
    with entry:
        content = entry.read(UNPACKED + 1)
    if len(content) > UNPACKED:
        raise _none(f"{name} has more than {UNPACKED} bytes")
    return content


def _check(manifest: Manifest, tagger: Tagger) -> None:
    if manifest.type != tagger.kind:
        raise _none(f"the manifest speaks of type {manifest.type}, the tagger of {tagger.kind}")
    for topics in (tagger.classes, tagger.labels):
        names = [topic.name for topic in topics]
        if len(set(names)) < len(names) or any(not 1 <= len(name) <= 255 or "\0" in name for name in names):
            raise _none("a class or a label has a wrong name, or comes twice")
        for topic in topics:
            if not all(abs(weight) <= HEAVIEST for weight in (topic.bias, *topic.weights.values())):
                raise _none(f"a weight of {topic.name} is too large")
    if manifest.score is not None and not isfinite(manifest.score):
        raise _none("the score is no number")


def _none(why: str) -> Invalid:
    return Invalid(f"The file is no model: {why}", "body.file")
