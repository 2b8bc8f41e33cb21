"""Ids that are derived: a repeat names the same thing."""

from uuid import UUID

from chassis import ids


def entry_id(relationship_id: UUID, invoice_id: UUID) -> UUID:
    """Return the id of what an invoice brings first: there is one of it."""
    return ids.derive(relationship_id, invoice_id)


def correction_id(first: UUID, k: int) -> UUID:
    """Return the id of the k-th correction that stands beside a first entry, from 1."""
    return ids.derive(first, "correction", k)


def statement_id(affiliate_id: UUID, month: str) -> UUID:
    """Return the id of an affiliate's statement of a month such as 2026-03: there is one of it."""
    return ids.derive(affiliate_id, "statement", month)
