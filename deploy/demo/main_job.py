"""The main job: a household's photographs, from sign-up to an affiliate's commission.

A second customer pays by card, and earns the affiliate nothing.

Every step may be repeated: it carries the idempotency key of its name, so a run that was stopped
anywhere goes on where it was.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from chassis.domain import value
from chassis.errors import Rejected
from demo.admin import Admin
from demo.card_sale import CardSale, Sale
from demo.main_job_money import Money
from demo.main_job_work import Display, Photo, Work
from demo.notes import Notes
from demo.people import Person
from demo.suite import Suite

__all__ = ["BUYER", "PAYEE", "Display", "MainJob", "Outcome", "Photo"]

BUYER: Mapping[str, Any] = {
    "organization_number": "701730496",
    "legal_name": "Eksempel Bolig AS",
    "billing_address": {"street": "Storgata 2", "postal_code": "0155", "city": "Oslo"},
    "invoice_email": "faktura@buyer.example",
    "invoice_reference": "Boligannonse 7",
}
KEEPERS = ("billing", "affiliate")  # of books
PAYEE: dict[str, Any] = {
    "legal_name": "Anbefaling AS",
    "organization_number": "310000019",
    "vat_registered": False,
    "account": "98765432103",
    "invoice_email": "oppgjor@affiliate.example",
}


@value
class Outcome:
    """What came of it: ids to ask further, and the money at each step in øre."""

    project: dict[str, Any]
    video: dict[str, Any]
    lines: list[dict[str, Any]]
    invoice: dict[str, Any]
    document: dict[str, Any]  # the invoice's PDF: url, sha256, size
    ehf: dict[str, Any]  # the same invoice as an EHF file
    mails: list[EmailMessage]  # to the buyer
    earned_after_part: int
    earnings: list[dict[str, Any]]
    payout: dict[str, Any]  # with its entries
    note: dict[str, Any]  # its settlement note, a PDF: url, sha256, size
    payout_mails: list[EmailMessage]  # to the affiliate
    stats: dict[str, Any]
    sale: Sale | None  # by card
    ledgers: Mapping[str, dict[str, Any]]  # by service: balances and proofs


class MainJob:
    """The people of the story and what they do, in order."""

    def __init__(
        self,
        suite: Suite,
        photos: Sequence[Photo],
        display: Display,
        aspect_ratio: str = "16:9",
        by_card: bool = True,
    ) -> None:
        """`photos`: two or more; their rooms become the order of the film of `aspect_ratio`.

        With `by_card` there is a second customer, who orders the first of them alone.
        """
        self.suite, self.display = suite, display
        notes = Notes(suite.data_dir / "main-job.json")
        password = notes["password"]
        self.customer = Person(suite, "kari@buyer.example", password)
        self.affiliate = Person(suite, "ola@affiliate.example", password)
        self.admin = Admin(suite, "admin@ai-studio.example", password, notes)
        self.work = Work(self.customer, photos, display, aspect_ratio)
        self.money = Money(suite, self.admin, notes)
        second = Person(suite, "per@agent.example", password)
        ordered = Work(second, photos[:1], display, name="Lilleveien 4")
        self.by_card = by_card
        self.card_sale = CardSale(second, self.admin, ordered, notes, display)

    def run(self) -> Outcome:
        """Do all of it, or what is left of it."""
        self.display.step("Three people, two workspaces")
        customer, affiliate = self._sign_up()
        self.display.step("Company details, eligibility and the relationship")
        self._agree(customer, affiliate)
        project = self.work.photographs()
        video = self.work.film(project)
        self.display.step("One invoice for both, paid in two parts")
        invoice_id = self.money.invoice(customer)
        document = self._document(invoice_id, "pdf")
        earned_after_part = self.money.pay(invoice_id)
        sale = self.card_sale.run(affiliate) if self.by_card else None
        self.display.step("The commission of the invoice, and its payout")
        payout = self.money.pay_out(affiliate)
        return Outcome(
            project=self.work.project_now(project["id"]),
            video=video,
            lines=self._items("billing", "list_line_items", workspace_id=customer),
            invoice=self.admin.call("billing", "get_invoice", invoice_id=invoice_id),
            document=document,
            ehf=self._document(invoice_id, "ehf"),
            mails=self.suite.mail(BUYER["invoice_email"]),
            earned_after_part=earned_after_part,
            earnings=self._items("affiliate", "list_earnings", affiliate_workspace_id=affiliate),
            payout=payout,
            note=self.affiliate.call("affiliate", "settlement_note", payout_id=payout["id"]),
            payout_mails=self.suite.mail(PAYEE["invoice_email"]),
            stats=self.admin.call("affiliate", "affiliate_stats"),
            sale=sale,
            ledgers={service: self.admin.call(service, "verify_ledger") for service in KEEPERS},
        )

    def _sign_up(self) -> tuple[str, str]:
        with suppress(Rejected):  # made before
            self.suite.create_admin(self.admin.email, self.admin.password)
        self.admin.enrol()
        customer = self.customer.sign_up("Kari Eksempel", "sign up the customer")
        affiliate = self.affiliate.sign_up("Ola Eksempel", "sign up the affiliate")
        return customer, affiliate

    def _agree(self, customer: str, affiliate: str) -> None:
        self.customer.call("auth", "update_workspace", **BUYER)
        number = PAYEE["organization_number"]
        self.affiliate.call(
            "auth", "update_workspace", organization_number=number, legal_name=PAYEE["legal_name"]
        )
        self.admin.call(
            "auth",
            "set_invoice_eligibility",
            workspace_id=customer,
            eligible=True,
            reason="the company was looked up and approved",
        )
        self.customer.await_invoicing()  # work that is started before would wait for it
        self.affiliate.call("affiliate", "set_payout_details", **PAYEE)
        self.admin.call(
            "affiliate",
            "create_relationship",
            affiliate_workspace_id=affiliate,
            referred_workspace_id=customer,
            idempotency_key="create the relationship",
        )

    def _document(self, document_id: str, format: str) -> dict[str, Any]:
        link: dict[str, Any] = self.customer.call(
            "billing", "document", document_id=document_id, format=format
        )
        return link

    def _items(self, service: str, method: str, **wanted: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.admin.call(service, method, **wanted)["items"]
        return items[::-1]  # oldest first, as it came about
