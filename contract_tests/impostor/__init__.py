"""A second implementation of a slice of the Studio API, from the documentation alone: users, projects with what is in them, sessions.

It stands for a live deployment in tests of what compares one with the stand-in. Where nothing is documented it has ways of its own;
`planted` lists them. It shares no code with `mock_server`, and nothing but tests may use it.

    app = Impostor().app  # an ASGI application

`store` is its state, `answers` how it answers and refuses, `projects` and `labeling` its operations.
"""

from contract_tests.impostor.impostor import EMAIL, PASSWORD, Impostor

__all__ = ["EMAIL", "PASSWORD", "Impostor"]
