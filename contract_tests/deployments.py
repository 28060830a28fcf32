"""A deployment behind a URL as a target: how it is reached, who calls, and whether it can be checked at all.

Not here: the stand-in in this process (`stand_in`).
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from contract_tests import created, preflight
from contract_tests.accounts import Renewal, SignIn, Unusable, from_file, header
from contract_tests.addresses import Addresses
from contract_tests.arguments import LIVE_RATE
from contract_tests.brakes import Limits
from contract_tests.created import Created
from contract_tests.guard import Writes
from contract_tests.served_stand_in import Controls
from contract_tests.target import STRANGER, Person, Target
from contract_tests.wire import host_of
from mock_server import contract


class Net(HTTPAdapter):
    """The net, with the proxies and certificates of the environment, looked up once. No .netrc is read."""

    def __init__(self, url: str, ca: Path | None = None) -> None:
        super().__init__(max_retries=0)
        named = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
        self._verify: Any = str(ca) if ca else named or True
        self._proxies = get_environ_proxies(url)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """Send a request over the net."""
        return super().send(request, **{**kwargs, "verify": self._verify, "proxies": self._proxies})


def of_arguments(args: argparse.Namespace, api: str, ask: bool = True, ledger: Path | None = None) -> Target:
    """Return the deployment that the arguments name. With `ask` people are signed in and it is asked whether it answers.

    Raises Unusable, Stop, OSError.
    """
    writes: Writes = args.writes or "none"
    host = host_of(args.url)
    if writes == "all" and (args.i_own_this_deployment or "").lower() != host:
        raise Unusable(f"--writes all changes and deletes what it finds: it needs --i-own-this-deployment {host}")
    if args.ca is not None and not args.ca.is_file():
        raise Unusable(f"There is no file {args.ca} with certificates")
    addresses = Addresses(contract.load(api))
    made = _created(args, api, addresses, ledger) if writes == "own" and ask else Created(addresses)
    target = Target.at(args.url, api, [], writes, limits(args, Limits(rate=LIVE_RATE)), made, Net(args.url, args.ca))
    if ask:
        _introduce(args, target)
    return target


def limits(args: argparse.Namespace, before: Limits) -> Limits:
    """Return limits with what the arguments say."""
    told = {"budget": args.budget, "rate": args.rate or before.rate, "timeout": args.timeout}
    return msgspec.structs.replace(before, **told)


def settle_ledger(target: Target, left: list[str]) -> None:
    """Delete the ledger of a run that has left nothing."""
    made = target.wire.guard.created
    made.close()
    if made.file is not None and not left and not made.lost and not made.roots():
        made.file.unlink(missing_ok=True)


@contextmanager
def closing(target: Target) -> Iterator[None]:
    """End what was opened for a target when the block ends; its ledger stays if something may be left."""
    try:
        yield
    finally:
        settle_ledger(target, [])
        file = target.wire.guard.created.file
        if file is not None and file.exists():
            told = f"studio-mock: what may be left is written in {file}; studio-mock check --cleanup {file} deletes it"
            print(told, file=sys.stderr)
        target.close()


def _introduce(args: argparse.Namespace, target: Target) -> None:
    sign_in = SignIn(target.api, target.base_url, target.wire.inner, target.wire.brakes)
    try:
        target.people.extend(_people(args, target.api, sign_in))
    except requests.RequestException as error:
        raise Unusable(preflight.told(error, target)) from None
    target.wire.renewal = Renewal(target.people, sign_in.headers)
    preflight.look(target)
    if args.stand_in:
        Controls(target).take()


def _people(args: argparse.Namespace, api: str, sign_in: SignIn) -> Iterator[Person]:
    if args.credentials:
        yield from from_file(args.credentials, api, sign_in)
    if args.email:
        if not args.password:
            raise Unusable("--email needs --password, or the password in STUDIO_MOCK_PASSWORD")
        yield sign_in.person(args.email, args.email, args.password)
    elif args.token:
        yield Person("the caller", header(api, args.token))
    for number, told in enumerate(args.second_user, 2):
        address, _, password = told.partition(":")
        if "@" in address and password:
            yield sign_in.person(address, address, password, STRANGER)
        else:
            yield Person(f"person {number}", header(api, told), role=STRANGER)


def _created(args: argparse.Namespace, api: str, addresses: Addresses, ledger: Path | None) -> Created:
    if ledger is not None:
        return created.read(ledger, addresses)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    file = args.ledger or Path(f"studio-mock-{host_of(args.url)}-{stamp}.jsonl")
    return Created(addresses, file, {"url": args.url, "api": api, "begun": stamp})
