"""Stripe is asked what it has: of a payment that an event only names, and daily of what waits.

An event may be lost, or come before what it is about; what Stripe answers is how things are now.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from billing import applying, kept
from billing.capturing import checkout_ended
from billing.domain import payment, refund
from billing.domain.payment_states import Charging, CheckoutOpen
from billing.domain.refund import Requested
from billing.gateways.card_port import Cards
from billing.gateways.card_values import DisputeSaid, Intent, RefundSaid
from billing.jobs import charge
from billing.jobs import refund as refunds
from billing.projections import open_cards
from chassis import ids
from chassis.codec import dump, load
from chassis.domain import value
from chassis.errors import ServiceError, Unavailable
from chassis.identity import service_actor
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.jobs.schedules import Schedule
from chassis.unit import store
from chassis.unit.calls import Call, Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App

AT_SESSION = "look_at_session"
BACKOFF_S = (10, 60, 300, 1_800, 7_200, 21_600)
ATTEMPTS = 26  # five days: as long as Stripe itself goes on telling, and more
GRACE = timedelta(hours=1)  # Stripe's own word comes first, as a rule


@value
class Found:
    """All that Stripe has of a payment."""

    intent: Intent
    refunds: tuple[RefundSaid, ...]
    disputes: tuple[DisputeSaid, ...]


def kinds(cards: Cards | None) -> tuple[Kind, ...]:
    """Return the kinds of job that ask Stripe."""

    def intent(task: Task, control: Control) -> Any:
        return _found(_configured(cards), task.args["intent_id"])

    def session(task: Task, control: Control) -> Any:
        gateway = _configured(cards)
        said = gateway.session(task.args["session_id"])
        paid = said.payment_status != "unpaid" and said.intent_id is not None
        found = _found(gateway, str(said.intent_id)) if paid else None
        return {"status": said.status, "found": found}

    def kind(name: str, **how: Any) -> Kind:
        return Kind(name=name, attempts=ATTEMPTS, backoff_s=BACKOFF_S, give_up=_unanswered, **how)

    return (
        kind(applying.LOOK, run=intent, finish=_intent_seen),
        kind(AT_SESSION, run=session, finish=_session_seen),
    )


def _configured(cards: Cards | None) -> Cards:
    if cards is None:
        raise Unavailable("billing.card_not_configured", "STRIPE_KEY is not set")
    return cards


def _found(cards: Cards, intent_id: str) -> Any:
    found = Found(
        intent=cards.intent(intent_id),
        refunds=cards.refunds_of(intent_id),
        disputes=cards.disputes_of(intent_id),
    )
    return dump(found)


def _intent_seen(unit: Unit, task: Task, result: Any) -> None:
    outcome = _caught_up(unit, result)
    if event_id := task.args["event_id"]:
        unit.execute(kept.note_outcome(event_id, outcome))
    if refund_id := task.args["refund_id"]:
        _send(unit, UUID(refund_id), task.workspace_id)


def _send(unit: Unit, refund_id: UUID, workspace_id: UUID | None) -> None:
    """Let what was promised, and Stripe does not have, be sent, though its job was given up."""
    stands = unit.state(refund.decider, refund_id)
    if isinstance(stands, Requested) and not unit.hurry(refunds.JOB, refund_id):
        unit.queue(refunds.job_again(refund_id), workspace_id)


def _caught_up(unit: Unit, result: Any) -> applying.Outcome:
    found: Found = load(Found, result)
    return applying.caught_up(unit, found.intent, found.refunds, found.disputes)


def _session_seen(unit: Unit, task: Task, result: Any) -> None:
    if result["found"] is not None:
        _caught_up(unit, result["found"])
    elif result["status"] == "expired":
        checkout_ended(unit, task.subject, task.args["attempt"], "expired")


def _unanswered(unit: Unit, task: Task, error: ServiceError) -> None:
    """Write nothing, as nothing is known: the dead job says so, and what waits is asked daily."""


def look_again(app: App) -> None:
    """Let Stripe be asked about each refund that is not sent, and each attempt without an end."""
    refunds, attempts = app.query(lambda db: (open_cards.unsent(db), open_cards.unpaid(db)))
    for wanted in (*_of_refunds(app, refunds), *_of_attempts(app, attempts)):
        app.attempt(_call(app), partial(_queue, wanted))


def _of_refunds(app: App, found: Sequence[UUID]) -> list[Job]:
    states = ((id, _state(app, refund.decider, id)) for id in found)
    return [applying.look(each.terms.payment_intent_id, refund_id=id) for id, each in states]


def _of_attempts(app: App, found: Sequence[UUID]) -> Iterator[Job]:
    over = app.clock() - GRACE
    for id in found:
        match _state(app, payment.decider, id):
            case CheckoutOpen(expires_at=end, session_id=session_id, attempt=attempt) if end < over:
                args = {"session_id": session_id, "attempt": attempt.number}
                yield Job(kind=AT_SESSION, subject=id, args=args)
            case Charging(attempt=attempt):
                yield charge.look(id, attempt.number)


def _state(app: App, decider: Any, id: UUID) -> Any:
    return app.query(lambda db: store.found(db, app.codec, decider, id)).state


def _queue(job: Job, unit: Unit) -> None:
    unit.queue(job)


def _call(app: App) -> Call:
    return Call(
        id=ids.fresh(),
        at=app.clock(),
        actor=service_actor(app.service.name),
        correlation_id=str(ids.fresh()),
    )


# daily, in the morning in Oslo, when somebody is there to read what it finds
SCHEDULE = Schedule(name="look_at_stripe", every_s=24 * 3_600, at_s=5 * 3_600, run=look_again)
