"""An entry: what one paid invoice brings one affiliate, or a correction of that.

held until its day ── available ── reserved for a payout ── paid out; a payout that fails or is
cancelled gives it back. On hold it may be rejected. What is credited reduces it, to 0: reversed.
The first entry's id is (relationship, invoice). Nothing earned is a decision too: skipped.
"""

from dataclasses import replace

from affiliate.domain.earning_messages import (
    Adjust,
    Command,
    CorrectionMade,
    Earn,
    Earned,
    EarningAdjusted,
    EarningHeld,
    EarningHoldReleased,
    EarningPaidOut,
    EarningRejected,
    EarningReleased,
    EarningReserved,
    EarningSkipped,
    Event,
    Hold,
    MakeCorrection,
    PayOut,
    Reject,
    Release,
    ReleaseHold,
    Reserve,
)
from affiliate.domain.earning_rules import (
    adjusted,
    correction,
    earned,
    let_go,
    nothing_earned,
    skipped,
)
from affiliate.domain.earning_states import (
    Available,
    Earning,
    Entry,
    OnHold,
    PaidOut,
    Refused,
    Reserved,
    Reversed,
    Skipped,
    is_correction,
    terms_of,
)
from chassis.domain import Decider
from chassis.errors import Rejected


def decide(earning: Earning | None, command: Command) -> list[Event]:
    match earning, command:
        case None, Earn() if reason := nothing_earned(command):
            return [skipped(command, reason)]
        case None, Earn():
            return [earned(command)]
        case None, MakeCorrection():
            return [correction(command)]
        case _, Earn() | MakeCorrection():
            return []
        case Available() | OnHold() | Reversed(), Adjust():
            return adjusted(earning, command)
        case Refused() | Skipped(), Adjust():
            return []
        case Skipped(), Hold() | ReleaseHold():
            raise Rejected("affiliate.nothing_earned", "it was skipped")
        case _, Hold() | Reject() if is_correction(earning):
            raise Rejected("affiliate.is_correction", "it goes with what it corrects")
        case Available(), Hold():
            return [EarningHeld(why="by_hand")]
        case Available(), Reject():
            raise Rejected("affiliate.hold_first", "only what is on hold is rejected")
        case OnHold(), Reject() if command.due.is_corrected:
            raise Rejected("affiliate.earning_corrected", "a correction stands beside it")
        case OnHold(), Reject():
            return [EarningRejected(change_ore=-earning.amount_ore)]
        case OnHold() | Refused(), ReleaseHold():
            return [let_go(earning, command)]
        case Reserved(), Hold() | Reject():
            raise Rejected("affiliate.earning_reserved", "it is in a payout")
        case PaidOut(), Hold() | Reject():
            raise Rejected("affiliate.earning_paid_out", "the money has been sent")
        case Reversed(), Hold():
            raise Rejected("affiliate.earning_reversed", "nothing is left of it")
        case Refused(), Hold():
            raise Rejected("affiliate.earning_rejected", "release it first")
        case _, Hold() | ReleaseHold() | Reject() if earning is not None:
            return []
        case Available(), Reserve() if earning.terms.available_on > command.cutoff:
            raise Rejected("affiliate.earning_not_available", "its day has not come")
        case Available(), Reserve() if command.self_referral and earning.amount_ore > 0:
            return [EarningHeld(why="self_referral")]
        case Available(), Reserve():
            return [EarningReserved(payout_id=command.payout_id)]
        case OnHold(), Reserve():
            raise Rejected("affiliate.earning_on_hold", "it is not paid out for now")
        case Reserved(), Reserve() if earning.payout_id == command.payout_id:
            return []
        case Reserved() | PaidOut() | Reversed() | Refused() | Skipped(), Reserve():
            raise Rejected("affiliate.earning_not_available", "not to be paid out now")
        case Reserved(), Release() if earning.payout_id == command.payout_id:
            return [EarningReleased(payout_id=command.payout_id)]
        case Reserved(), PayOut() if earning.payout_id == command.payout_id:
            return [EarningPaidOut(payout_id=command.payout_id, reference=command.reference)]
        case _, Reserve() | Release() | PayOut():
            return []
        case _:
            raise AssertionError(f"{command} cannot be asked of {earning}")


def evolve(earning: Earning | None, event: Event) -> Earning:
    match earning, event:
        case None, EarningSkipped(affiliate_workspace_id=workspace_id):
            return Skipped(
                workspace_id=workspace_id, invoice_id=event.invoice_id, reason=event.reason
            )
        case None, Earned(affiliate_workspace_id=id, earning_ore=amount_ore):
            return Available(workspace_id=id, terms=terms_of(event), amount_ore=amount_ore)
        case None, CorrectionMade(affiliate_workspace_id=id, amount_ore=amount_ore):
            return Available(workspace_id=id, terms=terms_of(event), amount_ore=amount_ore)
        case OnHold(), EarningAdjusted(amount_ore=amount_ore) if amount_ore:
            return replace(earning, amount_ore=amount_ore)
        case Available() | OnHold() | Reversed(), EarningAdjusted(amount_ore=amount_ore):
            return _open(earning, amount_ore)
        case Available(workspace_id=id, terms=terms, amount_ore=amount_ore), EarningHeld():
            return OnHold(workspace_id=id, terms=terms, amount_ore=amount_ore, why=event.why)
        case OnHold() | Refused(), EarningHoldReleased():
            return _open(earning, earning.amount_ore + event.change_ore)
        case OnHold(), EarningRejected():
            return Refused(workspace_id=earning.workspace_id, terms=earning.terms)
        case Available(workspace_id=id, terms=terms, amount_ore=ore), EarningReserved():
            payout_id = event.payout_id
            return Reserved(workspace_id=id, terms=terms, amount_ore=ore, payout_id=payout_id)
        case Reserved(), EarningReleased():
            return _open(earning, earning.amount_ore)
        case Reserved(workspace_id=id, terms=terms, amount_ore=ore), EarningPaidOut():
            payout_id = event.payout_id
            return PaidOut(workspace_id=id, terms=terms, amount_ore=ore, payout_id=payout_id)
        case _:
            raise AssertionError(f"{event} cannot follow {earning}")


def _open(entry: Entry, amount_ore: int) -> Available | Reversed:
    if amount_ore == 0:
        return Reversed(workspace_id=entry.workspace_id, terms=entry.terms)
    return Available(workspace_id=entry.workspace_id, terms=entry.terms, amount_ore=amount_ore)


decider = Decider(
    name="earning",
    decide=decide,
    evolve=evolve,
    events=(
        Earned,
        EarningSkipped,
        EarningAdjusted,
        CorrectionMade,
        EarningHeld,
        EarningHoldReleased,
        EarningRejected,
        EarningReserved,
        EarningReleased,
        EarningPaidOut,
    ),
    creates=(Earn, MakeCorrection),
)
