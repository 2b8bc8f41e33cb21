"""Money that goes back by card: Stripe is asked once a refund, and says what became of it."""

from functools import partial
from typing import Any, cast
from uuid import UUID

from billing.domain import refund
from billing.domain.refund_messages import RefundRequested
from billing.gateways.card_port import Cards
from billing.gateways.card_values import NewRefund, RefundSaid
from billing.projections import open_cards
from billing.refunding import moved
from chassis.codec import dump, load
from chassis.errors import Rejected, ServiceError, Unavailable
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit import store
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from chassis.unit.store import Recorded

JOB = "refund"
# a day and a half: what is promised is to be sent, whatever is down
BACKOFF_S = (10, 60, 300, 1_800, 7_200, 21_600, 43_200, 43_200)


def job(recorded: Recorded) -> Job:
    """Return the job by which Stripe is asked for it."""
    return Job(kind=JOB, subject=recorded.subject)


def job_again(refund_id: UUID) -> Job:
    """Return the job after one was given up: Stripe may have it, though it is not known here."""
    return Job(kind=JOB, subject=refund_id, args={"again": True})


def kind(app: App, cards: Cards | None) -> Kind:
    """Return the kind of job that sends money back by card."""

    def run(task: Task, control: Control) -> Any:
        stream = app.query(lambda db: store.found(db, app.codec, refund.decider, task.subject))
        stands: refund.Refund = stream.state
        if not isinstance(stands, refund.Requested):  # Stripe has it, or had it made by hand
            return None
        if cards is None:
            raise Unavailable("billing.card_not_configured", "STRIPE_KEY is not set")
        new = _new(task, stands.terms)
        try:
            return dump(cards.refund(new, again=task.claims > 1 or "again" in task.args))
        except Rejected:
            if said := _sent_by_hand(app, cards, new):
                return dump(said)
            raise

    return Kind(
        name=JOB,
        run=run,
        finish=_said,
        give_up=_refused,
        attempts=len(BACKOFF_S) + 1,
        backoff_s=BACKOFF_S,
    )


def _sent_by_hand(app: App, cards: Cards, new: NewRefund) -> RefundSaid | None:
    """Return what somebody sent in Stripe's dashboard instead, if that is why it is refused.

    Else it would be the workspace's credit, beside the money.
    """
    for said in cards.refunds_of(new.intent_id):
        is_it = said.refund_id is None and said.amount_ore == new.amount_ore
        if is_it and said.status in ("pending", "succeeded"):
            named = partial(
                open_cards.refund_named, payment_id=new.payment_id, provider_id=said.provider_id
            )
            if app.query(named) is None:
                return said
    return None


def _new(task: Task, terms: RefundRequested) -> NewRefund:
    if terms.payment_id is None or terms.payment_intent_id is None:
        raise AssertionError(f"{terms} names no payment")
    return NewRefund(
        refund_id=task.subject,
        payment_id=terms.payment_id,
        intent_id=terms.payment_intent_id,
        amount_ore=terms.amount_ore,
    )


def _said(unit: Unit, task: Task, result: Any) -> None:
    if result is None:
        return
    said = cast(RefundSaid, load(RefundSaid, result))
    moved(unit, task.subject, said.status, said.provider_id)


def _refused(unit: Unit, task: Task, error: ServiceError) -> None:
    """What Stripe refuses is the workspace's credit.

    Of what nobody answered, or where this house broke, nobody knows: the daily look asks.
    """
    if isinstance(error, Rejected):
        moved(unit, task.subject, "failed", "")
