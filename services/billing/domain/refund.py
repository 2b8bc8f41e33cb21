"""A refund: money promised back to a customer, sent, and perhaps come back. Amounts are øre.

requested ── sent; it fails before that, or returns after it: then it is the customer's credit.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from billing.domain import oslo
from chassis.domain import UNTIMED, Decider, value
from chassis.errors import Rejected

Rail = Literal["bank"]
Of = Literal["receivable", "credit"]  # the account that it is promised out of


@value
class RequestRefund:
    workspace_id: UUID
    rail: Rail
    of: Of
    amount_ore: int
    credit_note_id: UUID | None = None
    at: datetime = UNTIMED


@value
class SendRefund:
    reference: str  # the bank's
    paid_on: date  # a day in Oslo
    at: datetime = UNTIMED


@value
class FailRefund:
    """The bank refused it, or it came back."""


@value
class RefundRequested:
    workspace_id: UUID
    rail: Rail
    of: Of
    amount_ore: int
    credit_note_id: UUID | None
    at: datetime


@value
class RefundSent:
    rail: Rail
    amount_ore: int
    reference: str
    paid_on: date


@value
class RefundFailed:
    amount_ore: int


@value
class RefundReturned:
    """It had been sent."""

    amount_ore: int


@value
class Requested:
    workspace_id: UUID
    terms: RefundRequested


@value
class Sent:
    workspace_id: UUID
    terms: RefundRequested
    sent: RefundSent


@value
class Failed:
    workspace_id: UUID
    terms: RefundRequested


@value
class Returned:
    workspace_id: UUID
    terms: RefundRequested
    sent: RefundSent


Refund = Requested | Sent | Failed | Returned
Command = RequestRefund | SendRefund | FailRefund
Event = RefundRequested | RefundSent | RefundFailed | RefundReturned


def decide(refund: Refund | None, command: Command) -> list[Event]:
    match refund, command:
        case None, RequestRefund() if command.amount_ore < 1:
            raise AssertionError(f"{command} promises nothing")
        case None, RequestRefund():
            return [_requested(command)]
        case Requested() | Sent(), RequestRefund() if _is_of(refund.terms, command):
            return []
        case Requested() | Sent() | Failed() | Returned(), RequestRefund():
            raise Rejected("billing.refund_exists", "this id is another refund's")
        case Requested(), SendRefund():
            return [_sent_on_its_day(refund.terms, command)]
        case Sent(), SendRefund() if refund.sent == _sent(refund.terms, command):
            return []
        case Sent(), SendRefund():
            raise Rejected("billing.refund_mismatch", "it was sent under another reference or day")
        case Failed() | Returned(), SendRefund():
            raise Rejected("billing.refund_closed", "it is the customer's credit again")
        case Requested(), FailRefund():
            return [RefundFailed(amount_ore=refund.terms.amount_ore)]
        case Sent(), FailRefund():
            return [RefundReturned(amount_ore=refund.terms.amount_ore)]
        case Failed() | Returned(), FailRefund():
            return []
        case _:
            raise AssertionError(f"{command} needs a refund")


def _requested(command: RequestRefund) -> RefundRequested:
    return RefundRequested(
        workspace_id=command.workspace_id,
        rail=command.rail,
        of=command.of,
        amount_ore=command.amount_ore,
        credit_note_id=command.credit_note_id,
        at=command.at,
    )


def _is_of(terms: RefundRequested, command: RequestRefund) -> bool:
    return terms == replace(_requested(command), at=terms.at)


def _sent_on_its_day(terms: RefundRequested, command: SendRefund) -> RefundSent:
    if command.paid_on > oslo.day(command.at):
        raise Rejected("billing.paid_in_future", "that day has not come")
    if command.paid_on < oslo.day(terms.at):
        raise Rejected("billing.paid_on_implausible", "it had not been asked for by that day")
    return _sent(terms, command)


def _sent(terms: RefundRequested, command: SendRefund) -> RefundSent:
    return RefundSent(
        rail=terms.rail,
        amount_ore=terms.amount_ore,
        reference=command.reference,
        paid_on=command.paid_on,
    )


def evolve(refund: Refund | None, event: Event) -> Refund:
    match refund, event:
        case None, RefundRequested():
            return Requested(workspace_id=event.workspace_id, terms=event)
        case Requested(), RefundSent():
            return Sent(workspace_id=refund.workspace_id, terms=refund.terms, sent=event)
        case Requested(), RefundFailed():
            return Failed(workspace_id=refund.workspace_id, terms=refund.terms)
        case Sent(), RefundReturned():
            return Returned(workspace_id=refund.workspace_id, terms=refund.terms, sent=refund.sent)
        case _:
            raise AssertionError(f"{event} cannot follow {refund}")


decider = Decider(
    name="refund",
    decide=decide,
    evolve=evolve,
    events=(RefundRequested, RefundSent, RefundFailed, RefundReturned),
    creates=(RequestRefund,),
)
