"""The journal: is it what the tables say, and the days that are handed out for the books."""

import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from books import kept
from books.domain import oslo
from books.gateways import journal_csv
from books.kept import Span
from books.projections import ledger
from chassis.domain import value
from chassis.door.edge import Door
from chassis.errors import Conflict, Invalid, Rejected
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.journal import (
    Balance,
    ExportJournal,
    JournalExported,
    Ledger,
    Proof,
    VerifyLedger,
)

# An event is recorded at the time its unit began with, and no unit lives as long as this.
SETTLED_AFTER = timedelta(hours=1)
PAGE = 1_000  # vouchers read at a time


@value
class Keeping:
    """How a service keeps its books: `tools.books` of its door."""

    numbers: Mapping[str, int]  # of its accounts, by word, in the order of its chart
    proofs: str  # the query of them


@value
class Frozen:
    """The day that was frozen; None where there was none left."""

    day: date | None


def verified(db: Connection, door: Door, call: Call, asked: VerifyLedger) -> Ledger:
    """Return the books of this moment with their proofs."""
    keeping: Keeping = door.tools.books
    books = ledger.books(db, keeping.proofs)
    proofs = tuple(
        Proof(name=name, holds=difference_ore == 0, difference_ore=difference_ore)
        for name, difference_ore in books.differences.items()
    )
    balances = (
        Balance(account=word, number=number, balance_ore=books.balances.get(word, 0))
        for word, number in keeping.numbers.items()
    )
    holds = all(each.holds for each in proofs)
    return Ledger(holds=holds, balances=tuple(balances), proofs=proofs)


def export(door: Door, call: Call, asked: ExportJournal) -> JournalExported:
    """Freeze what is not frozen yet up to a day, a transaction a day; hand out a CSV.

    Raises `Rejected("<service>.day_not_over")`; `Conflict`, worth a repeat, while events of those
    days wait for their positions.
    """
    if asked.date_from > asked.date_to:
        fields = {"date_from": ["Later than date_to."]}
        raise Invalid("chassis.invalid_argument", details={"fields": fields})
    _must_be_over(door.app.service.name, asked.date_to, call.at)
    freezing = partial(_freeze_next, asked.date_to, door.tools.books.numbers)
    while door.app.unit(call, freezing, Frozen).day is not None:
        pass
    span = door.app.query(lambda db: kept.span(db, asked.date_from, asked.date_to))
    return _handed_out(door, asked, span)


def _must_be_over(service: str, day: date, now: datetime) -> None:
    # first by the day alone: the last day there is has no next one
    settled = day < oslo.day(now) and now >= _settled_at(day)
    if not settled:
        raise Rejected(
            f"{service}.day_not_over", f"{day} may be frozen an hour after its end in Oslo"
        )


def _settled_at(day: date) -> datetime:
    return oslo.begins(day + timedelta(days=1)).astimezone(UTC) + SETTLED_AFTER


def _freeze_next(until: date, numbers: Mapping[str, int], unit: Unit) -> Frozen:
    day = kept.next_day(unit.connection)
    if day is None or day > until:
        return Frozen(day=None)
    if not kept.is_numbered(unit.connection, day):
        code = f"{unit.app.service.name}.events_unnumbered"
        raise Conflict(code, f"events of {day} wait for their positions")
    kept.freeze(unit.connection, day, numbers)
    return Frozen(day=day)


def _handed_out(door: Door, asked: ExportJournal, span: Span) -> JournalExported:
    name = f"{asked.date_from}_{asked.date_to}.csv"
    with tempfile.TemporaryDirectory(prefix="ai-studio-journal-") as folder:
        path = Path(folder, name)
        with path.open("w", encoding="utf-8", newline="") as file:
            journal_csv.write(file, _entries(door, span))
        blob = door.tools.blobs.put_file(f"journal/{name}", path)
    link = door.tools.blobs.link(blob.key, "text/csv; charset=utf-8", file_name=f"journal_{name}")
    return JournalExported(
        url=link.url,
        expires_at=link.expires_at,
        sha256=blob.sha256,
        size=blob.size,
        vouchers=span.vouchers,
        frozen_until=span.until,
    )


def _entries(door: Door, span: Span) -> Iterator[Mapping[str, Any]]:
    """Yield what is frozen, a page at a time: it does not change meanwhile."""
    if span.first is None or span.last is None:
        return
    for first in range(span.first, span.last + 1, PAGE):
        last = min(first + PAGE - 1, span.last)
        yield from door.app.query(partial(kept.page, first=first, last=last))
