"""What an invoice earns and why it earns nothing. Amounts are øre, net of VAT."""

from datetime import timedelta

from affiliate.domain import oslo
from affiliate.domain.earning_messages import (
    Adjust,
    CorrectionMade,
    Earn,
    Earned,
    EarningAdjusted,
    EarningHoldReleased,
    EarningSkipped,
    Event,
    MakeCorrection,
    ReleaseHold,
)
from affiliate.domain.earning_states import Available, OnHold, Refused, Reversed
from chassis.money import share

CURRENCY = "NOK"


def commission(base_ore: int, percent: int) -> int:
    """Return what `percent` of `base_ore` øre earns, half up: `(base * percent + 50) // 100`."""
    return share(base_ore, percent, 100)


def nothing_earned(command: Earn) -> str | None:
    """Return why an invoice that was paid earns nothing, or None."""
    started = command.relationship_started_at
    if command.currency != CURRENCY:
        return "currency"
    if command.paid_at < started:
        return "paid_before_relationship"
    if command.issued_at < started:
        return "issued_before_relationship"
    if command.self_referral:
        return "self_referral"
    base = command.invoice_net_ore - command.credited_net_ore
    return "zero_commission" if commission(base, command.percent) <= 0 else None


def skipped(command: Earn, reason: str) -> EarningSkipped:
    """Say why nothing is earned."""
    return EarningSkipped(
        relationship_id=command.relationship_id,
        affiliate_workspace_id=command.affiliate_workspace_id,
        referred_workspace_id=command.referred_workspace_id,
        invoice_id=command.invoice_id,
        reason=reason,
    )


def earned(command: Earn) -> Earned:
    """Earn on an invoice, to be paid out some days after its payment."""
    base = command.invoice_net_ore - command.credited_net_ore
    return Earned(
        relationship_id=command.relationship_id,
        affiliate_workspace_id=command.affiliate_workspace_id,
        referred_workspace_id=command.referred_workspace_id,
        percent=command.percent,
        invoice_id=command.invoice_id,
        invoice_series=command.invoice_series,
        invoice_number=command.invoice_number,
        invoice_net_ore=command.invoice_net_ore,
        credited_net_ore=command.credited_net_ore,
        base_ore=base,
        earning_ore=commission(base, command.percent),
        hold_days=command.hold_days,
        available_on=oslo.day(command.paid_at) + timedelta(days=command.hold_days),
    )


def adjusted(earning: Available | OnHold | Reversed, command: Adjust) -> list[Event]:
    """Bring an entry that stands alone to another amount, if it is another."""
    change_ore = command.due.to_ore - earning.amount_ore
    if change_ore == 0:
        return []
    return [
        EarningAdjusted(
            change_ore=change_ore,
            amount_ore=command.due.to_ore,
            credited_net_ore=command.due.credited_net_ore,
            cause=command.cause,
        )
    ]


def let_go(earning: OnHold | Refused, command: ReleaseHold) -> EarningHoldReleased:
    """Release an entry; one that was rejected is what its invoice earns by now."""
    return EarningHoldReleased(
        change_ore=command.due.to_ore - earning.amount_ore,
        credited_net_ore=command.due.credited_net_ore,
    )


def correction(command: MakeCorrection) -> CorrectionMade:
    """Stand beside the first entry, to be netted by the next payout."""
    terms = command.terms
    return CorrectionMade(
        corrects=command.corrects,
        relationship_id=terms.relationship_id,
        affiliate_workspace_id=command.affiliate_workspace_id,
        referred_workspace_id=terms.referred_workspace_id,
        percent=terms.percent,
        invoice_id=terms.invoice_id,
        invoice_series=terms.invoice_series,
        invoice_number=terms.invoice_number,
        invoice_net_ore=terms.invoice_net_ore,
        credited_net_ore=command.credited_net_ore,
        base_ore=terms.invoice_net_ore - command.credited_net_ore,
        amount_ore=command.amount_ore,
        cause=command.cause,
        available_on=oslo.day(command.at),
    )
