"""`stripe_customer`: the customer that a workspace is at Stripe, once it began to pay by card."""

from collections.abc import Iterable

from sqlalchemy import Column, DateTime, Index, Table, Text, insert

from billing.domain.wallet_messages import StripeCustomerMade
from billing.tables import metadata
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "stripe_customer",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("stripe_customer_id", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("stripe_customer_workspace", "workspace_id", unique=True),
    Index("stripe_customer_stripe_id", "stripe_customer_id", unique=True),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row, once a workspace."""
    match recorded.event:
        case StripeCustomerMade() as made:
            at = recorded.recorded_at
            yield insert(table).values(
                id=recorded.subject,
                workspace_id=made.workspace_id,
                stripe_customer_id=made.stripe_customer_id,
                created_at=at,
                updated_at=at,
            )


projection = Projection(table=table, project=project)
