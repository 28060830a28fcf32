"""Large, plausible worlds, made up by Faker and from sentences: the same seed gives the same bytes."""

from mock_server.generate.making import NOW, generate, write_world

__all__ = ["NOW", "generate", "write_world"]
