"""A saved card is charged without its owner: as they wanted it, or because nobody saw the end.

Who asked Stripe may have died before the reply, or after it. A minute later one job looks, and
ends what it finds; the charge is the same.
"""

from functools import partial
from typing import Any
from uuid import UUID

from billing import applying
from billing.buying import Quote, facts_of, quote
from billing.capturing import CHARGE, EXPIRE_SESSION, charge_failed
from billing.charging import ask, begin, ended, newest, running, said
from billing.clearing import terms
from billing.domain import payment
from billing.domain.payment_states import Asked, ChargeAwaited, Charging, Forgotten, Payment
from billing.gateways.card_port import Cards
from billing.gateways.card_values import Charge
from chassis import ids
from chassis.errors import NotFound, Rejected, ServiceError, Unavailable
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.running.parts import Peers
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App

CHARGE_DUE = "charge_due"
LOOK_S = 60  # whoever began a charge has its end by then, as a rule
BACKOFF_S = (5, 30, 60, 300, 1_800)
ATTEMPTS = 50  # a day's outage is waited out
UNTRIED = (
    *("not_issuable", "no_saved_card", "workspace_suspended", "workspace_unknown"),
    *("auto_charge_off", "card_not_configured"),
)
AGAIN_S = 3_600  # after a job was given up, which people are told of


def kinds(app: App, peers: Peers, cards: Cards | None) -> tuple[Kind, ...]:
    """Return the kinds of job that charge saved cards and close sessions."""
    charging = _Charging(app, peers, cards)
    return (
        _kind(CHARGE_DUE, charging.begin, charging.end, _refuse),
        _kind(CHARGE, charging.look, charging.end, _again),
        _kind(EXPIRE_SESSION, charging.close, _closed, _unclosed),
    )


def look(payment_id: UUID, attempt: int) -> Job:
    """Return the job that looks, in a minute, what became of a charge."""
    return Job(kind=CHARGE, subject=payment_id, args={"attempt": attempt}, delay_s=LOOK_S)


def _kind(name: str, run: Any, finish: Any, give_up: Any) -> Kind:
    return Kind(
        name=name,
        run=run,
        finish=finish,
        give_up=give_up,
        attempts=ATTEMPTS,
        backoff_s=BACKOFF_S,
    )


class _Charging:
    """What the jobs do outside a transaction, and the units of their ends."""

    def __init__(self, app: App, peers: Peers, cards: Cards | None) -> None:
        self.app, self.peers, self._cards = app, peers, cards

    @property
    def cards(self) -> Cards:
        """Raises `Unavailable`: cards were accepted when this was wanted."""
        if self._cards is None:
            raise Unavailable("billing.card_not_configured", "cards are not accepted any more")
        return self._cards

    def begin(self, task: Task, control: Control) -> Any:
        """Charge the card of whom work is done for, as its owner wants it."""
        charge_id = ids.derive(task.id, "charge")
        stands, customer_id = self._running(task, "look")
        if isinstance(stands, ChargeAwaited):
            try:
                cards, wanted = self._wanted(), self._quote(task, stands)
                chosen = newest(cards, customer_id)
            except (Rejected, NotFound) as refusal:
                return {"refused": _why(refusal)}
            call = call_of(self.app, task, "begin")
            self.app.attempt(call, partial(_begin, task.subject, charge_id, wanted, chosen))
            control.check()
        return self._ask(task, charge_id)

    def _wanted(self) -> Cards:
        """Return the gateway of a charge that is not begun: without one it is not waited for."""
        if self._cards is None:
            raise Rejected("billing.card_not_configured", "cards are not accepted any more")
        return self._cards

    def _quote(self, task: Task, stands: ChargeAwaited) -> Quote:
        now = self.app.attempt(
            call_of(self.app, task, "terms"),
            lambda unit: terms(unit, stands.workspace_id, stands.order.target.kind, True),
        )
        if now.refusal is not None:
            raise Rejected(f"billing.{now.refusal}", "no work is begun for this workspace")
        if not now.by_card:  # its owner thought better of it while Stripe was away
            raise Rejected("billing.auto_charge_off", "no card pays without being asked any more")
        return quote(stands.price, facts_of(self.peers, stands.workspace_id), self.app.clock())

    def look(self, task: Task, control: Control) -> Any:
        """Look what became of a charge, and charge where nothing did."""
        stands, _ = self._running(task, "look")
        if not isinstance(stands, Charging) or stands.attempt.number != task.args["attempt"]:
            return None
        return self._ask(task, stands.charge_id)

    def _ask(self, task: Task, charge_id: UUID) -> Any:
        stands, customer_id = self._running(task, "ask")
        if not isinstance(stands, Charging) or stands.charge_id != charge_id or not customer_id:
            return None
        charge = ask(self.cards, task.subject, stands, customer_id)
        return {"attempt": stands.attempt.number, **said(charge)}

    def _running(self, task: Task, step: str) -> tuple[Payment | None, str | None]:
        call = call_of(self.app, task, step)
        return self.app.attempt(call, lambda unit: running(unit, task.subject))

    def end(self, unit: Unit, task: Task, result: Any) -> None:
        """Note what came of it; of what Stripe is still at, look again."""
        if result is None:
            return
        if "refused" in result:
            return charge_failed(unit, task.subject, None, result["refused"])
        number = result["attempt"]
        if result["outcome"] == "processing":
            if task.kind == CHARGE:  # else that of the charge's own event waits
                unit.queue(look(task.subject, number), task.workspace_id)
            return None
        stands: Asked | Forgotten = unit.state(payment.decider, task.subject)
        attempt, charge = stands.card.attempts[number - 1], {**result}
        del charge["attempt"]
        return ended(unit, task.subject, attempt, Charge(**charge))

    def close(self, task: Task, control: Control) -> str | None:
        """Close a session that nobody shall pay any more; return what was paid meanwhile."""
        said = self.cards.expire_session(task.args["session_id"])
        return None if said.payment_status == "unpaid" else said.intent_id


def _begin(
    payment_id: UUID, charge_id: UUID, wanted: Quote, payment_method_id: str, unit: Unit
) -> None:
    if isinstance(unit.state(payment.decider, payment_id), ChargeAwaited):
        begin(unit, payment_id, charge_id, wanted, payment_method_id)


def _why(refusal: Rejected | NotFound) -> str:
    """Return the word for why a card is not even tried."""
    word = refusal.code.removeprefix("billing.")
    if word in UNTRIED:
        return word
    return "not_issuable" if isinstance(refusal, NotFound) else "no_saved_card"


def _refuse(unit: Unit, task: Task, error: ServiceError) -> None:
    """Let what cannot be tried wait for another way to pay."""
    if error.retryable:
        _again(unit, task, error)
    else:
        charge_failed(unit, task.subject, None, "not_issuable")


def _again(unit: Unit, task: Task, error: ServiceError) -> None:
    job = Job(kind=task.kind, subject=task.subject, args=task.args, delay_s=AGAIN_S)
    unit.queue(job, task.workspace_id)


def _closed(unit: Unit, task: Task, result: Any) -> None:
    """Let what was paid be looked at: it goes back even where Stripe's word of it is lost."""
    if result is not None:
        unit.queue(applying.look(result))


def _unclosed(unit: Unit, task: Task, error: ServiceError) -> None:
    """Nothing to note: a session expires by itself after a day."""
