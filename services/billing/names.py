"""The names of billing's streams: each is derived, so that a repeat names the same thing."""

from uuid import UUID

from chassis import ids

SERIES = "sales"  # one number series: invoices, card sales documents, credit notes


def payment_id(target_kind: str, target_id: UUID) -> UUID:
    """Return the payment of a target; kinds are apart, as a film may be given a project's id."""
    return ids.derive(target_id, "payment", target_kind)


def line_item_id(payment_id: UUID, k: int = 1) -> UUID:
    """Return the k-th line item of a payment."""
    return ids.derive(payment_id, "line_item", k)


def series_id(series: str) -> UUID:
    """Return the number series of that name."""
    return ids.derive(ids.ROOT, "billing", "number_series", series)


def bank_payment_id(source: str, external_id: str) -> UUID:
    """Return a transfer, by the one form of its name (`bank_payment.same_name`)."""
    return ids.derive(ids.ROOT, "billing", "bank_payment", source, external_id)


def run_id(month: str) -> UUID:
    """Return the run of that month ('2026-11'): there is one."""
    return ids.derive(ids.ROOT, "billing", "invoicing_run", month)


def receipt_id(payment_id: UUID, attempt: int) -> UUID:
    """Return the sales document of what a card paid: one an attempt that was paid and delivered."""
    return ids.derive(payment_id, "receipt", attempt)


def advance_refund_id(payment_id: UUID, attempt: int) -> UUID:
    """Return the refund by which the advance of that attempt goes back."""
    return ids.derive(payment_id, "refund", attempt)


def held_refund_id(payment_id: UUID, payment_intent_id: str) -> UUID:
    """Return the refund by which money goes back that nothing is sold for."""
    return ids.derive(payment_id, "held", payment_intent_id)


def dashboard_refund_id(provider_id: str) -> UUID:
    """Return the refund that somebody made at Stripe, by Stripe's id of it."""
    return ids.derive(ids.ROOT, "billing", "refund", provider_id)


def dispute_id(provider_id: str) -> UUID:
    """Return a dispute, by Stripe's id of it."""
    return ids.derive(ids.ROOT, "billing", "dispute", provider_id)


def intent_name(payment_intent_id: str) -> UUID:
    """Return the subject of jobs about a payment at Stripe, by Stripe's id of it."""
    return ids.derive(ids.ROOT, "billing", "intent", payment_intent_id)
