"""Who pays affiliates: entries of real invoices, a mail server, jobs that are done at once."""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from pypdf import PdfReader

from chassis.identity import Actor
from chassis.jobs.jobs import Worker
from gateways.port import key_of
from integration.stages.affiliate_shop import Affiliate, affiliate_shop
from integration.stages.billing_shop import NUMBER, OTHER_NUMBER
from servers.postgres import Server
from smtp_server import MailServer, mail_server

ADDRESS = "oppgjor@nordmann.example"
ACCOUNT = "12345678903"
DETAILS = {
    "legal_name": "Nordmann Henvisning AS",
    "organization_number": OTHER_NUMBER,
    "vat_registered": False,
    "account": ACCOUNT,
    "invoice_email": ADDRESS,
}


class Office:
    """affiliate at work, seen by who pays; each affiliate has brought one customer."""

    def __init__(self, shop: Affiliate, server: MailServer) -> None:
        self.shop, self.server = shop, server
        self.customers: dict[UUID, UUID] = {}

    @property
    def today(self) -> str:
        """The day that it is for affiliate and billing."""
        return f"{self.shop.shop.now:%Y-%m-%d}"  # their noon is the same day in Oslo

    def affiliate(self, percent: int = 20, **details: Any) -> UUID:
        """Return a workspace that has brought a customer, and may be paid out to."""
        one = self.shop.knows(uuid4(), OTHER_NUMBER)
        self.set_details(one, **details)
        self.bind(one, self.shop.knows(UUID(self.shop.shop.customer(0)), NUMBER), percent)
        return one

    def set_details(self, one: UUID, **details: Any) -> Any:
        return self.shop.owner(one).call("set_payout_details", **{**DETAILS, **details})

    def bind(self, one: UUID, two: UUID, percent: int = 20) -> str:
        self.shop.shop.pass_seconds(1)
        self.customers[one] = two
        made = self.shop.call(
            "create_relationship",
            affiliate_workspace_id=str(one),
            referred_workspace_id=str(two),
            commission_percent=percent,
        )
        return str(made["id"])

    def relationship(self, one: UUID) -> str:
        """Return what an affiliate's customer is bound by."""
        asked = {"affiliate_workspace_id": str(one)}
        (row,) = self.shop.call("list_relationships", **asked)["items"]
        return str(row["id"])

    def earn(self, one: UUID, projects: int = 1) -> str:
        """Let the customer pay an invoice of so many projects, at 1 000 kr; return its id."""
        billing, two = self.shop.shop, str(self.customers[one])
        billing.pass_seconds(1)
        for _ in range(projects):
            billing.deliver(billing.start(two))
        invoice_id = str(billing.do("create_invoices", workspace_id=two)["items"][0]["invoice_id"])
        billing.do("issue_invoice", invoice_id=invoice_id)
        billing.pay(invoice_id, billing.remaining(invoice_id))
        self.shop.hear_all()
        return invoice_id

    def create(self, one: UUID) -> Any:
        return self.shop.do("create_payout", cutoff=self.today, affiliate_workspace_id=str(one))

    def created(self, one: UUID) -> str:
        """Return a payout of what is available."""
        (made,) = self.create(one)["items"]
        return str(made["id"])

    def approved(self, one: UUID) -> str:
        """Return one that was approved."""
        payout_id = self.created(one)
        self.shop.do("approve_payout", payout_id=payout_id)
        return payout_id

    def confirm(self, payout_id: str, reference: str | None = None, **more: Any) -> Any:
        named = {"reference": reference or payout_id, "paid_on": self.today}
        return self.shop.do("confirm_payout", payout_id=payout_id, **{**named, **more})

    def refused(self, one: UUID) -> str:
        """Return why nothing is paid out."""
        said = self.create(one)
        assert said["items"] == []
        (skipped,) = said["skipped"]
        return str(skipped["reason"])

    def entries(self, one: UUID) -> list[tuple[str, int]]:
        """Return state and amount of all that an affiliate has earned, the oldest first."""
        rows = self.shop.call("list_earnings", affiliate_workspace_id=str(one), limit=200)["items"]
        return [(each["state"], each["earning_amount_ore"]) for each in reversed(rows)]

    def work(self, times: int = 1) -> None:
        """Do the jobs that are due; so many times, what waits for another try being due then."""
        worker = Worker(self.shop.parts.app, self.shop.parts.kinds)
        for _ in range(times):
            self.change("update jobs set run_at = now() where state = 'waiting'")
            while worker.work():
                pass

    def change(self, statement: str, *given: Any) -> None:
        with psycopg.connect(self.shop.owner_url) as connection:
            connection.execute(statement.encode(), given)

    def mails(self) -> Sequence[EmailMessage]:
        """Return what the server has taken since it was asked the last time."""
        taken = self.server.mails
        self.server.taken.clear()
        return taken

    def stored(self, ref: str) -> bytes:
        return b"".join(self.shop.parts.door.tools.blobs.chunks(key_of(ref)))


def text(pdf: bytes) -> str:
    """Return what a PDF says."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub("\\s+", " ", " ".join(pages))


def admin_token(shop: Affiliate) -> str:
    """Return by what a system admin calls."""
    admin = Actor(kind="person", session_id=uuid4(), is_system_admin=True, id=shop.admin_id)
    return str(shop.issuer.issue(admin, shop.shop.now))


@contextmanager
def paying_office(server: Server, folder: Path) -> Iterator[Office]:
    """Yield an office whose mail goes to a server."""
    with mail_server() as mails:
        given = {
            **{"MAIL": "smtp", "MAIL_HOST": "127.0.0.1", "MAIL_PORT": str(mails.port)},
            "MAIL_SECURITY": "none",
            "PAYOUT_SECOND_APPROVER_ABOVE_ORE": "100000",
        }
        with affiliate_shop(server, folder, **given) as shop:
            yield Office(shop, mails)
