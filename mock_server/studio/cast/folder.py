"""A folder of YAML files becomes the rows of a world. The order of the files is the order of who refers to whom."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from mock_server import contract
from mock_server.places import Entry, SeedError, nearest, read_list, read_map, shown
from mock_server.studio.cast import documents, hitls, people, projects
from mock_server.studio.cast.analyses import analysis
from mock_server.studio.cast.checker import Checker
from mock_server.studio.cast.resources import FILES, Resource
from mock_server.studio.cast.sessions import session
from mock_server.studio.cast.stage import Stage
from mock_server.tables import NEIGHBOURS
from mock_server.worldfile import Stored

Build = Callable[[Stage, Entry], None]
BUILDERS: dict[str, Build] = {
    "workspaces": people.workspace,
    "users": people.user,
    "workspace_permissions": people.workspace_permission,
    "invitations": people.invitation,
    "user_tokens": people.user_token,
    "product_keys": people.product_key,
    "mails": people.mail,
    "credentials": people.credential,
    "projects": projects.project,
    "project_permissions": projects.project_permission,
    "classes": projects.model_class,
    "labels": projects.label,
    "models": projects.model,
    "model_permissions": projects.model_permission,
    "model_stars": projects.model_star,
    "groups": documents.group,
    "documents": documents.document,
    "uploaded_files": projects.uploaded_file,
    "tasks": projects.task,
    "notifications": people.notification,
    "hitls": hitls.hitl,
    "reviews": hitls.review,
}


def read_folder(folder: Path) -> Stored:
    """Return the world that the files of a folder tell. Raises SeedError that names file, line and field."""
    files = _files(folder, FILES, NEIGHBOURS)
    if "world" not in files:
        raise SeedError(f"{shown(folder)}: world.yaml is missing; it holds the name of the world and its now")
    checker = Checker(contract.load("studio"))
    world = checker.check(read_map(files["world"]), FILES["world"])
    stage = Stage(world)
    builders: dict[str, Build] = {
        **BUILDERS,
        "sessions": lambda stage, entry: session(stage, checker, entry),
        "analyses": lambda stage, entry: analysis(stage, checker, entry),
    }
    _build(stage, checker, files, FILES, builders)
    for finish in stage.later:
        finish()
    for neighbour in NEIGHBOURS:
        if (folder / neighbour).is_dir():
            _neighbour(stage, neighbour, folder / neighbour)
    rows = {kind: sorted(rows.values(), key=lambda row: row.id) for kind, rows in stage.rows.items()}
    return Stored(name=world["name"], now=stage.now, rows=rows)


def _neighbour(stage: Stage, name: str, folder: Path) -> None:
    """Add what the folder of another API holds, as the module `cast` of its package says."""
    cast = import_module(f"mock_server.{name}.cast")
    _build(stage, Checker(contract.load(name)), _files(folder, cast.FILES), cast.FILES, cast.BUILDERS)


def _build(
    stage: Stage, checker: Checker, files: dict[str, Path], known: dict[str, Resource], builders: Mapping[str, Build]
) -> None:
    for name, build in builders.items():
        for entry in _entries(files[name], known[name]) if name in files else ():
            build(stage, checker.check(entry, known[name]))


def world_time(folder: Path) -> Stage:
    """Return the stage of a folder's world, for its times alone. Raises SeedError."""
    return Stage(Checker(contract.load("studio")).check(read_map(folder / "world.yaml"), FILES["world"]))


def _files(folder: Path, known: Mapping[str, Resource], folders: tuple[str, ...] = ()) -> dict[str, Path]:
    files = {path.stem: path for path in sorted(folder.glob("*.y*ml"))}
    for name, path in files.items():
        if name not in known or path.suffix != ".yaml":
            about = nearest(path.name, [f"{name}.yaml" for name in known])
            raise SeedError(f"{shown(path)}: there is no such file in a world; {about}")
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in folders and not path.name.startswith("."):
            raise SeedError(f"{shown(path)}: there is no such folder in a world; {nearest(path.name, list(folders))}")
    return files


def _entries(path: Path, resource: Resource) -> Iterator[Entry]:
    """Yield the entries of a file; those of a block take over what stands beside them."""
    for entry in read_list(path):
        if resource.block is None or resource.block not in entry:
            yield entry
            continue
        inner = entry.pop(resource.block)
        if not isinstance(inner, list) or not all(isinstance(part, Entry) for part in inner):
            raise entry.fault(resource.block, "is no list of maps; right would be one")
        yield from (part.over(entry, "meta") for part in inner)
