"""Events that could not be taken, and what waits behind them."""

import argparse
from typing import Any

from chassis.errors import NotFound
from chassis.hearing import parking
from suitectl import show, site
from suitectl.site import Site


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tasks = parser.add_subparsers(dest="task", required=True)
    listing = tasks.add_parser("list", help="all that is parked, by stream and position")
    listing.add_argument("services", nargs="*", metavar="SERVICE", help="else all")
    listing.add_argument("--stream", help="of this stream alone: invoice-<uuid>")
    showing = tasks.add_parser("show", help="one event, and the error with its trace")
    retry = tasks.add_parser("retry", help="try a stream's first event again, at once")
    skip = tasks.add_parser("skip", help="drop a stream's first event: its effects never happen")
    for each in (showing, retry, skip):
        each.add_argument("consumer", help="'billing', 'billing.revocations'")
        each.add_argument("source")
    retry.add_argument("stream", help="invoice-<uuid>")
    for each in (showing, skip):
        each.add_argument("position", type=int)
    for each, do in ((listing, _list), (showing, _show), (retry, _retry), (skip, _skip)):
        site.arguments(each, changes=each in (retry, skip))
        each.set_defaults(do=do)


def run(chosen: argparse.Namespace) -> int:
    """Do the task; return the exit code."""
    code: int = chosen.do(Site(chosen.inventory), chosen)
    return code


def _list(suite: Site, chosen: argparse.Namespace) -> int:
    rows = [
        _line(each)
        for service in suite.services(chosen.services)
        for each in _parked(suite, service, chosen.stream)
    ]
    show.table(rows, chosen.json)
    return 0


def _show(suite: Site, chosen: argparse.Namespace) -> int:
    wanted = (chosen.consumer, chosen.source, chosen.position)
    for each in _parked(suite, _service(chosen.consumer)):
        if (each["consumer"], each["source"], each["position"]) == wanted:
            error = dict(each["error"] or {})
            trace = {"trace": error.pop("trace")} if "trace" in error else {}
            show.record({**each, "error": error or None, **trace}, chosen.json)
            return 0
    message = f"{chosen.source}:{chosen.position} is not parked at {chosen.consumer}"
    raise NotFound("chassis.nothing_parked", message)


def _retry(suite: Site, chosen: argparse.Namespace) -> int:
    with suite.app(_service(chosen.consumer)) as app:
        parking.retry(app, chosen.consumer, chosen.source, chosen.stream, chosen.who)
    done = {"consumer": chosen.consumer, "source": chosen.source, "stream_id": chosen.stream}
    show.record({"did": "retry", **done}, chosen.json)
    return 0


def _skip(suite: Site, chosen: argparse.Namespace) -> int:
    with suite.app(_service(chosen.consumer)) as app:
        parking.skip(app, chosen.consumer, chosen.source, chosen.position, chosen.who)
    done = {"consumer": chosen.consumer, "source": chosen.source, "position": chosen.position}
    show.record({"did": "skip", **done}, chosen.json)
    return 0


def _parked(suite: Site, service: str, stream: str | None = None) -> list[dict[str, Any]]:
    with suite.engine(service) as engine, engine.connect() as connection:
        return parking.listed(connection, stream)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    error = row["error"] or {"code": "waits behind another", "message": ""}
    return {
        "consumer": row["consumer"],
        "source": row["source"],
        "stream_id": row["stream_id"],
        "position": row["position"],
        "type": row["event"]["type"],
        "attempts": row["attempts"],
        "dead": row["dead"],
        "first_seen": row["first_seen"],
        "error": f"{error['code']} {error['message']}".strip(),
    }


def _service(consumer: str) -> str:
    return consumer.partition(".")[0]
