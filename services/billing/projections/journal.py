"""`journal_entry`: the double entry of every event that moves money; rows are only added."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, Date, Index, Integer, Table, Text

from billing.domain.oslo import day
from billing.domain.postings import document, postings, value_day
from billing.tables import metadata
from chassis import ids
from chassis.codec import snake
from chassis.unit.projection import Added, Change, Projection
from chassis.unit.store import Recorded

table = Table(
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
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Add the entries of an event."""
    event, booked_on = recorded.event, day(recorded.recorded_at)
    shared = {
        "event_id": recorded.event_id,
        "booked_on": booked_on,
        "value_on": value_day(event) or booked_on,
        "workspace_id": recorded.workspace_id,
        "document": document(event) or recorded.stream_id,
        "text": snake(type(event).__name__).replace("_", " "),
    }
    for line, entry in enumerate(postings(event), start=1):
        row = {
            "id": ids.derive(recorded.event_id, line),
            "line": line,
            "account": entry.account,
            "amount_ore": entry.amount_ore,
            "vat_code": entry.vat_code,
        }
        yield Added(table=table, row=row | shared)


projection = Projection(table=table, project=project)
