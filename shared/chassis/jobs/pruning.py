"""Rows that have ended are deleted by schedules, a page at a time.

A table that grows has one line in its service's `app.py`: `pruning.schedule("prune_replies",
timedelta(days=7), pruning.rows("commands", since="recorded_at"))`. How long a row is kept after
its end says who may still ask for it, and what they are answered afterwards.
"""

import logging
from datetime import timedelta
from functools import partial

from sqlalchemy import text

from chassis import metrics
from chassis.database import postgres
from chassis.jobs.schedules import Schedule
from chassis.unit.handling import App

PAGE = 1_000
EVERY_S = 3_600

log = logging.getLogger(__name__)


def schedule(name: str, kept: timedelta, *statements: str) -> Schedule:
    """Return what prunes every hour, `kept` after the rows have ended.

    Each statement deletes or empties at most `:page` rows that ended before `:before`, or returns
    as many: it is run until there are none left.
    """
    return Schedule(name=name, every_s=EVERY_S, run=partial(_prune, name, kept, statements))


def rows(table: str, *, since: str, where: str = "true") -> str:
    """Return the statement that deletes rows of `table`; `since`: SQL of when a row has ended.

    Two processes may run it at once: each takes what the other does not hold.
    """
    return (
        f"delete from {table} where ctid = any (array("  # noqa: S608 - written in the code
        f" select ctid from {table} where {since} < :before and {where}"
        " limit :page for update skip locked))"
    )


def _prune(name: str, kept: timedelta, statements: tuple[str, ...], app: App) -> None:
    before, pruned = app.clock() - kept, 0
    for statement in statements:
        page = PAGE
        while page == PAGE:
            with postgres.autocommit(app.engine) as connection:
                bounds = {"before": before, "page": PAGE}
                page = connection.execute(text(statement), bounds).rowcount
            pruned += page
    metrics.pruned(app.service.name, name, pruned)
    if pruned:
        log.info("pruned", extra={"schedule": name, "rows": pruned})
