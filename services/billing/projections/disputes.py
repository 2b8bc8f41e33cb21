"""`dispute`: one row for a card payment that a customer's bank took back, or asked about."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Index,
    Table,
    Text,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from billing.domain.dispute_messages import (
    DisputeClosed,
    DisputeFundsReinstated,
    DisputeFundsWithdrawn,
    DisputeOpened,
)
from billing.tables import metadata
from chassis.asked import Listing, Page
from chassis.unit.pages import page
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded, version_of

STATES = ("Inquiry", "Open", "Won", "Lost")

table = Table(
    "dispute",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("payment_id", Text, nullable=False),
    Column("target_kind", Text, nullable=False),
    Column("target_id", Text, nullable=False),
    Column("provider_id", Text, nullable=False),  # Stripe's
    Column("state", Text, nullable=False),
    Column("outcome", Text),
    Column("amount_ore", BigInteger, nullable=False),
    Column("withdrawn_ore", BigInteger, nullable=False, server_default="0"),
    Column("reinstated_ore", BigInteger, nullable=False, server_default="0"),
    Column("settled_ore", BigInteger, nullable=False, server_default="0"),  # gone for good
    Column("loss_ore", BigInteger, nullable=False, server_default="0"),  # of that, on no document
    Column("reason", Text, nullable=False),  # Stripe's word
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(f"state in {STATES}", name="dispute_state"),
    Index("dispute_payment", "payment_id"),
    Index("dispute_state_created", "state", "created_at"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; an inquiry may become a dispute, and a loss be won."""
    row, at = table.c, recorded.recorded_at
    this = update(table).where(table.c.id == str(recorded.subject)).values(updated_at=at)
    match recorded.event:
        case DisputeOpened() as event:
            yield _opened(recorded, event)
        case DisputeFundsWithdrawn(amount_ore=ore):
            yield this.values(withdrawn_ore=row.withdrawn_ore + ore)
        case DisputeFundsReinstated(amount_ore=ore):
            yield this.values(reinstated_ore=row.reinstated_ore + ore)
        case DisputeClosed() as event:
            yield this.values(
                state="Lost" if event.outcome == "lost" else "Won",
                outcome=event.outcome,
                settled_ore=row.settled_ore + event.settled_ore,
                loss_ore=row.loss_ore + event.loss_ore,
            )


def _opened(recorded: Recorded, event: DisputeOpened) -> Change:
    now = {
        "state": "Inquiry" if event.inquiry else "Open",
        "amount_ore": event.amount_ore,
        "reason": event.reason,
        "updated_at": recorded.recorded_at,
    }
    first = insert(table).values(
        id=recorded.subject,
        workspace_id=event.workspace_id,
        payment_id=event.payment_id,
        target_kind=event.target.kind,
        target_id=event.target.id,
        provider_id=event.provider_id,
        created_at=recorded.recorded_at,
        **now,
    )
    return first.on_conflict_do_update(index_elements=["id"], set_=now)


projection = Projection(table=table, project=project)


def listed(
    connection: Connection, wanted: Mapping[str, Any], asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a page of disputes, newest first; `wanted` as in `line_items`."""
    shown = [each for each in table.c if each.name != "settled_ore"]
    query = select(*shown, version_of("dispute", table.c.id).label("version"))
    return page(connection, table, query, wanted, asked)
