"""Health and version, which everybody may ask for."""

import pytest

from mock_server import __version__
from tests.conftest import Client


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nothing"}])
def test_a_server_that_answers_is_well_and_says_which_it_is(anyone: Client, headers: dict[str, str]) -> None:
    assert anyone.get("/health", headers=headers).json() == {"status": "OK"}
    assert anyone.get("/info", headers=headers).json() == {"name": "studio-mock", "version": __version__}
