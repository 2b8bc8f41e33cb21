"""Kept tables: no event holds what is in them, and no rebuild brings it back."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Table,
    Text,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert

from billing.tables import metadata
from chassis.personal import PRIVATE

buyer = Table(  # as the sales document names them, whatever the workspace is called later
    "buyer",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("legal_name", Text, nullable=False, info=PRIVATE),
    Column("organization_number", Text, nullable=False, info=PRIVATE),
    Column("billing_address", JSONB(none_as_null=True), info=PRIVATE),
    Column("invoice_email", Text, info=PRIVATE),
    Column("invoice_reference", Text, info=PRIVATE),
    Column("retention_until", Date, nullable=False),
)

stripe_event = Table(  # what Stripe has told, reduced: the payload is not kept
    "stripe_event",
    metadata,
    Column("id", Text, primary_key=True),  # evt_…
    Column("type", Text, nullable=False),
    Column("livemode", Boolean, nullable=False),
    Column("object_id", Text),
    Column("created", BigInteger, nullable=False),  # seconds since 1970, by Stripe's clock
    Column("received_at", DateTime(timezone=True), nullable=False),
)


def keep_buyer(document_id: UUID, **named: Any) -> Insert:
    """Return the statement that keeps a document's buyer, `named` by column; the first one stays.

    Where a rival was faster its row stands, and this unit's append fails and is tried again.
    """
    return insert(buyer).values(document_id=document_id, **named).on_conflict_do_nothing()


def buyer_of(connection: Connection, document_id: UUID) -> dict[str, Any]:
    """Return who a sales document names as its buyer."""
    query = select(buyer).where(buyer.c.document_id == str(document_id))
    return dict(connection.execute(query).mappings().one())
