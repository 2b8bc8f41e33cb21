"""What a dispute is told to do, and what happens to it. Amounts are øre."""

from typing import Literal
from uuid import UUID

from billing.domain.target import Target
from chassis.domain import value

Outcome = Literal["won", "lost", "prevented", "warning_closed"]


@value
class OpenDispute:
    workspace_id: UUID
    payment_id: UUID
    target: Target
    provider_id: str  # Stripe's id of it
    amount_ore: int  # may differ from what was paid
    reason: str  # Stripe's word
    inquiry: bool  # the bank only asks: no money has moved


@value
class WithdrawFunds:
    """Stripe took it from us."""

    balance_transaction_id: str  # names the movement: never twice
    amount_ore: int


@value
class ReinstateFunds:
    """Stripe gave it back to us."""

    balance_transaction_id: str
    amount_ore: int


@value
class CloseDispute:
    """It is over, or over another way. Of what is lost, `loss_ore` is on no document any more.

    `settled_ore` is what of the funds is gone for good by all of that, `loss_ore` included.
    """

    outcome: Outcome
    settled_ore: int
    loss_ore: int


@value
class DisputeOpened:
    """Opened, or no inquiry any more."""

    workspace_id: UUID
    payment_id: UUID
    target: Target
    provider_id: str
    amount_ore: int
    reason: str
    inquiry: bool


@value
class DisputeFundsWithdrawn:
    balance_transaction_id: str
    amount_ore: int


@value
class DisputeFundsReinstated:
    balance_transaction_id: str
    amount_ore: int


@value
class DisputeClosed:
    """Amounts are changes: what was settled or lost before is not among them."""

    outcome: Outcome
    settled_ore: int
    loss_ore: int


Command = OpenDispute | WithdrawFunds | ReinstateFunds | CloseDispute
Event = DisputeOpened | DisputeFundsWithdrawn | DisputeFundsReinstated | DisputeClosed
