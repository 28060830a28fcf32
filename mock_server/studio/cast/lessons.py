"""Models of fixtures that have learned: from sessions of their world, as a training does."""

from mock_server.places import Entry
from mock_server.studio.cast.stage import Stage
from mock_server.studio.domain import training
from mock_server.studio.rows import ROWS, Model, Session
from mock_server.world import Clock, Tx, World
from mock_server.world.table import Table


def teach(stage: Stage, entry: Entry, model: Model) -> None:
    """Let a model learn from the sessions that its entry names. Raises SeedError if that cannot be."""
    if model.project_id is None:
        raise entry.fault("sessions", "only a model of a project has sessions; right would be to name the project too")
    ids = [stage.named(Session, name, entry, "sessions", model.project_id) for name in entry["sessions"]]
    plan = training.Plan(project_id=model.project_id, train=tuple(ids))
    tables = {kind: Table.built(kind, stage.rows[kind].values()) for kind in ROWS}
    outcome = training.outcome(Tx(World(tables, {}, Clock.frozen(stage.now))), plan)
    if outcome.metrics is None:
        raise entry.fault("sessions", f"{outcome.why}; right would be sessions in which more is done")
    names = {"classes": outcome.classes, "labels": outcome.labels}
    learned = {"tagger": outcome.tagger, "metrics": outcome.metrics, "demoset": outcome.demoset}
    stage.change(model, **names, **learned, score=outcome.metrics["f1"])
