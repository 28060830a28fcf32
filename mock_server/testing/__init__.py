"""The stand-in for tests in Python: `StudioMock`, in process or as a server, and the fixtures of
`mock_server.testing.plugin`.

    from mock_server.testing import StudioMock

    with StudioMock() as mock:
        api = mock.as_user("owner@example.com")
        assert api.get("/projects").json()[0]["name"] == "Hotel reviews"

Not here: the controls themselves. Whatever a `StudioMock` does goes through the control API under `/_mock`.
"""

from mock_server.testing.client import Client
from mock_server.testing.mock import ControlError, StudioMock

__all__ = ["Client", "ControlError", "StudioMock"]
