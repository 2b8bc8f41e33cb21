"""A sale by card at the billing of `billing_shop`, and the books since it was made; øre."""

from uuid import UUID, uuid4

from billing.domain.payment_states import Delivered
from billing.names import payment_id
from integration.stages.billing_shop import Billing
from integration.stages.books_asked import balances, failing
from integration.stages.card_buyers import Buyer
from integration.stages.card_news import News

SOLD = {"sales": -100_000, "vat_out": -25_000}


class Sale:
    """A payment by card, and the books since it was made."""

    def __init__(
        self, shop: Billing, *, delivered: bool, paid: bool = True, told: bool = True
    ) -> None:
        """Begin a Checkout; perhaps it is paid, billing told of it, and the work delivered."""
        self.shop, self.buyer, self.news = shop, Buyer(shop), News(shop)
        self.before = balances(shop.admin.call("verify_ledger"))
        self.target = self.buyer.want()
        self.buyer.start(self.target)
        (session,) = self.buyer.at_stripe("checkout.session", "open")
        self.intent = str(shop.stripe.pay(session["id"])["payment_intent"]) if paid else ""
        if told:
            self.news.all()
        if delivered:
            self.deliver()

    @property
    def id(self) -> UUID:
        """Return its payment's."""
        return payment_id("image_project", UUID(self.target["target_id"]))

    def deliver(self) -> None:
        """Let the work come out."""
        self.shop.deliver(
            {
                "project_id": self.target["target_id"],
                "project_kind": "image",
                "workspace_id": UUID(self.buyer.workspace_id),
                "user_id": uuid4(),
                "run": 1,
                "title": "Storgata 2",
            }
        )

    def dispute(self, status: str = "needs_response", amount: int | None = None) -> str:
        """Let it be disputed, up to a status; return Stripe's id of the dispute."""
        disputed = self.shop.stripe.dispute(self.intent, status, amount)
        self.news.all()
        return str(disputed["id"])

    def move(self, dispute: str, status: str) -> None:
        """Let a dispute go on."""
        self.shop.stripe.move_dispute(dispute, status)
        self.news.all()

    def credit(self, net_ore: int | None = None, *, refund: bool = False) -> None:
        """Credit its document whole, or so much of it."""
        stands = self.buyer.stands(self.target)
        assert isinstance(stands, Delivered)
        query = "select id from invoice_line_item where invoice_id = %(id)s"
        (line,) = self.shop.rows(query, id=str(stands.invoice_id))
        part = {"lines": [{"line_item_id": line["id"], "net_ore": net_ore}]} if net_ore else {}
        asked = {"invoice_id": str(stands.invoice_id), "reason": "Feil", "refund": refund, **part}
        self.shop.do("credit_invoice", **asked)

    def state(self) -> tuple[str, str | None]:
        """Return where its one dispute stands."""
        (found,) = (
            each
            for each in self.shop.admin.call("list_disputes")["items"]
            if each["payment_id"] == str(self.id)
        )
        return found["state"], found["outcome"]

    def must_be(self, **expected: int) -> None:
        """Compare what the books have since with this; all is proven, and holds."""
        ledger = self.shop.admin.call("verify_ledger")
        now = balances(ledger)
        changed = {word: now.get(word, 0) - self.before.get(word, 0) for word in now | self.before}
        assert {word: ore for word, ore in changed.items() if ore} == expected
        assert (failing(ledger), self.shop.broken()) == ({}, {})
