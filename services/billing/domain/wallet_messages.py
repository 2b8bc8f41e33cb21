"""What a wallet is told to do, and what happens to it. Amounts are øre."""

from typing import Literal
from uuid import UUID

from chassis.domain import value

Origin = Literal[
    "overpayment",
    "credit_note",
    "refund_failed",
    "bank_refund_returned",
    "card_refund_returned",
    "dispute_won",
]


@value
class Grant:
    workspace_id: UUID
    amount_ore: int
    origin: Origin
    reference: str  # names the grant: never twice


@value
class Spend:
    amount_ore: int
    on: Literal["invoice", "refund"]
    reference: str  # the id of what it pays


@value
class TakeBack:
    """What was granted was not there: the transfer it came with is gone."""

    amount_ore: int
    reference: str  # names what takes it back: never twice


@value
class Restore:
    """What had been spent on an invoice is not spent on it any more.

    `amount_ore` is what stood on it: what a credit note had sent away was granted again then.
    """

    amount_ore: int
    invoice_id: UUID


@value
class CreditGranted:
    workspace_id: UUID
    amount_ore: int
    origin: Origin
    reference: str


@value
class CreditSpent:
    amount_ore: int
    on: Literal["invoice", "refund"]
    reference: str


@value
class CreditTakenBack:
    amount_ore: int
    reference: str


@value
class CreditRestored:
    amount_ore: int
    invoice_id: UUID


@value
class MakeCustomer:
    """The workspace is a customer at Stripe from now on."""

    workspace_id: UUID
    stripe_customer_id: str


@value
class SetAutoCharge:
    """Whether a saved card pays without being asked; without one nothing can."""

    enabled: bool
    has_card: bool


@value
class StripeCustomerMade:
    workspace_id: UUID
    stripe_customer_id: str


@value
class AutoChargeSet:
    enabled: bool


Command = Grant | Spend | TakeBack | Restore | MakeCustomer | SetAutoCharge
Event = (
    CreditGranted
    | CreditSpent
    | CreditTakenBack
    | CreditRestored
    | StripeCustomerMade
    | AutoChargeSet
)
