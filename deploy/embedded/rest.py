"""Whether anything is left to do."""

from collections.abc import Mapping

from sqlalchemy import text

from chassis import feed
from chassis.parts import Parts
from embedded.working import Working


def unsettled(parts: Mapping[str, Parts], working: Mapping[str, Working]) -> list[str]:
    """Say what is still to be numbered, heard or done; nothing where all is at rest."""
    left: list[str] = []
    heads = {}
    for name, each in parts.items():
        with each.app.engine.connect() as connection:
            pending = connection.execute(_PENDING).scalar_one()
            busy = connection.execute(_BUSY).scalars().all()
            heads[name] = feed.head(connection)["position"]
        left += [f"{name} has {pending} events to number"] if pending else []
        left += [f"{name} has a job {kind} to do" for kind in busy]
    for name, works in working.items():
        for consumer in works.consumers:
            behind = heads[consumer.source] - consumer.cursor()["position"]
            left += [f"{name} is {behind} positions behind {consumer.source}"] if behind else []
    return left


_PENDING = text("select count(*) from pending")
_BUSY = text(
    # one whose first time lies ahead does not count; one in back-off does
    "select kind from jobs where state in ('waiting', 'claimed')"
    " and (run_at <= now() or claims > 0)"
)
