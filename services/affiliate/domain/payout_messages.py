"""What a payout is told to do, and what happens to it. Amounts are øre."""

from datetime import date, datetime
from uuid import UUID

from chassis.domain import UNTIMED, value


@value
class CreatePayout:
    affiliate_workspace_id: UUID
    cutoff: date
    earning_ids: tuple[UUID, ...]
    amount_ore: int  # net of VAT
    organization_number: str
    vat_registered: bool
    created_by: UUID


@value
class ApprovePayout:
    approved_by: UUID
    second_above_ore: int  # a larger one is approved by somebody who did not create it
    may_be_paid: bool  # the affiliate is neither suspended nor closed
    at: datetime = UNTIMED


@value
class ConfirmPayout:
    """The bank has sent the money."""

    reference: str
    paid_on: date  # in Oslo
    supplier_invoice_number: str | None
    at: datetime = UNTIMED


@value
class FailPayout:
    """The bank has not sent the money."""


@value
class CancelPayout:
    pass


@value
class StoreNote:
    """The settlement note was written."""

    ref: str  # blob:<key>
    sha256: str
    size: int  # bytes


@value
class PayoutCreated:
    affiliate_workspace_id: UUID
    cutoff: date
    earning_ids: tuple[UUID, ...]
    amount_ore: int
    vat_ore: int
    organization_number: str
    vat_registered: bool
    created_by: UUID


@value
class PayoutApproved:
    approved_by: UUID
    at: datetime


@value
class PayoutNoteStored:
    ref: str
    sha256: str
    size: int


@value
class PayoutConfirmed:
    reference: str
    paid_on: date
    supplier_invoice_number: str | None
    amount_ore: int  # net of VAT
    vat_ore: int
    paid_ore: int  # both


@value
class PayoutFailed:
    pass


@value
class PayoutCancelled:
    pass
