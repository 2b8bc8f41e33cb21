"""What the world does to Stripe, and what the stand-in does wrong when it is told to.

Over HTTP each is `POST /_stand_in/<method>` with its arguments as a JSON object.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy

from stand_ins.stripe import cards, checkout, disputes, endpoints, faults, refunds
from stand_ins.stripe.events import send
from stand_ins.stripe.faults import Fault
from stand_ins.stripe.refusals import Refused
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import State

EVERY_TYPE = ("*",)


class Switches:
    """Amounts are øre; ids are Stripe's. Raises `Refused` where Stripe would refuse."""

    def __init__(self, state: State) -> None:
        """Turn what that state knows."""
        self.state = state

    @contextmanager
    def _changing(self) -> Iterator[State]:
        with self.state.lock:
            try:
                yield self.state
            finally:
                self.state.save()
                self.state.changed.notify_all()

    def listen(self, url: str, secret: str, types: Sequence[str] = EVERY_TYPE) -> Object:
        """Tell events of these types to the suite's webhook, signed with its secret.

        Said again, it moves there, with what nobody has taken yet.
        """
        with self._changing() as state:
            return deepcopy(endpoints.move(state, url, secret, list(types)))

    def pay(
        self,
        session: str,
        card: str = cards.GOOD,
        amount: int | None = None,
        currency: str | None = None,
    ) -> Object:
        """Pay an open session by a test card, or (as Stripe never would) another sum."""
        with self._changing() as state:
            return deepcopy(checkout.pay(state, session, card, amount, currency))

    def promise(self, session: str) -> Object:
        """Complete a session by what pays later: unpaid until `settle_promise`."""
        with self._changing() as state:
            return deepcopy(checkout.promise(state, session))

    def settle_promise(self, session: str, *, paid: bool) -> Object:
        """Let what pays later come, or fail."""
        with self._changing() as state:
            return deepcopy(checkout.settle_promise(state, session, paid=paid))

    def refund_in_dashboard(self, payment_intent: str, amount: int | None = None) -> Object:
        """Refund a payment whole or in part as a person does it, with no metadata."""
        with self._changing() as state:
            return deepcopy(refunds.by_hand(state, payment_intent, amount))

    def settle_refund(self, refund: str, status: str, failure_reason: str = "declined") -> Object:
        """Let a refund become succeeded, failed or canceled, after it had succeeded too."""
        with self._changing() as state:
            return deepcopy(refunds.settle(state, refund, status, failure_reason))

    def dispute(
        self,
        payment_intent: str,
        status: str = "needs_response",
        amount: int | None = None,
        reason: str = "fraudulent",
    ) -> Object:
        """Dispute a payment, whole or in part, up to a status; the money goes where it has to."""
        with self._changing() as state:
            return deepcopy(disputes.start(state, payment_intent, status, amount, reason))

    def move_dispute(self, dispute: str, status: str) -> Object:
        """Let a dispute go on: inquiry to dispute, won, lost, won after it was lost."""
        with self._changing() as state:
            return deepcopy(disputes.move(state, dispute, status))

    def move_funds(self, dispute: str, amount: int) -> Object:
        """Reinstate so much of a dispute's money, or withdraw it (below 0), and nothing else."""
        with self._changing() as state:
            found = state.get("dispute", dispute)
            turn = disputes.reinstate if amount > 0 else disputes.withdraw
            turn(state, found, abs(amount))
            return deepcopy(found)

    def switch(self, fault: Fault, times: int | None = 1, on: str = "") -> None:
        """Let it go wrong the next `times` times, or (None) until it is unset.

        `on` narrows it: to calls ('POST /v1/refunds') or events ('refund.') that begin so.
        """
        with self._changing() as state:
            faults.switch(state, fault, times, on)

    def unset(self, fault: Fault | None = None) -> None:
        """Let that fault, or any, be over."""
        with self._changing() as state:
            faults.unset(state, fault)

    def held(self) -> list[Object]:
        """Return the events that are held, in the order in which they happened."""
        with self.state.lock:
            waiting = [each["event"] for each in self.state.deliveries if each["held"]]
            return deepcopy([self.state.get("event", each) for each in dict.fromkeys(waiting)])

    def release(self, events: Sequence[str] | None = None) -> None:
        """Let held events go, all, or these in this order."""
        with self._changing() as state:
            held = [each for each in state.deliveries if each["held"]]
            order = [each["event"] for each in held] if events is None else list(events)
            released = [each for each in held if each["event"] in order]
            released.sort(key=lambda each: order.index(each["event"]))
            for place, each in enumerate(released):
                each.update(held=False, due=time.time() + place / 1e6)

    def resend(self, event: str) -> None:
        """Tell an event again, to every endpoint."""
        with self._changing() as state:
            for endpoint in state.all("webhook_endpoint"):
                send(state, state.get("event", event), endpoint)

    def advance(self, seconds: int) -> None:
        """Let time pass: sessions expire, and idempotency keys are forgotten after a day."""
        with self._changing() as state:
            state.skew_s += seconds
            checkout.expire_due(state)

    def set_clock(self, at: int) -> None:
        """Let it be that time, in seconds since 1970; signatures always bear the real one."""
        self.advance(at - self.state.now())

    def lag_search(self, seconds: int) -> None:
        """Let searches not find what is younger, from now on."""
        with self._changing() as state:
            state.search_lag_s = seconds

    def calls(self, begins: str = "") -> list[Object]:
        """Return the calls of this process's life whose 'METHOD /path' begins so, oldest first."""
        with self.state.lock:
            noted = self.state.calls
            return deepcopy(
                [each for each in noted if f"{each['method']} {each['path']}".startswith(begins)]
            )

    def objects(self, kind: str) -> list[Object]:
        """Return all objects of a kind ('payment_intent'), oldest first."""
        with self.state.lock:
            return deepcopy(list(self.state.objects.get(kind, {}).values()))

    def undelivered(self) -> list[Object]:
        """Return the deliveries that nobody has taken yet, held ones too."""
        with self.state.lock:
            return deepcopy(self.state.deliveries)

    def wait_told(self, seconds: float = 10) -> bool:
        """Wait until every event that is not held was taken; return whether it was, in time."""
        with self.state.lock:
            return self.state.changed.wait_for(
                lambda: all(each["held"] for each in self.state.deliveries), seconds
            )


def turned(switches: Switches, name: str, arguments: Object) -> object:
    """Do what the admin route of that name says; raises `Refused` for what is not there."""
    method = None if name.startswith("_") else getattr(Switches, name, None)
    if method is None:
        raise Refused(404, "stand_in_error", f"no such switch: {name}")
    try:
        return method(switches, **arguments)
    except (TypeError, ValueError) as error:
        raise Refused(400, "stand_in_error", str(error)) from error
