"""What every service clears away by itself."""

from sqlalchemy import text

from chassis.database import postgres
from chassis.door import revocations
from chassis.jobs.schedules import Schedule
from chassis.unit.handling import App

PAGE = 1_000
KEPT_DAYS = 7  # how long the reply to a repeated call is kept

_PRUNE = text(
    "delete from commands where id in (select id from commands"
    " where recorded_at < :now - :days * interval '1 day' limit :page)"
)


def prune(app: App) -> None:
    """Delete stored replies that nobody asks for any more, page by page."""
    deleted = PAGE
    while deleted == PAGE:
        with postgres.autocommit(app.engine) as connection:
            parameters = {"now": app.clock(), "days": KEPT_DAYS, "page": PAGE}
            deleted = connection.execute(_PRUNE, parameters).rowcount


PRUNE = Schedule(name="prune_replies", every_s=3_600, run=prune)
PRUNE_REVOKED = Schedule(name="prune_revocations", every_s=3_600, run=revocations.prune)
