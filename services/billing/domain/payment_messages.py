"""What a payment is told to do, and what happens to it. Amounts are øre."""

from datetime import datetime
from uuid import UUID

from chassis.domain import UNTIMED, value


@value
class RequestClearance:
    """Somebody wants work on a target; `refusal` says why it cannot be invoiced, if so."""

    workspace_id: UUID
    target_kind: str
    target_id: UUID
    run: int
    max_price_ore: int | None
    price_ore: int
    price_version: int
    vat_rate_bp: int
    refusal: str | None  # no_method | workspace_unknown
    at: datetime = UNTIMED


@value
class Reconsider:
    """The workspace can be invoiced now."""

    price_ore: int
    price_version: int
    vat_rate_bp: int
    at: datetime = UNTIMED


@value
class Deliver:
    """Work on the target came out; two sources have no common order, so it may not be cleared."""

    workspace_id: UUID
    target_kind: str
    target_id: UUID
    title: str
    completed_at: datetime


@value
class Settle:
    """The invoice that this target is on has been paid."""

    at: datetime = UNTIMED


@value
class ClearanceRefused:
    workspace_id: UUID
    target_kind: str
    target_id: UUID
    run: int
    max_price_ore: int | None
    price_ore: int
    reason: str  # no_method | workspace_unknown | price_above_max


@value
class TargetCleared:
    workspace_id: UUID
    target_kind: str
    target_id: UUID
    run: int
    method: str  # invoice
    price_ore: int
    price_version: int
    vat_rate_bp: int
    at: datetime


@value
class ClearanceRepeated:
    """Cleared long ago; whoever asked for another run is told so."""

    run: int


@value
class DeliveryNoted:
    """Delivered before it was cleared: whatever clears it bills it too."""

    workspace_id: UUID
    target_kind: str
    target_id: UUID
    title: str  # customer text
    completed_at: datetime


@value
class TargetSettled:
    at: datetime
