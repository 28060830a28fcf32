"""Starting worlds: fixture folders and world files become a World on a clock. Errors name file, line and field.

Reading a folder of YAML takes some hundred milliseconds. The named worlds are therefore kept, compiled, beside their
folders as `fixtures/.<name>.world.json`, with the key of the content that they were made of.
"""

import hashlib
import os
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec

from mock_server import contract, worldfile
from mock_server.places import SeedError, nearest, shown
from mock_server.tables import NEIGHBOURS
from mock_server.world import Clock, World
from mock_server.world.integrity import broken

__all__ = ["SeedError", "frozen_clock", "starting_world", "world_names", "world_now"]

SOURCES = (
    "places.py",
    "seed.py",
    "sheets/sheet.py",
    "text.py",
    "times.py",
    "worldfile.py",
    "studio/domain/mails.py",
    "studio/domain/taggers.py",
    "studio/domain/training.py",
    "studio/tokens.py",
    "tables.py",
)
SHOWN_FAULTS = 5


def starting_world(name_or_path: str | Path, *, seed: int | None = None, clock: Clock | None = None) -> World:
    """Return a world to start with: a named one, a folder of YAML files, or a world file (*.json). Raises SeedError.

    `seed` sets the source of chance, by default the world's own. All times are moved by whole days, so that the
    world's `now` lies at most a day before the time of `clock`, by default the machine's. On `frozen_clock(name)` the
    times are those of the files.
    """
    path = _located(str(name_or_path))
    with worldfile.collector_paused():
        if path.is_dir():
            return worldfile.begun(_folder(path), seed, clock)
        return _sound(worldfile.begun(worldfile.read(path), seed, clock), path)


def world_names() -> list[str]:
    """Return the names of the worlds that come along."""
    return sorted(path.parent.name for path in _fixtures().glob("*/world.yaml"))


def world_now(name_or_path: str | Path) -> datetime:
    """Return the time at which the story of a world stands. Raises SeedError."""
    path = _located(str(name_or_path))
    return (_folder(path) if path.is_dir() else worldfile.read(path)).now


def frozen_clock(name_or_path: str | Path) -> Clock:
    """Return a clock that stands at a world's `now`: on it the times are those of the files. Raises SeedError."""
    return Clock.frozen(world_now(name_or_path))


def _fixtures() -> Path:
    return contract.data_root() / "fixtures"


def _located(name: str) -> Path:
    named, path = _fixtures() / name, Path(name)
    if name in world_names():
        return named
    if path.is_dir() or path.suffix == ".json":
        return path
    about = nearest(name, world_names())
    raise SeedError(
        f"there is no world {name}; {about}. A folder of YAML files or a world file (*.json) would be right, too"
    )


def _folder(folder: Path) -> worldfile.Stored:
    """Return the world of a folder, from what was kept of it if that is of the same content."""
    if folder.resolve().parent != _fixtures().resolve():
        return _compiled(folder)
    kept, key = folder.parent / f".{folder.name}.world.json", _key(folder)
    try:
        rest = worldfile.decode(kept.read_bytes(), key)
    except (OSError, msgspec.MsgspecError):
        rest = None  # none yet, or one of an older form
    return rest or _keep(_compiled(folder), kept, key)


def _compiled(folder: Path) -> worldfile.Stored:
    from mock_server.studio.cast.folder import read_folder  # and with it the readers of YAML, schemas and sentences

    rest = read_folder(folder)
    _sound(worldfile.begun(rest, clock=Clock.frozen(rest.now)), folder)
    return rest


def _keep(rest: worldfile.Stored, kept: Path, key: str) -> worldfile.Stored:
    """Keep a compiled world where that is possible, in one step: several servers may start at once."""
    draft = kept.with_name(f"{kept.name}.{os.getpid()}")
    try:
        draft.write_bytes(worldfile.encode(rest, key))
        draft.replace(kept)
    except OSError:
        draft.unlink(missing_ok=True)
    return rest


def _key(folder: Path) -> str:
    """Return a digest of the files of a world and of all that decides what becomes of them."""
    digest = hashlib.sha256(_sources(contract.spec_root()))
    for path in sorted(folder.rglob("*.yaml")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def _sources(spec: Path) -> bytes:
    package = Path(__file__).parent
    schemas = (spec / name / "schemas" for name in ("studio", *NEIGHBOURS))
    studio = (package / "studio" / name for name in ("cast", "predicting", "rows"))
    folders = (*studio, package / "world", *schemas)
    files = (path for folder in folders for path in sorted(folder.iterdir()) if path.suffix in (".py", ".yaml"))
    neighbours = (path for name in NEIGHBOURS for path in sorted((package / name).rglob("*.py")))
    paths = [*(package / name for name in SOURCES), *files, *neighbours]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).digest()


def _sound(world: World, path: Path) -> World:
    faults = broken(world)
    if faults:
        more = f"; and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        raise SeedError(f"{shown(path)}: the world does not fit together: {'; '.join(faults[:SHOWN_FAULTS])}{more}")
    return world
