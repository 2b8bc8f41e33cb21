"""What an entry can be. Amounts are øre, net of VAT; a correction's may be negative."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from affiliate.domain.earning_messages import CorrectionMade, Earned, Terms, Why
from chassis.domain import value


@value
class Available:
    """Held until its day has come, by the calendar and without an event."""

    workspace_id: UUID  # the affiliate's
    terms: Terms
    amount_ore: int


@value
class OnHold:
    workspace_id: UUID
    terms: Terms
    amount_ore: int
    why: Why


@value
class Reserved:
    workspace_id: UUID
    terms: Terms
    amount_ore: int
    payout_id: UUID


@value
class PaidOut:
    workspace_id: UUID
    terms: Terms
    amount_ore: int
    payout_id: UUID


@value
class Reversed:
    """Nothing is left of it, for now."""

    workspace_id: UUID
    terms: Terms
    amount_ore: int = 0


@value
class Refused:
    """Rejected: it counts for nothing until it is released."""

    workspace_id: UUID
    terms: Terms
    amount_ore: int = 0


@value
class Skipped:
    """Nothing was earned."""

    workspace_id: UUID
    invoice_id: UUID
    reason: str
    amount_ore: int = 0


Entry = Available | OnHold | Reserved | PaidOut | Reversed | Refused
Earning = Entry | Skipped


def terms_of(event: Earned | CorrectionMade) -> Terms:
    """Return what an entry was made for."""
    return Terms(
        relationship_id=event.relationship_id,
        referred_workspace_id=event.referred_workspace_id,
        percent=event.percent,
        invoice_id=event.invoice_id,
        invoice_series=event.invoice_series,
        invoice_number=event.invoice_number,
        invoice_net_ore=event.invoice_net_ore,
        available_on=event.available_on,
        corrects=event.corrects if isinstance(event, CorrectionMade) else None,
    )


def invoice_of(earning: Earning) -> UUID:
    """Return the invoice that an entry was made for, or for which nothing was earned."""
    return earning.invoice_id if isinstance(earning, Skipped) else earning.terms.invoice_id


def is_correction(earning: Earning | None) -> bool:
    """Return whether it stands beside another entry of its invoice."""
    return not isinstance(earning, Skipped | None) and earning.terms.corrects is not None


def is_untouchable(earning: Earning) -> bool:
    """Return whether it is in a payout: what was approved is what is paid."""
    return isinstance(earning, Reserved | PaidOut)


def word(earning: Earning, today: date) -> str:
    """Return what an entry is called on a day in Oslo."""
    if isinstance(earning, Available):
        return "held" if earning.terms.available_on > today else "available"
    return _WORDS[type(earning)]


_WORDS: Mapping[type[Earning], str] = {
    OnHold: "on_hold",
    Reserved: "reserved",
    PaidOut: "paid_out",
    Reversed: "reversed",
    Refused: "rejected",
    Skipped: "skipped",
}
