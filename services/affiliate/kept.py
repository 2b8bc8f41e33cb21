"""Kept tables: no event holds what is in them, and no rebuild brings it back."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Date, DateTime, Table
from sqlalchemy.dialects.postgresql import Insert, insert

from affiliate.tables import metadata
from books import kept

voucher = kept.voucher(metadata)
journal_export = kept.journal_export(metadata)

reconciliation = Table(  # what a night's comparison with billing came to
    "reconciliation",
    metadata,
    Column("date_to", Date, primary_key=True),  # the last day of first payment
    Column("date_from", Date, nullable=False),
    Column("matched", BigInteger, nullable=False),
    Column("differences", BigInteger, nullable=False),
    Column("compared_at", DateTime(timezone=True), nullable=False),
)


def compared(
    date_from: date, date_to: date, matched: int, differences: int, compared_at: datetime
) -> Insert:
    """Return the statement that keeps what a comparison came to; the last one of a night stays."""
    row = {
        "date_from": date_from,
        "matched": matched,
        "differences": differences,
        "compared_at": compared_at,
    }
    statement = insert(reconciliation).values(date_to=date_to, **row)
    return statement.on_conflict_do_update(index_elements=["date_to"], set_=row)
