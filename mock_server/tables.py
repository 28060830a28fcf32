"""The tables of all APIs. A world has every one of them, whichever of the APIs a server was told to serve."""

from mock_server.blue_guardrails.rows import ROWS as BLUE_GUARDRAILS
from mock_server.label_studio.rows import ROWS as LABEL_STUDIO
from mock_server.studio.rows import ROWS as STUDIO
from mock_server.world.rows import Row

ROWS: tuple[type[Row], ...] = (*STUDIO, *LABEL_STUDIO, *BLUE_GUARDRAILS)
NEIGHBOURS = ("label_studio", "blue_guardrails")
"""The packages beside that of Studio which have tables; each has a `cast` for its folder of a starting world."""
