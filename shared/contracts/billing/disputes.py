"""Card payments that customers' banks took back, or asked about. Amounts are øre."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Asked, Listing
from chassis.domain import value


@value
class Dispute:
    """A dispute as it stands."""

    id: UUID
    workspace_id: UUID
    payment_id: UUID
    target_kind: str
    target_id: UUID
    provider_id: str  # Stripe's id of it
    state: str  # Inquiry | Open | Won | Lost
    outcome: str | None  # won | lost | prevented | warning_closed
    amount_ore: int
    withdrawn_ore: int
    reinstated_ore: int
    loss_ore: int  # of what was lost, that is on no document any more
    reason: str  # Stripe's word
    created_at: datetime
    updated_at: datetime
    version: int


@value
class ListDisputes(Listing[Dispute]):
    """Return a page of disputes; for system admins."""

    state: Literal["Inquiry", "Open", "Won", "Lost"] | None = None


@value
class Difference:
    """What differs: whose, by the vendor's id of it, and how."""

    what: str  # payment | refund | dispute
    provider_id: str
    id: UUID | None  # ours
    ours: str | None
    theirs: str | None


@value
class Reconciliation:
    """Ours against the vendor's; nothing is mended."""

    matched: int
    missing_here: tuple[Difference, ...]
    missing_there: tuple[Difference, ...]
    different: tuple[Difference, ...]


@value
class Reconcile(Asked[Reconciliation]):
    """Compare what was captured, refunded and disputed on these days; for system admins."""

    against: Literal["stripe"]
    date_from: date
    date_to: date
