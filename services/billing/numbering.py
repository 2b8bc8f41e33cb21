"""The last number of a series, as a person confirms it after a restore: never over RPC."""

from typing import Any

from billing import kept
from billing.domain import number_series
from billing.names import SERIES, series_id
from chassis import ids
from chassis.domain import value
from chassis.errors import Rejected
from chassis.hearing import parking
from chassis.identity import service_actor
from chassis.unit import store
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App

CONFIRMED = "numbers confirmed"  # what is written into `audit`
UNCONFIRMED = "billing.numbers_unconfirmed"


@value
class Confirmation:
    """What a person says: `last` is the last number given, wherever it is known of; 0 for none."""

    last: int
    heard: int  # the highest that those who hear billing have heard of; 0 for none
    reason: str  # why numbers are passed over, if any are
    who: str


def confirm(app: App, said: Confirmation) -> dict[str, Any]:
    """Let the next number be the one after `said.last`; return first, last of what is passed over.

    Raises `Rejected("billing.number_given")` for a last number below one that was taken here or
    heard of elsewhere: it would be given twice. What was delivered meanwhile, and is parked as
    it has no document, is tried again at once.
    """
    if said.last < said.heard:
        raise Rejected("billing.number_given", f"others have heard of {said.heard}")

    def work(unit: Unit) -> dict[str, Any]:
        id = series_id(SERIES)
        command = number_series.PassNumbersOver(series=SERIES, last=said.last, reason=said.reason)
        # decided first: whoever takes a number waits for it, and then sees both
        unit.decide(number_series.decider, id, command)
        passed = [recorded.event for recorded, _ in unit.events]
        unit.execute(kept.CONFIRM, series=SERIES, at=unit.call.at)
        done = {
            "series": SERIES,
            "last": said.last,
            "passed_over": [[each.first, each.number] for each in passed],
        }
        unit.execute(kept.AUDIT, who=said.who, did=CONFIRMED, details={**done, "why": said.reason})
        return done

    by = Call(
        id=ids.fresh(),
        at=app.clock(),
        actor=service_actor("operator"),
        correlation_id=str(ids.fresh()),
    )
    done = app.attempt(by, work)
    _go_on(app, said.who)
    return done


def _go_on(app: App, who: str) -> None:
    for each in app.query(parking.listed):
        if (each["error"] or {}).get("code") == UNCONFIRMED:
            parking.retry(app, each["consumer"], each["source"], each["stream_id"], who)


def taken(app: App) -> int:
    """Return the last number that was taken here, or passed over; 0 for none."""
    id = series_id(SERIES)
    found = app.query(lambda db: store.found(db, app.codec, number_series.decider, id))
    return found.state.number if found.state else 0


def is_confirmed(app: App) -> bool:
    """Return whether the last number was confirmed in this very database."""
    return app.query(lambda db: kept.is_confirmed(db, SERIES))


def must_be_confirmed(unit: Unit) -> None:
    """Raise `Rejected("billing.numbers_unconfirmed")` where this database is not the one it was."""
    if not kept.is_confirmed(unit.connection, SERIES):
        raise Rejected(
            UNCONFIRMED,
            "the database was restored or moved: numbers may have been given that it does not"
            " know; an operator says which was the last: suitectl numbers confirm --last <number>",
        )
