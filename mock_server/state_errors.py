"""Why a state folder cannot be used. It stands here alone so that whoever catches it need not load the rest."""


class StateError(Exception):
    """The message names the file, what is wrong and what would be right."""
