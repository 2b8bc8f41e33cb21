"""Money that came by bank: received once, allocated to invoices and to customers' credit.

What nobody claims is left of it. It has left the bank again when it was reversed. Amounts are øre,
days are days in Oslo.
"""

import unicodedata
from dataclasses import replace
from typing import NoReturn
from uuid import UUID

from billing.domain import oslo
from billing.domain.bank_payment_messages import (
    Allocate,
    BankPaymentAllocated,
    BankPaymentFreed,
    BankPaymentReceived,
    BankPaymentReversed,
    Command,
    Event,
    Free,
    Offer,
    Receive,
    Reverse,
)
from chassis.domain import Decider, value
from chassis.errors import Rejected


@value
class Share:
    """What of it stands where; with an invoice and a workspace, as this one's credit."""

    amount_ore: int  # 0: it did once
    invoice_id: UUID | None
    workspace_id: UUID | None


@value
class BankPayment:
    received: BankPaymentReceived
    shares: tuple[Share, ...] = ()
    reversals: tuple[BankPaymentReversed, ...] = ()
    workspace_id: None = None  # the seller's own

    @property
    def reversed_ore(self) -> int:
        """What has left the bank again."""
        return sum(each.amount_ore for each in self.reversals)

    @property
    def left_ore(self) -> int:
        """What nobody claims."""
        allocated_ore = sum(each.amount_ore for each in self.shares)
        return self.received.amount_ore - self.reversed_ore - allocated_ore

    @property
    def invoice_ids(self) -> list[UUID]:
        """The invoices that hold part of it."""
        held = (each for each in self.shares if each.workspace_id is None and each.amount_ore)
        return [each.invoice_id for each in held if each.invoice_id]

    def was_for(self, invoice_id: UUID) -> bool:
        """Return whether any of it was ever there, or became credit as too much for it."""
        return any(each.invoice_id == invoice_id for each in self.shares)

    def on(self, *, invoice_id: UUID | None = None, workspace_id: UUID | None = None) -> int:
        """Return what of it stands there; both named: what the invoice did not need of it."""
        place = (invoice_id, workspace_id)
        return sum(e.amount_ore for e in self.shares if (e.invoice_id, e.workspace_id) == place)


def same_name(external_id: str) -> str:
    """Return the one form in which a transfer's name is compared and kept.

    NFKC, casefolded, without signs that nobody sees, trimmed: 'Bank' and ' bank' are one transfer.
    """
    seen = "".join(sign for sign in external_id if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold()).strip()


def decide(payment: BankPayment | None, command: Command) -> list[Event]:
    match payment, command:
        case None, Receive() if command.amount_ore < 1:
            raise Rejected("billing.amount_not_positive", "a payment is at least one øre")
        case None, Receive():
            return [_received(command)]
        case BankPayment(), Receive() if _is_same(payment.received, command):
            return []
        case BankPayment(), Receive():
            raise Rejected("billing.payment_mismatch", "it was recorded with another amount or day")
        case BankPayment(), Offer() if (command.amount_ore or 1) > payment.left_ore:
            _refuse_so_much(payment)
        case BankPayment(), Offer():
            return []
        case BankPayment(), Allocate() | Free() if not _is_somewhere(command):
            raise AssertionError(f"{command} names no place, or less than nothing")
        case BankPayment(), Allocate() | Free() if command.amount_ore == 0:
            return []
        case BankPayment(), Allocate() if command.amount_ore > payment.left_ore:
            _refuse_so_much(payment)
        case BankPayment(), Allocate():
            return [BankPaymentAllocated(amount_ore=command.amount_ore, **_place(command))]
        case BankPayment(), Free() if command.amount_ore > payment.on(**_place(command)):
            raise AssertionError(f"{command} frees more than stands there")
        case BankPayment(), Free():
            return [BankPaymentFreed(amount_ore=command.amount_ore, **_place(command))]
        case BankPayment(), Reverse() if command.reference is None and payment.left_ore == 0:
            return []
        case BankPayment(), Reverse() if command.reference is None:
            return [_gone(payment, command)]
        case BankPayment(), Reverse():
            return _returned(payment, command)
        case _:
            raise AssertionError(f"{command} needs a bank payment")


def _received(command: Receive) -> BankPaymentReceived:
    return BankPaymentReceived(
        source=command.source,
        external_id=command.external_id,
        amount_ore=command.amount_ore,
        paid_on=command.paid_on,
        kid=command.kid,
    )


def _is_same(received: BankPaymentReceived, command: Receive) -> bool:
    return (received.amount_ore, received.paid_on) == (command.amount_ore, command.paid_on)


def _refuse_so_much(payment: BankPayment) -> NoReturn:
    details = {"left_ore": payment.left_ore}
    raise Rejected("billing.not_enough_left", "more than is left of it", details=details)


def _returned(payment: BankPayment, command: Reverse) -> list[Event]:
    known = next((e for e in payment.reversals if e.reference == command.reference), None)
    if known and known.paid_on == command.paid_on:
        return []
    if known or (payment.left_ore == 0 and payment.reversals):
        raise Rejected("billing.payment_mismatch", "it went back under another reference or day")
    if command.paid_on > oslo.day(command.at):
        raise Rejected("billing.paid_in_future", "it cannot have gone back yet")
    if command.paid_on < payment.received.paid_on:
        raise Rejected("billing.paid_on_implausible", "it had not come by that day")
    if payment.left_ore == 0:
        _refuse_so_much(payment)
    return [_gone(payment, command)]


def _gone(payment: BankPayment, command: Reverse) -> BankPaymentReversed:
    return BankPaymentReversed(
        amount_ore=payment.left_ore, paid_on=command.paid_on, reference=command.reference
    )


def _is_somewhere(command: Allocate | Free) -> bool:
    return command.amount_ore >= 0 and any(_place(command).values())


def _place(
    named: Allocate | Free | BankPaymentAllocated | BankPaymentFreed,
) -> dict[str, UUID | None]:
    return {"invoice_id": named.invoice_id, "workspace_id": named.workspace_id}


def evolve(payment: BankPayment | None, event: Event) -> BankPayment:
    match payment, event:
        case None, BankPaymentReceived():
            return BankPayment(received=event)
        case BankPayment(), BankPaymentAllocated():
            return replace(payment, shares=_moved(payment, event, event.amount_ore))
        case BankPayment(), BankPaymentFreed():
            return replace(payment, shares=_moved(payment, event, -event.amount_ore))
        case BankPayment(), BankPaymentReversed():
            return replace(payment, reversals=(*payment.reversals, event))
        case _:
            raise AssertionError(f"{event} cannot follow {payment}")


def _moved(
    payment: BankPayment, event: BankPaymentAllocated | BankPaymentFreed, by_ore: int
) -> tuple[Share, ...]:
    place = _place(event)
    others = (e for e in payment.shares if (e.invoice_id, e.workspace_id) != tuple(place.values()))
    return (*others, Share(amount_ore=payment.on(**place) + by_ore, **place))


decider = Decider(
    name="bank_payment",
    decide=decide,
    evolve=evolve,
    events=(BankPaymentReceived, BankPaymentAllocated, BankPaymentFreed, BankPaymentReversed),
    creates=(Receive,),
)
