"""What the rules share: the type of a rule, and the words of the conventions."""

from collections.abc import Callable, Iterator

from mock_server.spec.document_files import Place, Sources

Problem = tuple[Place, str]
Problems = Iterator[Problem]
Rule = Callable[[Sources], Problems]

GRADES = ("documented", "vendor-client", "observed", "inferred")
