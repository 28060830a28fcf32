"""Where the function of an operation is: called like its operationId, in the handler module of its tag."""

from importlib import import_module
from typing import Any

from mock_server.contract import Json


def function_of(api: str, node: Json) -> Any:
    """Return the function of an operation of an API. Raises AttributeError, ImportError."""
    module = import_module(f"mock_server.{api}.handlers.{node['tags'][0].lower()}")
    return getattr(module, node["operationId"])
