"""How far each consumer has heard each of its sources."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, text

from chassis.domain import value
from chassis.errors import Unavailable
from chassis.unit import feed
from suitectl import show, site
from suitectl.site import Site


@value
class Standing:
    """One cursor beside its source; what the source would have to say is None while it is away."""

    consumer: str
    source: str
    position: int
    head: int | None  # the last told event's position
    behind: int | None  # told events after the cursor
    checked_s: float | None  # since the consumer was last known to stand at the head
    known: bool | None  # whether the source knows the event at the cursor
    stopped: bool


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    site.arguments(parser)


def run(chosen: argparse.Namespace) -> int:
    """Print a line for each consumer and source; return 1 if one of them could not be asked."""
    suite, found, away = Site(chosen.inventory), list[Standing](), False
    for service in suite.services():
        try:
            found += standings(suite, service)
        except Unavailable as error:
            print(f"suitectl: {error}", file=sys.stderr)
            away = True
    show.table([_shown(each) for each in found], chosen.json)
    return 1 if away else 0


def standings(suite: Site, service: str) -> Iterator[Standing]:
    """Yield each cursor of a service. Raises `Unavailable` without its database."""
    with suite.engine(service) as engine, engine.connect() as connection:
        cursors = connection.execute(_CURSORS).all()
    for each in cursors:
        head, behind, known = _source(suite, each) or (None, None, None)
        yield Standing(
            consumer=each.consumer,
            source=each.source,
            position=each.position,
            head=head,
            behind=behind,
            checked_s=None if each.checked_s is None else float(each.checked_s),
            known=known,
            stopped=each.stopped,
        )


def _source(suite: Site, cursor: Row[Any]) -> tuple[int, int, bool] | None:
    """Return head, events behind, and whether the cursor's event is known; None if it is away."""
    try:
        with suite.engine(cursor.source) as engine, engine.connect() as connection:
            head = feed.head(connection)["position"]
            at = {"position": cursor.position, "event_id": cursor.event_id}
            beyond = connection.execute(_BEYOND, at).one()
            return head, beyond.behind, beyond.known
    except Unavailable:
        return None


def _shown(each: Standing) -> dict[str, object]:
    return {
        "consumer": each.consumer,
        "source": each.source,
        "position": each.position,
        "head": each.head,
        "behind": each.behind,
        "checked_s": each.checked_s,
        "stopped": each.stopped,
    }


_CURSORS = text(
    "select consumer, source, position, event_id, stopped is not null as stopped,"
    " extract(epoch from clock_timestamp() - checked_at) as checked_s"
    " from cursors order by consumer, source"
)
_BEYOND = text(
    "select (select count(*) from positions where previous is not null and position > :position)"
    "  as behind,"
    " :position = 0 or exists (select from positions p join events e using (seq)"
    "  where p.previous is not null and p.position = :position and e.event_id = :event_id) as known"
)
