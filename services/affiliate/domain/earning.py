"""An earning: what one paid invoice brings one affiliate. Its id is (relationship, invoice).

available ── reserved for a payout ── paid out; a payout that fails or is cancelled gives it back.
Nothing earned is a decision too: skipped, with its reason.
"""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from affiliate.domain.earning_messages import (
    Earn,
    Earned,
    EarningPaidOut,
    EarningReleased,
    EarningReserved,
    EarningSkipped,
    PayOut,
    Release,
    Reserve,
)
from chassis.domain import Decider, value
from chassis.errors import Rejected
from chassis.money import share

CURRENCY = "NOK"
OSLO = ZoneInfo("Europe/Oslo")


@value
class Available:
    workspace_id: UUID  # the affiliate's
    amount_ore: int
    available_on: date


@value
class Reserved:
    workspace_id: UUID
    amount_ore: int
    available_on: date
    payout_id: UUID


@value
class PaidOut:
    workspace_id: UUID
    payout_id: UUID


@value
class Skipped:
    workspace_id: UUID


Earning = Available | Reserved | PaidOut | Skipped
Command = Earn | Reserve | Release | PayOut
Event = Earned | EarningSkipped | EarningReserved | EarningReleased | EarningPaidOut


def decide(earning: Earning | None, command: Command) -> list[Event]:
    match earning, command:
        case None, Earn() if command.currency != CURRENCY:
            return [_skipped(command, "currency")]
        case None, Earn() if command.recorded_at < command.relationship_started_at:
            return [_skipped(command, "paid_before_relationship")]
        case None, Earn() if command.issue_date < oslo_date(command.relationship_started_at):
            return [_skipped(command, "issued_before_relationship")]
        case None, Earn() if commission(command.base_ore, command.percent) <= 0:
            return [_skipped(command, "zero_commission")]
        case None, Earn():
            return [_earned(command)]
        case _, Earn():
            return []
        case Available(), Reserve() if earning.available_on <= command.cutoff:
            return [EarningReserved(payout_id=command.payout_id)]
        case Reserved(), Reserve() if earning.payout_id == command.payout_id:
            return []
        case _, Reserve():
            raise Rejected("affiliate.earning_not_available", "not to be paid out now")
        case Reserved(), Release() if earning.payout_id == command.payout_id:
            return [EarningReleased(payout_id=command.payout_id)]
        case _, Release():
            return []
        case Reserved(), PayOut() if earning.payout_id == command.payout_id:
            return [EarningPaidOut(payout_id=command.payout_id, reference=command.reference)]
        case PaidOut(), PayOut() if earning.payout_id == command.payout_id:
            return []
        case _:
            raise Rejected("affiliate.earning_not_reserved", "it is not in this payout")


def commission(base_ore: int, percent: int) -> int:
    """Return what `percent` of `base_ore` øre earns, half up: `(base * percent + 50) // 100`."""
    return share(base_ore, percent, 100)


def oslo_date(at: datetime) -> date:
    """Return the day that a moment falls on in Oslo."""
    return at.astimezone(OSLO).date()


def _skipped(command: Earn, reason: str) -> EarningSkipped:
    return EarningSkipped(
        relationship_id=command.relationship_id,
        affiliate_workspace_id=command.affiliate_workspace_id,
        referred_workspace_id=command.referred_workspace_id,
        invoice_id=command.invoice_id,
        reason=reason,
    )


def _earned(command: Earn) -> Earned:
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
        base_ore=command.base_ore,
        earning_ore=commission(command.base_ore, command.percent),
        hold_days=command.hold_days,
        available_on=oslo_date(command.paid_at) + timedelta(days=command.hold_days),
    )


def evolve(earning: Earning | None, event: Event) -> Earning:
    match earning, event:
        case None, EarningSkipped():
            return Skipped(workspace_id=event.affiliate_workspace_id)
        case None, Earned():
            return Available(
                workspace_id=event.affiliate_workspace_id,
                amount_ore=event.earning_ore,
                available_on=event.available_on,
            )
        case Available(), EarningReserved():
            return Reserved(
                workspace_id=earning.workspace_id,
                amount_ore=earning.amount_ore,
                available_on=earning.available_on,
                payout_id=event.payout_id,
            )
        case Reserved(), EarningReleased():
            return Available(
                workspace_id=earning.workspace_id,
                amount_ore=earning.amount_ore,
                available_on=earning.available_on,
            )
        case Reserved(), EarningPaidOut():
            return PaidOut(workspace_id=earning.workspace_id, payout_id=event.payout_id)
        case _:
            raise AssertionError(f"{event} cannot follow {earning}")


decider = Decider(
    name="earning",
    decide=decide,
    evolve=evolve,
    events=(Earned, EarningSkipped, EarningReserved, EarningReleased, EarningPaidOut),
    creates=(Earn,),
)
