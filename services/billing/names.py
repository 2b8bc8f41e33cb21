"""The names of billing's streams: each is derived, so that a repeat names the same thing."""

from uuid import UUID

from chassis import ids

SERIES = "invoice"  # the number series of invoices


def payment_id(target_kind: str, target_id: UUID) -> UUID:
    """Return the payment of a target; kinds are apart, as a film may be given a project's id."""
    return ids.derive(target_id, "payment", target_kind)


def line_item_id(payment_id: UUID, k: int = 1) -> UUID:
    """Return the k-th line item of a payment."""
    return ids.derive(payment_id, "line_item", k)


def series_id(series: str) -> UUID:
    """Return the number series of that name."""
    return ids.derive(ids.ROOT, "billing", "number_series", series)
