"""What the journal shows beside tables: an exchange with the reason why it was refused, requests as they come, and verdicts."""

import argparse
import json
import time
from datetime import datetime
from typing import Any

from rich.text import Text

from mock_server.contract import Json
from mock_server.control.terminal import arguments
from mock_server.control.terminal.printing import STYLES, Output, cell, safe, show, show_value

PAUSE = 0.3  # seconds between two looks
SHOWN_FIRST = 10


def run_list(args: argparse.Namespace) -> int:
    """List exchanges, or follow them."""
    if args.follow:
        follow(args)
    answer = arguments.asked(args)
    show(answer, ("id", "at", "method", "path", "status", "took_ms", "user", "refused"), args.as_json)
    return 0


def follow(args: argparse.Namespace) -> None:
    """Print exchanges as they come, the last ones first, until it is interrupted. Raises CannotRun when the server has gone."""
    page = arguments.asked(args, limit=args.limit or SHOWN_FIRST).content
    last, shown = page["last_id"], page["exchanges"]
    if args.after is None:
        shown = shown[::-1]
    while True:
        for exchange in shown:
            _print(exchange, args.as_json)
        time.sleep(PAUSE)
        page = arguments.asked(args, after=last, limit=1000, before=None).content
        shown = page["exchanges"]
        if page["last_id"] < last:  # another server, or another sandbox of this name: its journal begins anew
            last = 0
            continue
        last = shown[-1]["id"] if page["has_more"] else page["last_id"]


def _print(exchange: Json, as_json: bool) -> None:
    if as_json:
        print(json.dumps(exchange, ensure_ascii=False), flush=True)
    else:
        Output().print(line(exchange), soft_wrap=True)


def line(exchange: Json) -> Text:
    """Return an exchange in one line."""
    status = exchange["status"]
    at = datetime.fromisoformat(exchange["at"]).astimezone().strftime("%H:%M:%S.%f")[:-3]
    told = Text()
    told.append(f"{exchange['id']:>6} {at} ", style="dim")
    told.append(str(status or "---"), style=STYLES.get((status or 500) // 100, ""))
    told.append(f" {exchange['method']:<6} {safe(exchange['path'])}", style="bold")
    told.append(f"  {exchange['took_ms']:.1f} ms  {safe(exchange['user'] or '-')}", style="dim")
    if exchange["refused"]:
        told.append(f"  {cell(exchange['refused'])}", style=STYLES.get((status or 500) // 100, ""))
    if exchange["fault"]:
        told.append(f"  {safe(exchange['fault'])}", style="magenta")
    return told


def run_show(args: argparse.Namespace) -> int:
    """Show an exchange: what was sent and answered, and why it was refused."""
    answer = arguments.asked(args)
    if args.as_json:
        show(answer, (), True)
        return 0
    exchange = answer.content
    out = Output()
    out.print(line(exchange), soft_wrap=True)
    _side("sent", exchange["request"])
    if exchange["answer"] is not None:
        _side("answered", exchange["answer"])
    if exchange["why"] is not None:
        _why(exchange["why"])
    return 0


def _side(name: str, side: Json) -> None:
    out = Output()
    out.print()
    out.print(Text(name, style="bold underline"))
    for header in side["headers"]:
        out.print(Text(safe(f"{header['name']}: {header['value']}"), style="dim"), soft_wrap=True)
    body = side["body"]
    if body is not None:
        out.print(Text(safe(_pretty(body["text"]))), soft_wrap=True)
        if body["truncated"]:
            out.print(Text(f"… cut: it had {body['size']} bytes", style="dim"))


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


def _why(why: Json) -> None:
    out = Output()
    out.print()
    out.print(Text("why it was refused", style="bold underline"))
    out.print(Text(safe(f"{why['rule']}: {why['message']}"), style="yellow"), soft_wrap=True)
    for fault in why["faults"]:
        out.print(Text(safe(f"  {fault['place']} {fault['reason']}")), soft_wrap=True)
    if why["contract"] is not None:
        out.print(Text(f"  {why['contract']['file']}:{why['contract']['line']}", style="cyan"), soft_wrap=True)
    would = why["would_pass"]
    if would is not None:
        out.print()
        out.print(Text("what would pass", style="bold underline"))
        show_value({name: _told(part) for name, part in would.items()})


def _told(part: Any) -> Any:
    if isinstance(part, list) and all(isinstance(one, dict) and "email" in one for one in part):
        return "; ".join(f"{one['email']} ({', '.join(one['roles'])})" for one in part)
    return part


def run_verify(args: argparse.Namespace) -> int:
    """Verify calls: 0 if there were as many as wanted, else 1 and the closest request."""
    answer = arguments.asked(args)
    found = answer.content
    if args.as_json:
        show(answer, (), True)
        return 0 if found["verified"] else 1
    verdict = "verified" if found["verified"] else "not verified"
    out = Output()
    told = f"{verdict}: {found['count']} of the requests fit, wanted {found['wanted']}"
    out.print(Text(told, style="green" if found["verified"] else "red"), soft_wrap=True)
    if found["dropped"]:
        out.print(Text(f"{found['dropped']} older ones have gone and could not be counted", style="dim"))
    if not found["verified"] and found["closest"] is not None:
        out.print(Text(f"the closest is {found['closest']['id']}:"))
        for one in found["closest"]["differences"]:
            out.print(
                Text(f"  {safe(one['place'])}: wanted {cell(one['wanted'])}, got {cell(one['got'])}"), soft_wrap=True
            )
    return 0 if found["verified"] else 1


RUNS = {"list": run_list, "show": run_show, "verify": run_verify}
