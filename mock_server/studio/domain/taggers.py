"""What models know: the tagger of each model, and what it says of segments. Pure: a world never changes, so call it in a thread."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from mock_server.studio.predicting import ClassInfo, Kind, Prediction, Tagger, learn, predict
from mock_server.studio.rows import Label, Model, ModelClass
from mock_server.world import Tx

KEPT = 64  # taggers ready for use
POLES = ("POS", "NEU", "NEG")  # labels of an ABSA model of which no others are known
_decoded: dict[int, tuple[dict[str, Any], Tagger]] = {}


def tagger_of(tx: Tx, model: Model) -> Tagger:
    """Return the tagger of a model: what it has learned, else what the names and texts of its classes and labels tell."""
    if model.tagger is None:
        return _of_names(kind_of(model.type), classes_of(tx, model), labels_of(tx, model))
    found = _decoded.get(id(model.tagger))
    if found is None or found[0] is not model.tagger:
        if len(_decoded) >= KEPT:
            _decoded.clear()
        found = _decoded[id(model.tagger)] = (model.tagger, msgspec.convert(model.tagger, Tagger))
    return found[1]


def predict_segments(tx: Tx, model: Model, texts: Iterable[str]) -> list[list[Prediction]]:
    """Return the tags that a model gives to each of these segments, the surest first."""
    tagger = tagger_of(tx, model)
    return [predict(tagger, text) for text in texts]


def names_of(tx: Tx, model: Model) -> tuple[list[str], list[str]]:
    """Return the names of the classes and of the labels that a model can give."""
    tagger = tagger_of(tx, model)
    return [topic.name for topic in tagger.classes], [topic.name for topic in tagger.labels]


def kind_of(type: str) -> Kind:
    """Return the type of a project or a model as taggers know it."""
    kind: Kind = msgspec.convert(type, Kind)
    return kind


def plain(tagger: Tagger) -> dict[str, Any]:
    """Return a tagger as a row keeps it."""
    kept: dict[str, Any] = msgspec.to_builtins(tagger)
    return kept


def classes_of(tx: Tx, model: Model) -> tuple[ClassInfo, ...]:
    """Return the classes that a model was told of: its own, else those of its project."""
    if model.classes is not None:
        return tuple(ClassInfo(name) for name in model.classes)
    rows = tx.rows(ModelClass, project_id=model.project_id) if model.project_id is not None else ()
    return tuple(ClassInfo(row.name, row.example, row.description) for row in rows)


def labels_of(tx: Tx, model: Model) -> tuple[str, ...]:
    """Return the labels that a model was told of: its own, else those of its project."""
    if model.labels is not None:
        return model.labels
    if model.project_id is not None:
        return tuple(row.name for row in tx.rows(Label, project_id=model.project_id))
    return POLES if model.type == "ABSA" else ()


@lru_cache(maxsize=KEPT)
def _of_names(kind: Kind, classes: tuple[ClassInfo, ...], labels: tuple[str, ...]) -> Tagger:
    return learn(kind, (), classes, labels)
