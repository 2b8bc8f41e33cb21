"""What a payment is told to do, and what happens to it. Amounts are øre."""

from datetime import datetime
from uuid import UUID

from billing.domain.clearance import Terms
from billing.domain.pricing import Price
from billing.domain.target import Target
from chassis.domain import UNTIMED, value


@value
class RequestClearance:
    """Somebody wants work on a target."""

    workspace_id: UUID
    target: Target
    run: int
    max_price_ore: int | None
    terms: Terms
    at: datetime = UNTIMED


@value
class Reconsider:
    """The workspace is known, can be invoiced or is active again: what waits is answered anew."""

    terms: Terms
    at: datetime = UNTIMED


@value
class Deliver:
    """Work on the target came out; two sources have no common order, so it may not be cleared."""

    workspace_id: UUID
    target: Target
    title: str
    completed_at: datetime


@value
class Fail:
    """Nothing came out of a run."""

    run: int


@value
class Forget:
    """The target was deleted."""


@value
class Settle:
    """The invoice that this target is on has been paid."""

    at: datetime = UNTIMED


@value
class Unsettle:
    """What was paid for this target left its invoice again, or it is billed anew."""


@value
class ClearanceRefused:
    workspace_id: UUID
    target: Target
    run: int
    max_price_ore: int | None
    price: Price
    reason: str  # no_method | workspace_unknown | workspace_suspended | price_above_max


@value
class TargetCleared:
    target: Target
    run: int
    workspace_id: UUID
    method: str  # invoice | free
    price: Price
    organization_number: str | None  # by invoice: to whom credit was given
    at: datetime


@value
class ClearanceRepeated:
    """Cleared long ago; whoever asked for another run is told so."""

    run: int


@value
class DeliveryNoted:
    """Delivered before it was cleared: whatever clears it bills it too."""

    workspace_id: UUID
    target: Target
    title: str  # customer text
    completed_at: datetime


@value
class TargetSettled:
    at: datetime


@value
class TargetUnsettled:
    pass


@value
class TargetForgotten:
    """The target was deleted. What was delivered of it is owed all the same."""
