"""Whose access tokens are refused before they run out, as the services hear it.

What auth tells of it holds in auth with the unit that tells it. Every other service hears of it by
a consumer of its own, ahead of other work, and its cursor says how old that view is.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from chassis.hearing.reacting import Reaction
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.standing import Effect

SOURCE = "auth"
STALE_S = 30
KEPT = timedelta(days=1)  # by far longer than a token lives: then there is none left to refuse


def reactions(revokes: Mapping[type[Any], Effect]) -> tuple[Reaction, ...]:
    """Return what a service does about the events of auth that end somebody's access."""
    return tuple(
        Reaction(
            source=SOURCE, hears=contract, react=partial(_note, effect), streams=lambda heard: ()
        )
        for contract, effect in revokes.items()
    )


def consumer_name(service: str) -> str:
    """Return under which name a service hears of revocations, beside its ordinary consumer."""
    return f"{service}.revocations"


def _note(effect: Effect, unit: Unit, heard: Heard) -> None:
    unit.revocations.add(effect, heard.event, heard.time)


def stale(connection: Connection, service: str) -> bool:
    """Return whether that service's view is older than 30 s, by the database's clock.

    Never so in auth: there the table is written with what it says.
    """
    if service == SOURCE:
        return False
    parameters = {"consumer": consumer_name(service), "source": SOURCE, "most_s": STALE_S}
    return bool(connection.execute(_STALE, parameters).scalar_one())


_STALE = text(
    "select coalesce((select checked_at < now() - :most_s * interval '1 second' from cursors"
    " where consumer = :consumer and source = :source), true)"
)
