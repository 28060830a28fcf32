"""Statuses of the operations tagged Users that only the vendor's tokens give."""

from typing import Any

from contract_tests.reaching.recipe import WRITES, Book
from contract_tests.reaching.stage import Stage
from mock_server.label_studio import tokens

book = Book()
reach = book.reach


@reach("refresh_token", 200, "for a personal access token")
def personal_token(stage: Stage) -> Any:
    return stage.call("refresh_token", person=None, json={"refresh": tokens.personal(1, "label-studio-demo")})


@reach("refresh_token", 401, "for a token of which nothing is known", WRITES)
def unknown_token(stage: Stage) -> Any:
    return stage.call("refresh_token", person=None)
