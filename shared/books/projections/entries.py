"""`journal_entry`: the double entry of every event that moves money; rows are only added."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

from books.domain.entry import Entry
from books.domain.oslo import day
from chassis import ids
from chassis.codec import snake
from chassis.unit.projection import Added, Change
from chassis.unit.store import Recorded

PAGE = 1_000


def journal_entry(metadata: MetaData, *besides: Index) -> Table:
    """Return the journal's table; `besides`: what else it is asked by."""
    return Table(
        "journal_entry",
        metadata,
        Column("id", Text, primary_key=True),
        Column("event_id", Text, nullable=False),
        Column("line", Integer, nullable=False),  # its place among those of its event, from 1
        Column("booked_on", Date, nullable=False),  # the day in Oslo on which it was recorded
        Column("value_on", Date, nullable=False),  # the document's or the payment's day
        Column("account", Text, nullable=False),  # a word of the chart
        Column("workspace_id", Text),
        Column("amount_ore", BigInteger, nullable=False),  # debit; credit is negative
        Column("vat_code", Text),
        Column("document", Text, nullable=False),  # its number, else the stream that tells of it
        Column("text", Text, nullable=False),
        Index("journal_entry_event", "event_id"),
        Index("journal_entry_booked", "booked_on"),
        *besides,
    )


def added(
    table: Table,
    recorded: Recorded,
    entries: Iterable[Entry],
    document: str | None,
    value_on: date | None,
) -> Iterable[Change]:
    """Yield the rows of what an event posts; `document` and `value_on` where it names them."""
    booked_on = day(recorded.recorded_at)
    shared = {
        "event_id": recorded.event_id,
        "booked_on": booked_on,
        "value_on": value_on or booked_on,
        "workspace_id": recorded.workspace_id,
        "document": document or recorded.stream_id,
        "text": snake(type(recorded.event).__name__).replace("_", " "),
    }
    for line, entry in enumerate(entries, start=1):
        row = {
            "id": ids.derive(recorded.event_id, line),
            "line": line,
            "account": entry.account,
            "amount_ore": entry.amount_ore,
            "vat_code": entry.vat_code,
        }
        yield Added(table=table, row=row | shared)


def listed(connection: Connection) -> Iterator[Mapping[str, Any]]:
    """Yield all entries, of one moment, by day and event; some are in memory at a time."""
    streamed = connection.execution_options(yield_per=PAGE)
    yield from (dict(each) for each in streamed.execute(_LISTED).mappings())


_LISTED = text(
    "select j.event_id, j.booked_on, j.account, j.amount_ore, j.document, j.text"
    " from journal_entry j join events e on e.event_id = j.event_id::uuid"
    " order by j.booked_on, e.seq, j.line"
)
