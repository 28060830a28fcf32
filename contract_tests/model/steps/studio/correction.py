"""Correction sessions and the tags in them."""

from contract_tests.model.steps.studio.parts import STATUSES, detailed_page, mark, tag, tag_place
from contract_tests.model.steps.studio.paths import model

_TAG = tag_place("CORRECTION", "correction_id")

PLACES = {"change_correction_tag": _TAG, "delete_correction_tag": _TAG, "confirm_correction_tag": _TAG}
QUERIES = {
    "list_corrections": lambda c, path: c.fields(status=lambda: c.of(STATUSES)),
    "list_correction_documents": detailed_page,
}
BODIES = {
    "create_correction": lambda c, path: {
        "model_id": model(c, path),
        "name": c.name(),
        "sample_size": c.of((2, 1, 50)),
    },
    "mark_correction_segment": mark,
    "create_correction_tag": tag,
    "change_correction_tag": tag,
    "confirm_correction_tag": lambda c, path: {"status": c.of(("READY", "CORRECTING"))},
}
