"""Kept of paying by card: where a Checkout is paid, and who would be its buyer.

A buyer is kept under the payment's id before anything is taken, and copied to the sales document
when it is issued: a delivery asks nobody.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Delete,
    Row,
    Table,
    Text,
    Update,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from billing.kept import buyer
from billing.tables import metadata
from chassis.personal import PRIVATE

checkout = Table(  # of a payment the last one
    "checkout",
    metadata,
    Column("payment_id", Text, primary_key=True),
    Column("attempt", BigInteger, nullable=False),
    Column("url", Text, nullable=False, info=PRIVATE),  # whoever has it may pay
    Column("expires_at", DateTime(timezone=True), nullable=False),
)


def keep_checkout(payment_id: UUID, attempt: int, url: str, expires_at: datetime) -> Insert:
    """Return the statement that keeps where a payment is paid, in place of an earlier place."""
    now = {"attempt": attempt, "url": url, "expires_at": expires_at}
    kept = insert(checkout).values(payment_id=str(payment_id), **now)
    return kept.on_conflict_do_update(index_elements=["payment_id"], set_=now)


def checkout_of(connection: Connection, payment_id: UUID) -> Row[Any] | None:
    """Return where a payment is paid; None: no Checkout of it was ever open, or it is long gone."""
    query = select(checkout).where(checkout.c.payment_id == str(payment_id))
    return connection.execute(query).one_or_none()


def keep_payer(payment_id: UUID, named: Mapping[str, Any], at: datetime) -> Insert:
    """Return the statement that keeps who is about to pay, `named` by column; the last one stays.

    It is let go of 90 days later, unless its money comes.
    """
    now = {**named, "unpaid_since": at}
    kept = insert(buyer).values(document_id=str(payment_id), **now)
    return kept.on_conflict_do_update(index_elements=["document_id"], set_=now)


def payer_has_paid(payment_id: UUID) -> Update:
    """Return the statement that keeps who has paid until a document names them."""
    return update(buyer).where(buyer.c.document_id == str(payment_id)).values(unpaid_since=None)


def forget_payer(payment_id: UUID) -> Delete:
    """Return the statement that lets go of who paid: they are on a document, or got it back."""
    return delete(buyer).where(buyer.c.document_id == str(payment_id))
