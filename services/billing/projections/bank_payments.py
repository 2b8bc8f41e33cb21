"""`bank_payment`: one row a transfer, and where its money stands."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    Index,
    Table,
    Text,
    case,
    func,
    insert,
    select,
    update,
)

from billing.domain.bank_payment_messages import (
    BankPaymentAllocated,
    BankPaymentFreed,
    BankPaymentReceived,
    BankPaymentReversed,
)
from billing.tables import metadata
from chassis.asked import Listing, Page
from chassis.personal import PRIVATE, recall_optional
from chassis.unit.pages import page
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded, version_of

STATES = ("allocated", "unallocated", "reversed")

table = Table(
    "bank_payment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("amount_ore", BigInteger, nullable=False),
    Column("left_ore", BigInteger, nullable=False),
    Column("invoiced_ore", BigInteger, nullable=False, server_default="0"),
    Column("credited_ore", BigInteger, nullable=False, server_default="0"),
    Column("reversed_ore", BigInteger, nullable=False, server_default="0"),
    Column("paid_on", Date, nullable=False),
    Column("kid", Text, info=PRIVATE),  # as the payer wrote it, if it is no number
    Column("text", Text, info=PRIVATE),
    Column("state", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("source in ('bank', 'manual')", name="bank_payment_source"),
    CheckConstraint(f"state in {STATES}", name="bank_payment_state"),
    Index("bank_payment_state", "state", "created_at"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    id = recorded.subject
    match recorded.event:
        case BankPaymentReceived() as came:
            yield insert(table).values(
                id=id,
                source=came.source,
                external_id=came.external_id,
                amount_ore=came.amount_ore,
                left_ore=came.amount_ore,
                paid_on=came.paid_on,
                kid=came.kid or recall_optional(id, "kid"),
                text=recall_optional(id, "text"),
                state="unallocated",
                created_at=recorded.recorded_at,
                updated_at=recorded.recorded_at,
            )
        case BankPaymentAllocated(workspace_id=None, amount_ore=ore):
            yield _moved(recorded, -ore, invoiced_ore=table.c.invoiced_ore + ore)
        case BankPaymentAllocated(amount_ore=ore):
            yield _moved(recorded, -ore, credited_ore=table.c.credited_ore + ore)
        case BankPaymentFreed(workspace_id=None, amount_ore=ore):
            yield _moved(recorded, ore, invoiced_ore=table.c.invoiced_ore - ore)
        case BankPaymentFreed(amount_ore=ore):
            yield _moved(recorded, ore, credited_ore=table.c.credited_ore - ore)
        case BankPaymentReversed(amount_ore=ore):
            reversed_ore = table.c.reversed_ore + ore
            state = case((reversed_ore == table.c.amount_ore, "reversed"), else_="allocated")
            this = update(table).where(table.c.id == str(id))
            yield this.values(
                left_ore=table.c.left_ore - ore,
                reversed_ore=reversed_ore,
                state=state,
                updated_at=recorded.recorded_at,
            )


def _moved(recorded: Recorded, by_ore: int, **changed: Any) -> Change:
    """Return that more or less is left of it: something waits for a person, or nothing does."""
    left_ore = table.c.left_ore + by_ore
    this = update(table).where(table.c.id == str(recorded.subject))
    return this.values(
        left_ore=left_ore,
        state=case((left_ore > 0, "unallocated"), else_="allocated"),
        updated_at=recorded.recorded_at,
        **changed,
    )


projection = Projection(table=table, project=project)


def listed(
    connection: Connection, wanted: Mapping[str, Any], asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a page of rows, newest first; `wanted` names columns and what they must hold."""
    query = select(table, version_of("bank_payment", table.c.id).label("version"))
    return page(connection, table, query, wanted, asked)


def left_ore(connection: Connection) -> int:
    """Return what came, and nobody knows what for."""
    return int(connection.scalar(select(func.sum(table.c.left_ore))) or 0)
