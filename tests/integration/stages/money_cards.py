"""A random history of money in which customers pay by card too, at the stand-in for Stripe.

What Stripe tells comes late, shuffled, and some of it twice.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import DictRow

from billing.gateways.stripe_client import client
from billing.inbound import KINDS
from billing.jobs import look
from billing.names import payment_id
from chassis.jobs.jobs import Worker
from integration.stages.billing_shop import NUMBER, Billing
from integration.stages.card_wire import Wire
from integration.stages.money_history import WAYS as BY_INVOICE
from integration.stages.money_history import History
from stand_ins.stripe import cards as test_cards
from stand_ins.stripe.refusals import Refused

JOBS = (
    *("refund", "charge", "charge_due", "expire_session"),
    *("look_at_intent", "look_at_session"),
)
CARDS = (
    *(test_cards.GOOD, test_cards.GOOD, test_cards.DECLINED),
    *(test_cards.NEEDS_AUTHENTICATION, test_cards.ALWAYS_AUTHENTICATES),
)
REFUND_ENDS = (
    *("refund_pending", "refund_pending_then_succeeded"),
    *("refund_pending_then_failed", "refund_succeeded_then_failed"),
)
LOST = ("reply_lost", "kept_500", "kept_500_done", "rate_limited")
OPENED = (
    *("warning_needs_response", "warning_closed", "prevented"),
    *("needs_response", "needs_response", "needs_response", "won", "lost", "lost"),
)
NEXT = {  # where a dispute may go on to
    "warning_needs_response": ("warning_under_review", "warning_closed", "needs_response"),
    "warning_under_review": ("warning_closed", "needs_response"),
    "needs_response": ("under_review", "won", "lost"),
    "under_review": ("won", "lost"),
    "lost": ("won",),
}
SOLD = """
select invoice_id, source, external_id from invoice i join invoice_payment p on p.invoice_id = i.id
where i.kind = 'receipt' and source = 'card' and i.workspace_id = any(%s) order by invoice_number"""
Target = dict[str, Any]


class CardHistory(History):
    """What happens, where some pay by card and others by invoice."""

    steps = (5, 11)

    def __init__(
        self, shop: Billing, db: "psycopg.Connection[DictRow]", seed: int, wire: Wire
    ) -> None:
        """`wire`: what Stripe has told since the histories of this database began."""
        super().__init__(shop, db, seed)
        self.wire = wire
        self.buyers = [self._buyer() for _ in range(self.chance.choice((1, 1, 2)))]
        self.targets: list[Target] = []

    @property
    def ways(self) -> Any:
        """What may happen."""
        return WAYS

    def begin(self) -> None:
        """Let something be paid by card, and most of it be delivered."""
        self.want()
        self.checkout()
        self.pay()
        self.tell()
        if self.chance.random() < 0.7:
            self.come_out()

    def _happens(self, step: Callable[[], None]) -> bool:
        try:
            happened = super()._happens(step)
        except Refused as refusal:
            self.did[f"at Stripe: {refusal.error.get('code')}"] += 1
            happened = True
        for paid in self.db.execute(SOLD.encode(), [self.buyers]):
            if paid["invoice_id"] not in self.invoices:  # what is done to invoices is done to it
                self.invoices.append(paid["invoice_id"])
                self.payments.append(paid)
        return happened

    # who buys

    def _buyer(self) -> str:
        id = str(self._id())
        self.shop.hear("auth", "workspace_created", workspace_id=id, owner_user_id=self._id())
        self.workspaces.append(id)
        return id

    def approve(self) -> None:
        """Let who paid by card pay by invoice from now on, or not any more."""
        approved = {"organization_number": NUMBER, "invoice_eligible": self.chance.random() < 0.8}
        id = self.chance.choice(self.buyers)
        self.shop.hear("auth", "workspace_profile_changed", workspace_id=UUID(id), **approved)

    def suspend(self) -> None:
        """Let nothing be started for somebody, or something again."""
        about: dict[str, Any] = {"workspace_id": UUID(self.chance.choice(self.buyers))}
        if self.chance.random() < 0.4:
            self.shop.hear("auth", "workspace_suspended", **about, status="suspended")
        else:
            self.shop.hear("auth", "workspace_reinstated", **about, status="active")

    def ask(self, workspace_id: str, method: str, **arguments: Any) -> Any:
        """Call as the owner of a workspace does; some call twice, and are answered the same."""
        self.log[-1] += f" {method}({', '.join(f'{k}={v}' for k, v in arguments.items())})"
        owner = self.shop.owner(workspace_id, workspace_id)
        reply = owner.call(method, **arguments)
        if "idempotency_key" in arguments and self.chance.random() < 0.2:
            assert owner.call(method, **arguments) == reply, method
        return reply

    # what is wanted, and comes out

    def want(self) -> None:
        """Let work be wanted; it is heard of, and what comes of it later."""
        workspace_id = self.chance.choice(self.buyers)
        source, id = self._work(workspace_id)
        self.targets.append(
            {"target_kind": KINDS[source], "target_id": str(id), "workspace_id": workspace_id}
        )
        told = self.untold[str(id)]
        if self.chance.random() < 0.15:
            gone = {k: told[0][2][k] for k in ("project_id", "project_kind", "workspace_id")}
            told[1 + self.chance.randrange(2) :] = [(source, "project_deleted", gone)]
        self._hear_of(str(id))

    def come_out(self) -> None:
        """Let something come of what was wanted."""
        ids = [each["target_id"] for each in self.targets if each["target_id"] in self.untold]
        self._hear_of(self.chance.choice(ids))

    def _hear_of(self, id: str) -> None:
        source, name, data = self.untold[id].pop(0)
        if not self.untold[id]:
            del self.untold[id]
        heard = self.shop.heard(source, name, data)
        for _ in range(2):
            assert self.shop.consumers[source].accept([heard])

    # money comes

    def _target(self) -> tuple[str, Target]:
        """Return what may be paid for: whose it is, and how it is named; mostly the last one."""
        chosen = self.chance.choice((self.targets[-1], self.chance.choice(self.targets)))
        named = {name: chosen[name] for name in ("target_kind", "target_id")}
        return chosen["workspace_id"], named

    def checkout(self) -> None:
        """Begin to pay at Stripe."""
        workspace_id, target = self._target()
        self.ask(workspace_id, "start_checkout", **target, idempotency_key=str(self._id()))

    def _of(self, kind: str, *statuses: str) -> list[dict[str, Any]]:
        """Return what Stripe has of these targets' payments, oldest first."""
        mine = {str(payment_id(e["target_kind"], UUID(e["target_id"]))) for e in self.targets}
        return [
            each
            for each in self.wire.objects(kind)
            if each["metadata"].get("payment_id") in mine
            and (not statuses or each["status"] in statuses)
        ]

    def pay(self) -> None:
        """Let somebody pay at Stripe, or try to; a few pay what nobody asked for."""
        session = self.chance.choice(self._of("checkout.session", "open"))
        card = self.chance.choice((*[test_cards.GOOD] * 5, *CARDS, test_cards.DECLINED_AT_ONCE))
        ore = session["amount_total"] + self.chance.choice((-1, 1))
        other = {"amount": ore} if self.chance.random() < 0.06 else {}
        self.log[-1] += f" {session['id']} {card} {other}"
        if self.chance.random() < 0.9:
            self.shop.stripe.pay(session["id"], card, **other)
        else:
            self.shop.stripe.promise(session["id"])

    def settle_promise(self) -> None:
        """Let what pays later come, or fail."""
        sessions = self._of("checkout.session", "complete")
        unpaid = [each["id"] for each in sessions if each["payment_status"] == "unpaid"]
        intents = {each["id"]: each["status"] for each in self._of("payment_intent")}
        mine = {e["id"]: e["payment_intent"] for e in sessions}
        waiting = [each for each in unpaid if intents[mine[each]] == "processing"]
        paid = self.chance.random() < 0.6
        self.shop.stripe.settle_promise(self.chance.choice(waiting), paid=paid)

    def save(self) -> None:
        """Let a customer save another card."""
        query = "select stripe_customer_id as id from stripe_customer where workspace_id = any(%s)"
        found = self.db.execute(f"{query} order by 1".encode(), [self.buyers]).fetchall()
        customer, card = self.chance.choice(found)["id"], self.chance.choice(CARDS)
        self.log[-1] += f" {card}"
        for each in LOST:  # of replies to billing, and not to a browser
            self.shop.stripe.unset(each)  # type: ignore[arg-type]
        v1 = client("rk_test_only_for_tests", self.shop.stripe.url).v1
        about: Any = {"number": card, "exp_month": 12, "exp_year": 2099}
        made = v1.payment_methods.create({"type": "card", "card": about})
        v1.payment_methods.attach(made.id, {"customer": customer})

    def charge(self) -> None:
        """Pay by the card that was saved last."""
        workspace_id, target = self._target()
        self.ask(workspace_id, "charge_saved_card", **target, idempotency_key=str(self._id()))

    def set_auto_charge(self) -> None:
        """Let work be charged by itself, or not."""
        enabled = self.chance.random() < 0.8
        self.ask(self.chance.choice(self.buyers), "set_auto_charge", enabled=enabled)

    # money goes back, or is taken

    def refund_payment(self) -> None:
        """Give back what a card paid: all, or some of it."""
        _, target = self._target()
        net_ore = self.chance.choice((None, None, 20_000, 60_000, 100, 150, 200_000))
        about = {"net_ore": net_ore, "reason": "Uskarpe bilder"}
        id = self.do("refund_payment", **target, **about)["id"]
        if self.chance.random() < 0.2:  # else there is little that the bank may send
            self.refunds.append(id)

    def _paid_intent(self) -> dict[str, Any]:
        return self.chance.choice(self._of("payment_intent", "succeeded"))

    def by_hand(self) -> None:
        """Give back in Stripe's dashboard."""
        intent = self._paid_intent()
        ore = self.chance.choice((None, None, 25_000, 1))
        self.log[-1] += f" {intent['id']} {ore}"
        self.shop.stripe.refund_in_dashboard(intent["id"], ore)

    def settle_refund(self) -> None:
        """Let a refund come to its end, or fail after it."""
        waiting = self._refunds("pending") or self._refunds("succeeded")
        id = self.chance.choice(waiting)["id"]
        ends = ("succeeded", "failed", "canceled") if self._refunds("pending") else ("failed",)
        end = self.chance.choice(ends)
        self.log[-1] += f" {id} {end}"
        self.shop.stripe.settle_refund(id, end)

    def _refunds(self, status: str) -> list[dict[str, Any]]:
        mine = {each["id"] for each in self._of("payment_intent")}
        refunds = self.wire.objects("refund")
        return [e for e in refunds if e["payment_intent"] in mine and e["status"] == status]

    def fault(self) -> None:
        """Let the next thing at Stripe go wrong: a refund, or any reply."""
        if self.chance.random() < 0.6:
            fault = self.chance.choice(REFUND_ENDS)
            self.shop.stripe.switch(fault)  # type: ignore[arg-type]
        else:
            fault = self.chance.choice(LOST)
            self.shop.stripe.switch(fault, on="POST ")  # type: ignore[arg-type]
        self.log[-1] += f" {fault}"

    def dispute(self) -> None:
        """Let a payment be disputed, whole or in part."""
        intent, status = self._paid_intent(), self.chance.choice(OPENED)
        ore = self.chance.choice((None, None, max(1, intent["amount"] // 2)))
        if any(each["payment_intent"] == intent["id"] for each in self.wire.objects("dispute")):
            self.chance.choice(())  # once is enough
        self.log[-1] += f" {intent['id']} {status} {ore}"
        self.shop.stripe.dispute(intent["id"], status, ore)

    def move_dispute(self) -> None:
        """Let a dispute go on, or some of its money come late."""
        mine = {each["id"] for each in self._of("payment_intent")}
        disputes = self.wire.objects("dispute")
        chosen = self.chance.choice([e for e in disputes if e["payment_intent"] in mine])
        taken = -sum(each["amount"] for each in chosen["balance_transactions"])
        if taken > 1 and self.chance.random() < 0.1:
            self.log[-1] += f" {chosen['id']} gives {taken // 2}"
            self.shop.stripe.move_funds(chosen["id"], taken // 2)
            return
        status = self.chance.choice(NEXT.get(chosen["status"], ()))
        self.log[-1] += f" {chosen['id']} {status}"
        self.shop.stripe.move_dispute(chosen["id"], status)

    # what is told, and done by itself

    def tell(self) -> None:
        """Let some of what Stripe has to tell be heard: shuffled, some of it twice."""
        self.wire.some(self.chance)

    def work(self) -> None:
        """Do the jobs about cards, also those that wait for another try."""
        due = "update jobs set run_at = now() where state = 'waiting' and kind = any(%s)"
        self.db.execute(due.encode(), [list(JOBS)])
        kinds = [each for each in self.shop.parts.kinds if each.name in JOBS]
        while Worker(self.shop.parts.app, kinds).work():
            pass

    def look(self) -> None:
        """Let Stripe be asked what waits, as every morning."""
        look.look_again(self.shop.parts.app)
        self.work()

    def wait(self) -> None:
        """Let days go by; what Stripe has to tell comes before that."""
        self.settle()
        super().wait()

    def settle(self) -> None:
        """Let all be told, and all be done that is under way."""
        self.shop.stripe.unset()
        for _ in range(3):
            self.wire.all(self.chance)
            self.work()


WAYS: tuple[tuple[Callable[[CardHistory], None], float], ...] = (
    *((way, weight / 3) for way, weight in BY_INVOICE),
    (CardHistory.want, 3),
    (CardHistory.come_out, 4),
    (CardHistory.approve, 0.3),
    (CardHistory.suspend, 0.3),
    (CardHistory.checkout, 4),
    (CardHistory.pay, 6),
    (CardHistory.settle_promise, 2),
    (CardHistory.save, 1),
    (CardHistory.charge, 2),
    (CardHistory.set_auto_charge, 0.7),
    (CardHistory.refund_payment, 4),
    (CardHistory.by_hand, 1),
    (CardHistory.settle_refund, 1.5),
    (CardHistory.fault, 1),
    (CardHistory.dispute, 2),
    (CardHistory.move_dispute, 4),
    (CardHistory.tell, 8),
    (CardHistory.work, 3),
    (CardHistory.look, 0.5),
)
