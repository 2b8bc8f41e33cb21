"""Whether anything is left to do: read from the services' tables, wherever the services run."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, text


class SourceStopped(Exception):
    """An event cannot be taken, or its source is stopped: waiting mends neither."""


def unsettled(engines: Mapping[str, Engine]) -> list[str]:
    """Say what is still to be numbered, heard or done; nothing where all is at rest.

    `engines`: by service, what reads its database.
    """
    left: list[str] = []
    heads: dict[str, int] = {}
    cursors: list[Mapping[str, Any]] = []
    for name, engine in engines.items():
        with engine.connect() as connection:
            found = connection.execute(_LEFT).one()
        cursors += found.cursors
        heads[name] = found.head
        left += [f"{name} has {found.pending} events to number"] if found.pending else []
        left += [f"{name} has a job {kind} to do" for kind in found.busy]
        left += found.parked
    for each in cursors:
        source = each["source"]
        behind = heads[source] - each["position"] if source in heads else 0
        left += [f"{each['consumer']} is {behind} positions behind {source}"] if behind else []
    return left


def raise_stopped(engines: Mapping[str, Engine]) -> None:
    """Raise `SourceStopped` for events that failed by a bug or a rule, and for forked sources."""
    found: list[str] = []
    for engine in engines.values():
        with engine.connect() as connection:
            found += connection.execute(_WRONG).scalar_one()
    if found:
        raise SourceStopped("; ".join(found))


# One statement each, as whoever waits for rest asks every service again and again.
_LEFT = text(
    "select (select count(*) from pending) as pending,"
    " (select coalesce(max(position), 0) from positions where previous is not null) as head,"
    # one whose first time lies ahead does not count; one in back-off does
    " array(select kind from jobs where state in ('waiting', 'claimed')"
    "  and (run_at <= now() or claims > 0)) as busy,"
    " array(select format('%s has parked %s of %s', consumer, event->>'type', source)"
    "  from parked where not dead) as parked,"
    " (select coalesce(jsonb_agg(jsonb_build_object("
    "   'consumer', consumer, 'source', source, 'position', position)), '[]')"
    "  from cursors) as cursors"
)
_WRONG = text(
    # what waits for something that may come yet is retryable
    "select array(select format('%s parked %s at %s:%s (%s): %s %s: %s\n%s', consumer,"
    "   event->>'type', source, position, event->>'id', error->>'kind', error->>'code',"
    "   error->>'message', error->>'trace')"
    "  from parked where dead or not (error->>'retryable')::boolean)"
    " || array(select format('%s stopped hearing %s: %s', consumer, source, stopped)"
    "  from cursors where stopped is not null)"
)
