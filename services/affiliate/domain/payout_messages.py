"""What a payout is told to do, and what happens to it. Amounts are øre."""

from datetime import date
from uuid import UUID

from chassis.domain import value


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


@value
class ConfirmPayout:
    """The bank has sent the money."""

    reference: str
    paid_on: date
    supplier_invoice_number: str | None


@value
class FailPayout:
    """The bank has not sent the money."""


@value
class CancelPayout:
    pass


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


@value
class PayoutConfirmed:
    reference: str
    paid_on: date
    supplier_invoice_number: str | None
    paid_ore: int  # with VAT, if the affiliate is registered for it


@value
class PayoutFailed:
    pass


@value
class PayoutCancelled:
    pass
