"""What a payment answers to those who want work to start, and to work that came out."""

from billing.domain.clearance import refusal
from billing.domain.order import FREE, INVOICE
from billing.domain.payment_messages import (
    ClearanceRefused,
    Deliver,
    DeliveryNoted,
    RequestClearance,
    TargetCleared,
)


def answer(command: RequestClearance) -> TargetCleared | ClearanceRefused:
    """Return whether work may start, and on what terms."""
    reason = refusal(command.terms, command.max_price_ore)
    return _cleared(command) if reason is None else _refused(command, reason)


def _cleared(command: RequestClearance) -> TargetCleared:
    terms = command.terms
    is_free = terms.price.price_ore == 0
    return TargetCleared(
        target=command.target,
        run=command.run,
        workspace_id=command.workspace_id,
        method=FREE if is_free else INVOICE,
        price=terms.price,
        organization_number=None if is_free else terms.organization_number,
        at=command.at,
    )


def _refused(command: RequestClearance, reason: str) -> ClearanceRefused:
    return ClearanceRefused(
        workspace_id=command.workspace_id,
        target=command.target,
        run=command.run,
        max_price_ore=command.max_price_ore,
        price=command.terms.price,
        reason=reason,
    )


def noted(command: Deliver) -> DeliveryNoted:
    """Return what is remembered of work that came out before it was cleared."""
    return DeliveryNoted(
        workspace_id=command.workspace_id,
        target=command.target,
        title=command.title,
        completed_at=command.completed_at,
    )
