"""Whether anything is left to do: read from the services' tables, wherever the services run."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, Row, text

from chassis.unit import feed


class SourceStopped(Exception):
    """An event cannot be taken, or its source is stopped: waiting mends neither."""


def unsettled(engines: Mapping[str, Engine]) -> list[str]:
    """Say what is still to be numbered, heard or done; nothing where all is at rest.

    `engines`: by service, what reads its database.
    """
    left: list[str] = []
    heads: dict[str, int] = {}
    cursors: list[Row[Any]] = []
    for name, engine in engines.items():
        with engine.connect() as connection:
            pending = connection.execute(_PENDING).scalar_one()
            busy = connection.execute(_BUSY).scalars().all()
            parked = connection.execute(_PARKED).all()
            cursors += connection.execute(_CURSORS).all()
            heads[name] = feed.head(connection)["position"]
        left += [f"{name} has {pending} events to number"] if pending else []
        left += [f"{name} has a job {kind} to do" for kind in busy]
        left += [f"{each.consumer} has parked {each.type} of {each.source}" for each in parked]
    for each in cursors:
        behind = heads[each.source] - each.position if each.source in heads else 0
        left += [f"{each.consumer} is {behind} positions behind {each.source}"] if behind else []
    return left


def raise_stopped(engines: Mapping[str, Engine]) -> None:
    """Raise `SourceStopped` for events that failed by a bug or a rule, and for forked sources."""
    found: list[str] = []
    for engine in engines.values():
        with engine.connect() as connection:
            found += [
                f"{each.consumer} parked {each.type} at {each.source}:{each.position}"
                f" ({each.event_id}): {each.kind} {each.code}: {each.message}\n{each.trace}"
                for each in connection.execute(_FAILED)
            ]
            found += [
                f"{each.consumer} stopped hearing {each.source}: {each.stopped}"
                for each in connection.execute(_STOPPED)
            ]
    if found:
        raise SourceStopped("; ".join(found))


_PENDING = text("select count(*) from pending")
_BUSY = text(
    # one whose first time lies ahead does not count; one in back-off does
    "select kind from jobs where state in ('waiting', 'claimed')"
    " and (run_at <= now() or claims > 0)"
)
_PARKED = text("select consumer, source, event->>'type' as type from parked where not dead")
_CURSORS = text("select consumer, source, position from cursors")
_FAILED = text(
    # what waits for something that may come yet is retryable
    "select consumer, source, position, event->>'type' as type, event->>'id' as event_id,"
    " error->>'kind' as kind, error->>'code' as code, error->>'message' as message,"
    " error->>'trace' as trace from parked"
    " where dead or not (error->>'retryable')::boolean"
)
_STOPPED = text("select consumer, source, stopped from cursors where stopped is not null")
