"""Sales by card at billing's post office: paid, delivered, given back; what Stripe tells is told.

Nothing is told by itself: `tell` brings billing what has happened at the stand-in since.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from integration.stages.billing_post import Post, post_office
from integration.stages.card_buyers import Buyer
from integration.stages.card_news import News
from servers.postgres import Server
from stand_ins.stripe.stand_in import StandIn

Target = dict[str, Any]


class Sales(Post):
    """The post office, whose customers pay by card."""

    news: News

    def tell(self) -> None:
        """Let billing hear all that Stripe has told since."""
        self.news.all()

    def paid(self, buyer: Buyer) -> Target:
        """Return a target that was paid for at a Checkout."""
        target = buyer.want()
        buyer.start(target)
        (session,) = buyer.at_stripe("checkout.session", "open")
        self.shop.stripe.pay(session["id"])
        self.tell()
        return target

    def sold(self, buyer: Buyer) -> tuple[Target, str]:
        """Return a target that was paid for and delivered, and its sales document."""
        target = self.paid(buyer)
        self.deliver(buyer, target)
        return target, self.document_of(target)

    def deliver(self, buyer: Buyer, target: Target) -> None:
        """Let its photographs be done."""
        done = {"completed_at": self.shop.now, "completed_count": 2, "failed_count": 0}
        self.shop.hear("media", "project_completed", **about(buyer, target), **done)

    def fail(self, buyer: Buyer, target: Target) -> None:
        """Let nothing come of them."""
        failed = {"failed_count": 2, "reason": "all_failed"}
        self.shop.hear("media", "project_failed", **about(buyer, target), **failed)

    def document_of(self, target: Target) -> str:
        """Return the sales document of a target."""
        query = (
            "select i.id from invoice i join invoice_line_item l on l.invoice_id = i.id"
            " where l.target_id = %s and i.kind = 'receipt'"
        )
        (row,) = self.rows(query, target["target_id"])
        id: str = row["id"]
        return id

    def refund(self, target: Target, net_ore: int | None = None, **other: Any) -> dict[str, Any]:
        """Give it back, or so much of it."""
        asked = {**target, "reason": "Uskarpe bilder.", "net_ore": net_ore, **other}
        reply: dict[str, Any] = self.do("refund_payment", **asked)
        return reply

    def refunds(self, target: Target) -> list[dict[str, Any]]:
        """Return the rows of what went back of a target's money, oldest first."""
        query = "select * from refund where target_id = %s order by created_at, id"
        return self.rows(query, target["target_id"])

    def sent_back(self, buyer: Buyer) -> list[tuple[int, str, str | None]]:
        """Return amount, status and our id of each refund that Stripe has of a buyer's payments."""
        mine = {each["id"] for each in buyer.at_stripe("payment_intent")}
        every = self.shop.stripe.objects("refund")
        found = [each for each in every if each["payment_intent"] in mine]
        return [(e["amount"], e["status"], e["metadata"].get("refund_id")) for e in found]

    def hurry(self) -> None:
        """Let what waits for another try be due."""
        self.change("update jobs set run_at = now() where state = 'waiting'")

    def booked(self, *document_ids: str) -> dict[str, int]:
        """Return what stands on each account by these documents."""
        query = (
            "select account, sum(amount_ore)::bigint as ore from journal_entry where event_id in"
            " (select event_id::text from events where stream_id = any(%s)) group by account"
        )
        streams = [f"{kind}-{id}" for kind in ("invoice", "credit_note") for id in document_ids]
        found = self.rows(query, streams)
        return {each["account"]: each["ore"] for each in found if each["ore"]}

    def status(self, target: Target) -> dict[str, Any]:
        """Return how its payment is shown."""
        shown: dict[str, Any] = self.call("get_payment_status", **target)
        return shown


def about(buyer: Buyer, target: Target) -> dict[str, Any]:
    """Return what media tells of a target."""
    return {
        "project_id": UUID(target["target_id"]),
        "project_kind": "image",
        "workspace_id": UUID(buyer.workspace_id),
        "user_id": UUID(buyer.user_id),
        "run": 1,
        "title": "Storgata 2",
    }


@contextmanager
def card_sales(server: Server, folder: Path) -> Iterator[Sales]:
    """Yield the post office with a stand-in for Stripe."""
    with StandIn() as stripe, post_office(server, folder, None, stripe) as post:
        sales = Sales(post.shop)
        sales.server, sales.einvoices, sales.news = post.server, post.einvoices, News(post.shop)
        yield sales
