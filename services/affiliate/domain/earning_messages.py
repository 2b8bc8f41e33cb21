"""What an entry is told to do, and what happens to it. Amounts are øre, net of VAT."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.domain import UNTIMED, value

Cause = Literal["credited", "reversed", "settled_again"]
Why = Literal["by_hand", "self_referral"]


@value
class Earn:
    """An invoice of the referred workspace was paid for the first time."""

    relationship_id: UUID
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    relationship_started_at: datetime
    percent: int
    self_referral: bool  # both are the same by now
    invoice_id: UUID
    invoice_series: str
    invoice_number: int
    currency: str
    invoice_net_ore: int
    credited_net_ore: int
    issued_at: datetime
    paid_at: datetime
    hold_days: int


@value
class Terms:
    """What never changes of an entry: what it was made for."""

    relationship_id: UUID
    referred_workspace_id: UUID
    percent: int
    invoice_id: UUID
    invoice_series: str
    invoice_number: int
    invoice_net_ore: int
    available_on: date  # in Oslo
    corrects: UUID | None  # the first entry of the invoice


@value
class Due:
    """What its invoice says of an entry."""

    to_ore: int  # what it comes to, the others being what they are
    credited_net_ore: int
    is_corrected: bool  # a correction stands beside it


@value
class Adjust:
    """The invoice earns another amount by now; asked of an entry that stands alone."""

    cause: Cause
    due: Due


@value
class MakeCorrection:
    """Stand beside an entry that is not touched any more, of those terms."""

    corrects: UUID
    affiliate_workspace_id: UUID
    terms: Terms
    credited_net_ore: int
    amount_ore: int
    cause: Cause
    at: datetime = UNTIMED


@value
class Hold:
    """It is not paid out until it is released."""


@value
class ReleaseHold:
    """It may be paid out again, even if it was rejected."""

    due: Due


@value
class Reject:
    """What is on hold is not earned after all."""

    due: Due


@value
class Reserve:
    payout_id: UUID
    cutoff: date  # in Oslo, inclusive
    self_referral: bool  # affiliate and referred workspace are the same by now


@value
class Release:
    """The payout will not happen."""

    payout_id: UUID


@value
class PayOut:
    payout_id: UUID
    reference: str


@value
class Earned:
    relationship_id: UUID
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    percent: int
    invoice_id: UUID
    invoice_series: str
    invoice_number: int
    invoice_net_ore: int
    credited_net_ore: int
    base_ore: int
    earning_ore: int
    hold_days: int
    available_on: date


@value
class EarningSkipped:
    """An invoice was paid and nothing was earned.

    `reason`: currency | paid_before_relationship | issued_before_relationship | self_referral |
    zero_commission
    """

    relationship_id: UUID
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    invoice_id: UUID
    reason: str


@value
class EarningAdjusted:
    change_ore: int
    amount_ore: int  # by now
    credited_net_ore: int
    cause: Cause


@value
class CorrectionMade:
    corrects: UUID
    relationship_id: UUID
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    percent: int
    invoice_id: UUID
    invoice_series: str
    invoice_number: int
    invoice_net_ore: int
    credited_net_ore: int
    base_ore: int  # what is left of the invoice
    amount_ore: int  # negative: too much was earned
    cause: Cause
    available_on: date


@value
class EarningHeld:
    why: Why


@value
class EarningHoldReleased:
    change_ore: int  # not 0 where it had been rejected
    credited_net_ore: int  # of its invoice by now


@value
class EarningRejected:
    change_ore: int


@value
class EarningReserved:
    payout_id: UUID


@value
class EarningReleased:
    payout_id: UUID


@value
class EarningPaidOut:
    payout_id: UUID
    reference: str


Command = Earn | Adjust | MakeCorrection | Hold | ReleaseHold | Reject | Reserve | Release | PayOut
Event = (
    Earned
    | EarningSkipped
    | EarningAdjusted
    | CorrectionMade
    | EarningHeld
    | EarningHoldReleased
    | EarningRejected
    | EarningReserved
    | EarningReleased
    | EarningPaidOut
)
