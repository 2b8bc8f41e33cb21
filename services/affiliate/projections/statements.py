"""`statement`: a row a month and affiliate, frozen; what it says is never computed again."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import BigInteger, Column, Connection, DateTime, Index, Table, Text, insert, select

from affiliate.domain.statement import Figures, StatementIssued
from affiliate.tables import metadata
from chassis.domain import value
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

FIGURES = (
    *("opening_ore", "earned_ore", "reduced_ore", "clawed_back_ore", "paid_out_ore"),
    "closing_ore",
)
table = Table(
    "statement",
    metadata,
    Column("id", Text, primary_key=True),
    Column("affiliate_workspace_id", Text, nullable=False),
    Column("month", Text, nullable=False),  # 2026-03
    *(Column(name, BigInteger, nullable=False) for name in FIGURES),
    Column("ref", Text, nullable=False),  # of its CSV
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),  # bytes
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("statement_month", "affiliate_workspace_id", "month", unique=True),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Add the row."""
    match recorded.event:
        case StatementIssued() as event:
            yield insert(table).values(
                id=recorded.subject,
                affiliate_workspace_id=event.affiliate_workspace_id,
                month=event.month,
                **{name: getattr(event, name) for name in FIGURES},
                ref=event.ref,
                sha256=event.sha256,
                size=event.size,
                created_at=recorded.recorded_at,
            )


projection = Projection(table=table, project=project)


@value
class Frozen:
    """A statement as it was issued."""

    figures: Figures
    ref: str
    sha256: str
    size: int  # bytes


def frozen(connection: Connection, affiliate_id: UUID, month: str) -> Frozen | None:
    """Return the statement of a month, None as long as it was not issued."""
    mine = (table.c.affiliate_workspace_id == str(affiliate_id)) & (table.c.month == month)
    row = connection.execute(select(table).where(mine)).mappings().one_or_none()
    if row is None:
        return None
    figures = Figures(**{name: row[name] for name in FIGURES})
    return Frozen(figures=figures, ref=row["ref"], sha256=row["sha256"], size=row["size"])
