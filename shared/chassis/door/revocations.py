"""Whose access tokens are refused before they run out: a table that every RPC of a person reads.

auth writes it in the unit that ends a session or bans somebody. Every other service hears of it by
a consumer of its own, ahead of other work, and its cursor says how old that view is.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, text

from chassis.database import postgres
from chassis.errors import Unauthenticated
from chassis.hearing.reacting import Reaction
from chassis.identity import Actor
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.handling import App

Kind = Literal["session", "user"]

SOURCE = "auth"
STALE_S = 30
KEPT = timedelta(days=1)  # by far longer than a token lives: then there is none left to refuse
PAGE = 1_000


def reactions(revokes: Mapping[type[Any], Kind]) -> tuple[Reaction, ...]:
    """Return what a service does about the events of auth that end somebody's access.

    `revokes`: by contract, what it revokes; the contract's field `<kind>_id` says which one.
    """
    return tuple(
        Reaction(
            source=SOURCE, hears=contract, react=partial(_note, kind), streams=lambda heard: ()
        )
        for contract, kind in revokes.items()
    )


def consumer_name(service: str) -> str:
    """Return under which name a service hears of revocations, beside its ordinary consumer."""
    return f"{service}.revocations"


def _note(kind: Kind, unit: Unit, heard: Heard) -> None:
    write(unit, kind, getattr(heard.event, f"{kind}_id"), heard.time)


def write(unit: Unit, kind: Kind, id: UUID, at: datetime) -> None:
    """Refuse a session's tokens for good, or a user's that are as old as `at`, or older.

    Holds once the unit is committed. Of several times the latest counts. In auth, who revokes a
    user holds them first, and `at` is the time of the unit from then on: else a token drawn beside
    it would be younger than what it knows.
    """
    unit.execute(_WRITE, kind=kind, id=str(id), at=at)


def check(connection: Connection, actor: Actor) -> None:
    """Raise `Unauthenticated("chassis.token_revoked")` if the actor's token has been revoked."""
    if actor.kind != "person":
        return
    parameters = {
        "session": str(actor.session_id),
        "users": [actor.id, str(actor.impersonated_by)],
        "issued_at": actor.issued_at,
    }
    if connection.execute(_CHECK, parameters).scalar_one():
        raise Unauthenticated("chassis.token_revoked", "this access token has been revoked")


def stale(connection: Connection, service: str) -> bool:
    """Return whether that service's view is older than 30 s, by the database's clock.

    Never so in auth: there the table is written with what it says.
    """
    if service == SOURCE:
        return False
    parameters = {"consumer": consumer_name(service), "source": SOURCE, "most_s": STALE_S}
    return bool(connection.execute(_STALE, parameters).scalar_one())


def prune(app: App) -> None:
    """Delete what no token can meet any more, page by page."""
    deleted = PAGE
    while deleted == PAGE:
        with postgres.autocommit(app.engine) as connection:
            parameters = {"before": app.clock() - KEPT, "page": PAGE}
            deleted = connection.execute(_PRUNE, parameters).rowcount


_WRITE = text(
    "insert into revoked (kind, id, not_before) values (:kind, :id, :at)"
    " on conflict (kind, id)"
    " do update set not_before = greatest(revoked.not_before, excluded.not_before)"
)
_CHECK = text(
    "select exists (select from revoked where kind = 'session' and id = :session)"
    " or exists (select from revoked"
    "  where kind = 'user' and id = any(:users)"
    "  and not_before >= coalesce(cast(:issued_at as timestamptz), '-infinity'))"
)
_STALE = text(
    "select coalesce((select checked_at < now() - :most_s * interval '1 second' from cursors"
    " where consumer = :consumer and source = :source), true)"
)
_PRUNE = text(
    "delete from revoked where (kind, id) in"
    " (select kind, id from revoked where not_before < :before limit :page)"
)
