"""A refund: money promised back to a customer, sent, and perhaps come back. Amounts are øre.

requested ── submitted (by card) ── sent; it fails before that, or returns after it: then it is the
customer's credit.
"""

from dataclasses import replace
from uuid import UUID

from billing.domain import oslo
from billing.domain.refund_messages import (
    Command,
    Event,
    FailRefund,
    RefundFailed,
    RefundRequested,
    RefundReturned,
    RefundSent,
    RefundSubmitted,
    RequestRefund,
    SendRefund,
    SubmitRefund,
)
from chassis.domain import Decider, value
from chassis.errors import Rejected


@value
class Requested:
    workspace_id: UUID
    terms: RefundRequested


@value
class Submitted:
    workspace_id: UUID
    terms: RefundRequested
    provider_id: str


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


Refund = Requested | Submitted | Sent | Failed | Returned


def decide(refund: Refund | None, command: Command) -> list[Event]:
    match refund, command:
        case None, RequestRefund() if command.amount_ore < 1:
            raise AssertionError(f"{command} promises nothing")
        case None, RequestRefund():
            return [_requested(command)]
        case Requested() | Submitted() | Sent(), RequestRefund() if _is_of(refund.terms, command):
            return []
        case Requested() | Submitted() | Sent() | Failed() | Returned(), RequestRefund():
            raise Rejected("billing.refund_exists", "this id is another refund's")
        case Requested(), SubmitRefund():
            return [RefundSubmitted(provider_id=command.provider_id)]
        case Submitted() | Sent() | Failed() | Returned(), SubmitRefund():
            return []
        case Requested() | Submitted(), SendRefund():
            return [_sent_on_its_day(refund.terms, command)]
        case Sent(), SendRefund() if _is_sent(refund, command):
            return []
        case Sent(), SendRefund():
            raise Rejected("billing.refund_mismatch", "it was sent under another reference or day")
        case Failed() | Returned(), SendRefund():
            raise Rejected("billing.refund_closed", "it is the customer's credit again")
        case Requested() | Submitted(), FailRefund():
            terms = refund.terms
            return [RefundFailed(amount_ore=terms.amount_ore, payment_id=terms.sale_id)]
        case Sent(), FailRefund():
            terms = refund.terms
            return [RefundReturned(amount_ore=terms.amount_ore, payment_id=terms.sale_id)]
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
        reason=command.reason,
        credit_note_id=command.credit_note_id,
        payment_id=command.payment_id,
        payment_intent_id=command.payment_intent_id,
        target=command.target,
        whole=command.whole,
        at=command.at,
    )


def _is_of(terms: RefundRequested, command: RequestRefund) -> bool:
    return terms == replace(_requested(command), at=terms.at)


def _is_sent(refund: Sent, command: SendRefund) -> bool:
    """Return whether it was sent so: by card Stripe's id of it says it, heard on whatever day."""
    if refund.terms.rail == "card":
        return refund.sent.reference == command.reference
    return refund.sent == _sent(refund.terms, command)


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
        case Requested(), RefundSubmitted():
            return Submitted(
                workspace_id=refund.workspace_id,
                terms=refund.terms,
                provider_id=event.provider_id,
            )
        case Requested() | Submitted(), RefundSent():
            return Sent(workspace_id=refund.workspace_id, terms=refund.terms, sent=event)
        case Requested() | Submitted(), RefundFailed():
            return Failed(workspace_id=refund.workspace_id, terms=refund.terms)
        case Sent(), RefundReturned():
            return Returned(workspace_id=refund.workspace_id, terms=refund.terms, sent=refund.sent)
        case _:
            raise AssertionError(f"{event} cannot follow {refund}")


decider = Decider(
    name="refund",
    decide=decide,
    evolve=evolve,
    events=(RefundRequested, RefundSubmitted, RefundSent, RefundFailed, RefundReturned),
    creates=(RequestRefund,),
)
