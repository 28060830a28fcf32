"""Fixtures of a Studio world: what may stand in each file, how entries become rows. See `fixtures/README.md`."""
