"""Labels of a project."""

from contract_tests.model.steps.studio.parts import file_format, named

QUERIES = {"download_labels": file_format}
BODIES = {"create_label": named, "change_label": named, "change_label_by_name": named}
FILES = {"upload_labels_file": lambda c, path: c.table(("name", ("POS", "URGENT", "NEU")))}
