"""What a payment answers to those who want work to start, and to work that came out."""

from dataclasses import replace

from billing.domain.clearance import NO_METHOD, refusal
from billing.domain.order import FREE, INVOICE
from billing.domain.payment_events import (
    ChargeDue,
    ClearanceRefused,
    DeliveryNoted,
    TargetCleared,
)
from billing.domain.payment_messages import (
    Deliver,
    EndCheckout,
    FailCharge,
    Reconsider,
    RequestClearance,
)
from billing.domain.payment_states import Waiting

Answer = TargetCleared | ChargeDue | ClearanceRefused


def answer(command: RequestClearance) -> Answer:
    """Return whether work may start, and on what terms."""
    terms = command.terms
    if reason := refusal(terms, command.max_price_ore):
        return refused(command, reason)
    if terms.price.price_ore == 0:
        return _cleared(command, FREE, None)
    if terms.organization_number is not None:
        return _cleared(command, INVOICE, terms.organization_number)
    return ChargeDue(
        workspace_id=command.workspace_id,
        target=command.target,
        run=command.run,
        max_price_ore=command.max_price_ore,
        price=terms.price,
    )


def answer_anew(payment: Waiting, command: Reconsider | EndCheckout | FailCharge) -> Answer:
    """Return the same for what waits, but no charge: nobody is there who wanted one now."""
    asked = RequestClearance(
        workspace_id=payment.workspace_id,
        target=payment.order.target,
        run=payment.order.run,
        max_price_ore=payment.max_price_ore,
        terms=replace(command.terms, by_card=False),
        at=command.at,
    )
    return answer(asked)


def refused(command: RequestClearance, reason: str = NO_METHOD) -> ClearanceRefused:
    """Return that work may not start."""
    return ClearanceRefused(
        workspace_id=command.workspace_id,
        target=command.target,
        run=command.run,
        max_price_ore=command.max_price_ore,
        price=command.terms.price,
        reason=reason,
    )


def _cleared(
    command: RequestClearance, method: str, organization_number: str | None
) -> TargetCleared:
    return TargetCleared(
        target=command.target,
        run=command.run,
        workspace_id=command.workspace_id,
        method=method,
        price=command.terms.price,
        organization_number=organization_number,
        at=command.at,
    )


def noted(command: Deliver) -> DeliveryNoted:
    """Return what is remembered of work that came out before it was cleared."""
    return DeliveryNoted(
        workspace_id=command.workspace_id,
        target=command.target,
        title=command.title,
        completed_at=command.completed_at,
    )
