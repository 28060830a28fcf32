"""`pytest contract_tests --target URL`: the suite of `studio-mock check` against a deployment, a test for each phase.

Without `--target` the stand-in itself is checked, and what the suite is made of is tested as well.
"""

import argparse
import shlex
from collections.abc import Iterator

import pytest

from contract_tests import cli, deployments
from contract_tests.arguments import add_arguments
from contract_tests.target import Target

SUITE = "test_suite.py"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("studio-mock")
    group.addoption("--target", metavar="URL", help="check the deployment behind this URL, and nothing else")
    text = "with --target: more arguments of `studio-mock check`, as in --check '--api label_studio --writes own'"
    group.addoption("--check", default="", metavar="ARGUMENTS", help=text)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--target` run the suite alone."""
    if config.getoption("--target"):
        config.hook.pytest_deselected(items=[item for item in items if item.path.name != SUITE])
        items[:] = [item for item in items if item.path.name == SUITE]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the tests of the suite their APIs: all in process, one behind a URL."""
    if "api" in metafunc.fixturenames and metafunc.definition.path.name == SUITE:
        told = arguments(metafunc.config)
        names = (told.api or ("studio",))[:1] if told.url else (told.api or (*cli.ALL, "control"))
        metafunc.parametrize("api", names, scope="module")


def arguments(config: pytest.Config) -> argparse.Namespace:
    """Return the arguments of `studio-mock check` that the options amount to."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    url = config.getoption("--target")
    return parser.parse_args([*(["--url", url] if url else []), *shlex.split(config.getoption("--check"))])


@pytest.fixture(scope="module")
def told(pytestconfig: pytest.Config) -> argparse.Namespace:
    """The arguments of the run."""
    return arguments(pytestconfig)


@pytest.fixture(scope="module")
def target(told: argparse.Namespace, api: str) -> Iterator[Target]:
    """What is checked."""
    made = deployments.of_arguments(told, api) if told.url else Target.in_process(api, told.world, told.seed)
    with deployments.closing(made):
        yield made
