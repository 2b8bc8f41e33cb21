"""What work costs, whether it may be invoiced and is paid for. Amounts are øre."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.asked import UNCHANGED, Asked, Command, Unchanged
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
class PricingSet:
    """Which prices a workspace has now; version 0 is the default."""

    id: UUID
    version: int
    image_project_price_version: int
    video_project_price_version: int


@value
class SetPricing(Command[PricingSet]):
    """Say what work costs a workspace from now on; for system admins.

    Net øre in whole kroner; null is the default, 0 is free. What is cleared keeps its price.
    """

    workspace_id: UUID
    image_project_price_ore: int | None | Unchanged = UNCHANGED
    video_project_price_ore: int | None | Unchanged = UNCHANGED


@value
class Pricing:
    """What a workspace pays for a project, net of VAT (øre; `_bp` is hundredths of 1 %).

    The defaults are filled in, and the rate is today's. What lacks: no price was ever set.
    """

    id: UUID
    version: int
    workspace_id: UUID
    image_project_price_ore: int
    video_project_price_ore: int
    image_project_price_version: int
    video_project_price_version: int
    currency: str
    vat_rate_bp: int
    fiken_contact_id: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@value
class GetPricing(Asked[Pricing]):
    """Return what a workspace pays, by default one's own."""

    workspace_id: UUID | None = None


@value
class PriceThen:
    """What work cost at a moment, net; what is null: the default, which nobody set."""

    price_ore: int
    price_version: int
    vat_rate_bp: int  # of that day
    currency: str
    valid_from: datetime | None
    set_by: UUID | None


@value
class PriceAt(Asked[PriceThen]):
    """Return what work on a kind of target cost a workspace, by default one's own."""

    target_kind: TargetKind
    at: datetime
    workspace_id: UUID | None = None


@value
class PaymentStatus:
    """How the payment of a target stands; what lacks is not known while it is not cleared.

    `reason` is that of the refusal, `charge_running`, or `refunded`: start it again to pay anew.
    """

    id: UUID
    version: int
    workspace_id: UUID
    target_kind: str  # image_project | video_project
    target_id: UUID
    run: int
    price_ore: int  # net
    amount_ore: int  # with VAT: what a card paid or is asked for, else at today's rate
    refunded_ore: int  # with VAT: of what a card paid, or ever paid for it, sent or on its way
    disputed: bool
    clearance: str  # cleared | payment_required
    is_paid: bool
    paid_at: datetime | None
    reason: str | None = None
    payment_method: str | None = None  # invoice | stripe | free
    price_version: int | None = None
    vat_rate_bp: int | None = None
    cleared_at: datetime | None = None
    status: str | None = None  # pending | completed | failed | refunded
    expires_at: datetime | None = None  # of the Checkout that is open


@value
class GetPaymentStatus(Asked[PaymentStatus]):
    """Return how the payment of a target stands."""

    target_kind: TargetKind
    target_id: UUID
