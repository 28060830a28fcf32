"""How uploaded files are shown: their first rows."""

from mock_server.contract import Json
from mock_server.sheets import Cell
from mock_server.studio.domain.sources import cell_text
from mock_server.studio.rows import UploadedFile

ROWS = 5


def preview(file: UploadedFile, to_list: bool = True) -> Json:
    """Return a file as the contract's FilePreview: rows of texts, the header first; else objects by column name."""
    if to_list:
        return {"id": file.uuid, "preview": [[_shown(cell) for cell in row] for row in file.sheet.preview(ROWS)]}
    names = file.sheet.columns
    rows = file.sheet.data[: ROWS - 1]
    return {
        "id": file.uuid,
        "preview": [{name: _shown(cell) for name, cell in zip(names, row, strict=True)} for row in rows],
    }


def _shown(cell: Cell) -> str | None:
    return None if cell is None else cell_text(cell)
