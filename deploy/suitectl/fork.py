"""A source that has forgotten what was heard of it: show what was lost; let the consumer go on."""

import argparse
from typing import Any

from sqlalchemy import text

from chassis.errors import NotFound, Rejected
from chassis.hearing import forks
from suitectl import show, site
from suitectl.site import Site


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("consumer", metavar="SERVICE", help="'affiliate', 'billing.revocations'")
    parser.add_argument("source", metavar="SOURCE", help="the service that was restored")
    parser.add_argument(
        "--accept",
        action="store_true",
        help="go on from the last event that both know; do it when what was lost is settled",
    )
    site.arguments(parser, changes=True)


def run(chosen: argparse.Namespace) -> int:
    """Print what the consumer was stopped for, and let it go on if that is accepted."""
    suite = Site(chosen.inventory)
    service = chosen.consumer.partition(".")[0]
    if chosen.accept:
        with suite.app(service) as app:
            found = forks.resume(app, chosen.consumer, chosen.source, chosen.who)
    else:
        found = _stopped(suite, service, chosen.consumer, chosen.source)
    _print(chosen, found)
    return 0


def _stopped(suite: Site, service: str, consumer: str, source: str) -> dict[str, Any]:
    with suite.engine(service) as engine, engine.connect() as connection:
        key = {"consumer": consumer, "source": source}
        row = connection.execute(_STOPPED, key).one_or_none()
    if row is None:
        raise NotFound("chassis.consumer_not_found", f"no {consumer} hears {source}")
    if row.stopped is None:
        raise Rejected("chassis.not_stopped", f"{consumer} has not stopped hearing {source}")
    found: dict[str, Any] = row.stopped
    return found


def _print(chosen: argparse.Namespace, found: dict[str, Any]) -> None:
    key = {"consumer": chosen.consumer, "source": chosen.source, "accepted": chosen.accept}
    if chosen.json:
        show.record({**key, **found}, as_json=True)
        return
    lost = found["lost"]
    counted = {"at": found["at"], "lost": f"{len(lost)} of its own events were caused by these"}
    for name in ("cursor", "last_known"):
        counted[name] = "{position} {event_id}".format_map(found[name])
    show.record({**key, **counted}, as_json=False)
    if lost:
        show.table([_line(each) for each in lost], as_json=False)


def _line(lost: dict[str, Any]) -> dict[str, Any]:
    heard = lost["heard"]
    return {
        "event_id": lost["event_id"],
        "type": lost["type"],
        "stream_id": lost["stream_id"],
        "heard": heard["type"],
        "position": heard["position"],
        "heard_event_id": heard["event_id"],
    }


_STOPPED = text("select stopped from cursors where consumer = :consumer and source = :source")
