"""What a payout can be, and what keeps an affiliate from being paid now."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from affiliate.domain.customer_states import Customer
from affiliate.domain.payout_messages import PayoutConfirmed, PayoutNoteStored
from chassis.domain import value


@value
class Contents:
    """What was approved is what is paid: fixed at the creation. Amounts are øre."""

    earning_ids: tuple[UUID, ...]
    amount_ore: int  # net of VAT
    vat_ore: int
    vat_registered: bool
    created_by: UUID


@value
class Created:
    workspace_id: UUID  # the affiliate's
    contents: Contents


@value
class Approved:
    workspace_id: UUID
    contents: Contents
    approved_at: datetime
    note: PayoutNoteStored | None = None


@value
class Confirmed:
    workspace_id: UUID
    contents: Contents
    transfer: PayoutConfirmed
    note: PayoutNoteStored | None = None


@value
class Failed:
    workspace_id: UUID
    contents: Contents


@value
class Cancelled:
    workspace_id: UUID
    contents: Contents


Payout = Created | Approved | Confirmed | Failed | Cancelled


def obstacle(amounts: Collection[int], affiliate: Customer | None, minimum_ore: int) -> str | None:
    """Return why an affiliate's available entries (øre) are not paid out now, or None."""
    if affiliate is not None and not affiliate.may_be_paid:
        return "affiliate_suspended"
    if not amounts:
        return "nothing_available"
    if sum(amounts) <= 0:
        return "negative_balance"
    if sum(amounts) < minimum_ore:
        return "below_minimum"
    details = affiliate.payout_details if affiliate else None
    return None if details and details.organization_number else "no_details"
