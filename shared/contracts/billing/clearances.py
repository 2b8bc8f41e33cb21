"""What callers may ask before work starts: may this be invoiced, what costs it, is it paid."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Asked
from chassis.domain import value

TargetKind = Literal["image_project", "video_project"]


@value
class Eligibility:
    """Whether the caller's workspace may pay by invoice, and if not why."""

    eligible: bool
    reason: str | None = None


@value
class CanUseInvoiceBilling(Asked[Eligibility]):
    """Return whether one's own workspace may pay by invoice."""


@value
class Pricing:
    """What a workspace pays for a project, net of VAT (øre; `_bp` is hundredths of 1 %)."""

    workspace_id: UUID
    image_project_price_ore: int
    video_project_price_ore: int
    currency: str
    vat_rate_bp: int
    price_version: int
    version: int


@value
class GetPricing(Asked[Pricing]):
    """Return what a workspace pays, by default one's own."""

    workspace_id: UUID | None = None


@value
class PaymentStatus:
    """How the payment of a target stands; what lacks is not known while it is not cleared."""

    id: UUID
    version: int
    workspace_id: UUID
    target_kind: str  # image_project | video_project
    target_id: UUID
    run: int
    price_ore: int
    clearance: str  # cleared | payment_required
    is_paid: bool
    paid_at: datetime | None
    reason: str | None = None
    payment_method: str | None = None  # invoice | stripe | free
    price_version: int | None = None
    vat_rate_bp: int | None = None
    cleared_at: datetime | None = None
    status: str | None = None  # pending | completed


@value
class GetPaymentStatus(Asked[PaymentStatus]):
    """Return how the payment of a target stands."""

    target_kind: TargetKind
    target_id: UUID
