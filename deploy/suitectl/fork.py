"""A source that has forgotten what was heard of it: show what was lost; let the consumer go on.

Without a consumer: what was made of what was lost, and nobody has settled yet.
"""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.errors import NotFound
from chassis.hearing import forgotten, forks
from chassis.unit import feed
from suitectl import show, site
from suitectl.site import Site

ALL = "all"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "consumer", nargs="?", metavar="SERVICE", help="'affiliate', 'billing.revocations'"
    )
    parser.add_argument("source", nargs="?", metavar="SOURCE", help="the service restored")
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument(
        "--accept", action="store_true", help="go on from the last event that both know"
    )
    doing.add_argument(
        "--settled",
        nargs="+",
        metavar="EVENT_ID",
        help="these of its own events, or 'all', were put right or may stay",
    )
    parser.set_defaults(refuse=parser.error)
    site.arguments(parser, changes=True)


def run(chosen: argparse.Namespace) -> int:
    """Print what the consumer was stopped for, let it go on, or note what is settled."""
    suite = Site(chosen.inventory)
    if chosen.consumer is None:
        show.table(_unsettled(suite), chosen.json)
    elif chosen.source is None:
        chosen.refuse("which source has it heard?")
    elif chosen.settled:
        _settle(suite, chosen)
    else:
        _print(chosen, _examine(suite, chosen))
    return 0


def _unsettled(suite: Site) -> list[dict[str, Any]]:
    rows = []
    for service in suite.services():
        with suite.engine(service) as engine, engine.connect() as connection:
            for each in forgotten.unsettled(connection):
                key = {name: each[name] for name in ("consumer", "source", "since")}
                rows.append({**key, **_line(each)})
    return rows


def _settle(suite: Site, chosen: argparse.Namespace) -> None:
    event_ids = None if chosen.settled == [ALL] else [_uuid(each) for each in chosen.settled]
    with suite.app(_service(chosen)) as app:
        settled = forgotten.settle(app, chosen.consumer, chosen.source, event_ids, chosen.who)
    key = {"consumer": chosen.consumer, "source": chosen.source}
    show.record({**key, "settled": settled}, chosen.json)


def _examine(suite: Site, chosen: argparse.Namespace) -> dict[str, Any]:
    def told_at(event_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        with suite.engine(chosen.source) as engine, engine.connect() as connection:
            return feed.told_at(connection, event_ids)

    with suite.app(_service(chosen)) as app:
        if chosen.accept:
            return forks.resume(app, chosen.consumer, chosen.source, chosen.who, told_at)
        return forks.lost(app, chosen.consumer, chosen.source, told_at)


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


def _line(lost: Mapping[str, Any]) -> dict[str, Any]:
    heard = lost["heard"]
    return {
        "event_id": lost["event_id"],
        "type": lost["type"],
        "stream_id": lost["stream_id"],
        "heard": heard["type"],
        "position": heard["position"],
        "heard_event_id": heard["event_id"],
    }


def _service(chosen: argparse.Namespace) -> str:
    return str(chosen.consumer).partition(".")[0]


def _uuid(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise NotFound("chassis.nothing_forgotten", f"{written!r} is no event's id") from None
