"""`project_payment`: one row a target that was cleared, of either kind.

Ids are their callers' choice, so a film may bear a project's id. The row is then the first one's;
the second has its payment, line and invoice all the same, and stops nobody.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Update,
    false,
    func,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from billing.domain.line_item_messages import LineItemCreated
from billing.domain.order import FREE
from billing.domain.payment_messages import (
    ClearanceRepeated,
    TargetCleared,
    TargetSettled,
    TargetUnsettled,
)
from billing.tables import metadata
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "project_payment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, nullable=False),  # the target's id, of either kind
    Column("workspace_id", Text, nullable=False),
    Column("payment_method", Text, nullable=False),
    Column("stripe_checkout_session_id", Text),
    Column("stripe_payment_intent_id", Text),
    Column("invoice_line_item_id", Text),
    Column("amount_cents", BigInteger, nullable=False),  # net, in minor units of `currency`
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("paid_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # beyond the seed
    Column("target_kind", Text, nullable=False),
    Column("cleared_at", DateTime(timezone=True)),
    Column("refunded_ore", BigInteger, nullable=False, server_default="0"),  # VAT included
    Column("disputed", Boolean, nullable=False, server_default=false()),
    CheckConstraint(
        "payment_method in ('stripe', 'invoice', 'free')", name="project_payment_payment_method"
    ),
    CheckConstraint("currency in ('usd', 'nok')", name="project_payment_currency"),
    CheckConstraint(
        "status in ('pending', 'completed', 'failed', 'refunded')", name="project_payment_status"
    ),
    CheckConstraint(
        "target_kind in ('image_project', 'video_project')", name="project_payment_target_kind"
    ),
    # a constraint of the table, so that a rebuild has it while it loads, as the insert needs it
    UniqueConstraint("project_id", name="project_payment_project"),
    Index("project_payment_workspace", "workspace_id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; its line item's own stream says which line that is."""
    match recorded.event:
        case TargetCleared() as event:
            cleared = insert(table).values(id=recorded.subject, **_cleared(event, recorded))
            yield cleared.on_conflict_do_nothing(index_elements=["project_id"])
        case ClearanceRepeated():
            yield _updated(recorded.subject, recorded)
        case TargetSettled():
            paid_at = recorded.recorded_at
            yield _updated(recorded.subject, recorded).values(status="completed", paid_at=paid_at)
        case TargetUnsettled():
            yield _updated(recorded.subject, recorded).values(status="pending", paid_at=None)
        case LineItemCreated(payment_id=payment_id):
            yield _updated(payment_id, recorded).values(invoice_line_item_id=recorded.subject)


def _cleared(event: TargetCleared, recorded: Recorded) -> dict[str, Any]:
    is_free = event.method == FREE
    return {
        "project_id": event.target.id,
        "workspace_id": event.workspace_id,
        "payment_method": event.method,
        "amount_cents": event.price.price_ore,
        "currency": "nok",
        "status": "completed" if is_free else "pending",
        "paid_at": event.at if is_free else None,
        "target_kind": event.target.kind,
        "cleared_at": event.at,
        "created_at": recorded.recorded_at,
        "updated_at": recorded.recorded_at,
    }


def _updated(payment_id: UUID, recorded: Recorded) -> Update:
    """Return the change of a payment's row; of two streams, the later one says when it was."""
    updated_at = func.greatest(table.c.updated_at, recorded.recorded_at)
    return update(table).where(table.c.id == str(payment_id)).values(updated_at=updated_at)


projection = Projection(table=table, project=project)
