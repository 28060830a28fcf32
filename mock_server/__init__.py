"""studio-mock: an offline, stateful stand-in for documented labelling APIs, driven by a hand-written contract."""

__version__ = "0.1.0"
