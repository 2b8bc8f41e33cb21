"""What happened to an invoice: its stream, as people are told of it."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Connection, DateTime, Text, text

from chassis.unit.store import stream_name

_HISTORY = text(
    "select recorded_at as at, type, meta->>'actor' as actor,"
    " coalesce(data->>'amount_ore', data->>'gross_ore')::bigint as amount_ore"
    " from events where stream_id = :name order by version"
).columns(
    Column("at", DateTime(timezone=True)),
    Column("type", Text),
    Column("actor", Text),
    Column("amount_ore", BigInteger),
)


def of_invoice(connection: Connection, invoice_id: UUID) -> list[dict[str, Any]]:
    """Return what happened to an invoice, in its order; amounts with VAT, where it has any."""
    named = {"name": stream_name("invoice", invoice_id)}
    return [dict(each) for each in connection.execute(_HISTORY, named).mappings()]
