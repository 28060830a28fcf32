"""Which id of the target is which id of the model: by first appearance, one to one for each kind."""

Id = int | str
Key = tuple[str, Id]


class Pairs:
    """The ids that were seen so far; `differ` is whether any two of a pair do.

    Two stand-ins that began alike (`alike`) call things the same until an answer says otherwise.
    """

    def __init__(self, alike: bool) -> None:
        self.alike, self.differ = alike, False
        self._models: dict[Key, Id] = {}  # what an id of the target is in the model
        self._targets: dict[Key, Id] = {}

    def match(self, kind: str, target: Id, model: Id, fresh: bool) -> bool:
        """Whether both ids name the same thing; two that are new are taken to do so.

        `fresh` says that the answer may show something for the first time: sides that began alike agree on all else.
        """
        known, other = self._models.get((kind, target)), self._targets.get((kind, model))
        if known is not None or other is not None:
            return known == model
        if self.alike and target != model and not fresh:
            return False
        self._models[kind, target], self._targets[kind, model] = model, target
        self.differ = self.differ or target != model
        return True

    def take(self, kind: str, target: Id, model: Id) -> None:
        """Take it that both name the same thing from now on, whatever they named before: cursors are made anew for each answer."""
        self._models[kind, target], self._targets[kind, model] = model, target
        self.differ = self.differ or target != model

    def may_match(self, kind: str, target: Id, model: Id) -> bool:
        """Whether both ids name the same thing as far as is known; nothing is kept of it."""
        known, other = self._models.get((kind, target)), self._targets.get((kind, model))
        return known == model if known is not None or other is not None else True

    def to_target(self, kind: str, model: Id) -> Id:
        """Return what the target calls a thing of the model. Something never seen is called the same."""
        return self._targets.get((kind, model), model)

    def to_model(self, kind: str, target: Id) -> Id:
        """Return what the model calls a thing of the target. Something never seen is called the same."""
        return self._models.get((kind, target), target)

    def has(self, kind: str, model: Id) -> bool:
        """Whether the target is known to have a thing of the model."""
        return self.alike or (kind, model) in self._targets
