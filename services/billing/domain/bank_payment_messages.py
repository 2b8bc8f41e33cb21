"""What a transfer is told, and what happens to it. Amounts are øre, days are days in Oslo."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.domain import UNTIMED, value

Source = Literal["bank", "manual"]


@value
class Receive:
    """`external_id` names the transfer within its source, in its one form (`same_name`)."""

    source: Source
    external_id: str
    amount_ore: int
    paid_on: date
    kid: str | None = None  # digits


@value
class Offer:
    """Is so much of it left; None: is anything? A question."""

    amount_ore: int | None = None


@value
class Allocate:
    """To an invoice what it takes, or to a workspace's credit.

    With both named it is credit too: what the invoice that it was recorded for did not need.
    """

    amount_ore: int
    invoice_id: UUID | None = None
    workspace_id: UUID | None = None


@value
class Free:
    """What was allocated there is left of it again."""

    amount_ore: int
    invoice_id: UUID | None = None
    workspace_id: UUID | None = None


@value
class Reverse:
    """What is left of it has left the bank again; without a reference it has bounced."""

    paid_on: date
    reference: str | None = None  # the bank's, in its one form: never twice
    at: datetime = UNTIMED


@value
class BankPaymentReceived:
    source: Source
    external_id: str
    amount_ore: int
    paid_on: date
    kid: str | None


@value
class BankPaymentAllocated:
    amount_ore: int
    invoice_id: UUID | None
    workspace_id: UUID | None  # its credit


@value
class BankPaymentFreed:
    amount_ore: int
    invoice_id: UUID | None
    workspace_id: UUID | None


@value
class BankPaymentReversed:
    amount_ore: int
    paid_on: date
    reference: str | None = None


Command = Receive | Offer | Allocate | Free | Reverse
Event = BankPaymentReceived | BankPaymentAllocated | BankPaymentFreed | BankPaymentReversed
