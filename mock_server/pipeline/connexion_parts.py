"""Imports Connexion without the HTTP clients that it loads for its test helper, remote references and remote token checks.

They are half of Connexion's import time and this server uses none of them. Where something else has imported them they are left alone.
"""

import sys
from types import ModuleType

_UNUSED = {"starlette.testclient": ("TestClient",), "requests": ("Session",), "httpx": ("AsyncClient",)}


def _stand_ins() -> dict[str, ModuleType | None]:
    made: dict[str, ModuleType | None] = {}
    if "flask" not in sys.modules:
        made["flask"] = sys.modules["flask"] = None  # type: ignore[assignment]  # "not installed": Connexion goes on without
    for name, attributes in _UNUSED.items():
        if name not in sys.modules:
            made[name] = sys.modules[name] = module = ModuleType(name)
            for attribute in attributes:
                setattr(module, attribute, object)
    return made


_made = _stand_ins()
try:
    from connexion.middleware.abstract import ROUTING_CONTEXT
    from connexion.middleware.lifespan import LifespanMiddleware
    from connexion.middleware.main import API, ConnexionMiddleware
    from connexion.middleware.routing import RoutingAPI, RoutingMiddleware
    from connexion.resolver import Resolver
    from connexion.spec import OpenAPISpecification
finally:
    for _name, _module in _made.items():
        if sys.modules.get(_name) is _module:
            del sys.modules[_name]

__all__ = [
    "API",
    "ROUTING_CONTEXT",
    "ConnexionMiddleware",
    "LifespanMiddleware",
    "OpenAPISpecification",
    "Resolver",
    "RoutingAPI",
    "RoutingMiddleware",
]
