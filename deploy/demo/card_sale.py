"""A sale by card: a second customer pays before the work, and gets a part back after it."""

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from chassis.domain import value
from demo.main_job_work import Display, Work
from demo.notes import Notes
from demo.people import Person
from demo.suite import Suite
from embedded import cards

CARD_BUYER: Mapping[str, Any] = {
    "organization_number": "310000027",
    "legal_name": "Eksempel Megling AS",
    "billing_address": {"street": "Lilleveien 4", "postal_code": "0161", "city": "Oslo"},
    "invoice_email": "regnskap@agent.example",
}
REFUNDED_NET_ORE = 20_000


@value
class Sale:
    """What came of it; amounts are øre, documents are links by format."""

    demanded: str  # the project's clearance before it was paid for
    payment: dict[str, Any]
    receipt: dict[str, Any]
    receipt_files: Mapping[str, dict[str, Any]]
    credit_note: dict[str, Any]
    credit_note_files: Mapping[str, dict[str, Any]]
    refund: dict[str, Any]
    charged_ore: int  # as the stand-in has it
    given_back_ore: int
    mails: list[EmailMessage]  # to the buyer


class CardSale:
    """The second customer's story. Every step may be repeated."""

    def __init__(
        self, customer: Person, admin: Person, work: Work, notes: Notes, display: Display
    ) -> None:
        """`work`: what the customer orders; `notes`: what was demanded before it was paid for."""
        self.customer, self.admin, self.work = customer, admin, work
        self.notes, self.display = notes, display
        self.suite: Suite = customer.suite

    def run(self, affiliate: str) -> Sale:
        """Do all of it, or what is left of it; `affiliate` referred this customer too."""
        self.display.step("A second customer, who is not invoiced: payment is required first")
        workspace = self._sign_up(affiliate)
        project_id = self.work.started()
        target = {"target_kind": "image_project", "target_id": project_id}
        self.display.step(f"Paid by card at {self.suite.stripe_url}: a stand-in, and not Stripe")
        self._pay(project_id, target)
        self.work.photographs()
        self.display.step("The sales document, and a part of it back with a credit note")
        self.suite.settle()  # the document is there
        given_back = self._refund(target)
        receipt = self._only("list_invoices", workspace, kind="receipt")
        return self._outcome(workspace, target, receipt["id"], given_back["credit_note_id"])

    def _sign_up(self, affiliate: str) -> str:
        workspace = self.customer.sign_up("Per Eksempel", "sign up the second customer")
        self.customer.call("auth", "update_workspace", **CARD_BUYER)
        self.admin.call(
            "affiliate",
            "create_relationship",
            affiliate_workspace_id=affiliate,
            referred_workspace_id=workspace,
            idempotency_key="create the second relationship",
        )
        return workspace

    def _pay(self, project_id: str, target: Mapping[str, Any]) -> None:
        """Pay at a Checkout, unless it was paid before."""
        self.suite.settle()  # billing was asked, and what was paid is told
        if self._payment(target)["is_paid"]:
            return
        self.notes.keep("demanded", self.work.project_now(project_id)["clearance"])
        checkout = self.customer.call(
            "billing", "start_checkout", **target, idempotency_key="start the checkout"
        )
        session_id = urlsplit(checkout["url"]).path.rpartition("/")[2]
        cards.turn(self.suite.stripe_url, "pay", session=session_id)
        self.suite.settle()

    def _refund(self, target: Mapping[str, Any]) -> dict[str, Any]:
        promised: dict[str, Any] = self.admin.call(
            "billing",
            "refund_payment",
            **target,
            net_ore=REFUNDED_NET_ORE,
            reason="Ett bilde var uskarpt.",
            idempotency_key="refund a part of it",
        )
        self.suite.settle()
        return promised

    def _outcome(
        self, workspace: str, target: Mapping[str, Any], receipt_id: str, credit_note_id: str
    ) -> Sale:
        charges = cards.turn(self.suite.stripe_url, "objects", kind="charge")
        return Sale(
            demanded=self.notes["demanded"],
            payment=self._payment(target),
            receipt=self.customer.call("billing", "get_invoice", invoice_id=receipt_id),
            receipt_files=self._files(receipt_id),
            credit_note=self.customer.call(
                "billing", "get_credit_note", credit_note_id=credit_note_id
            ),
            credit_note_files=self._files(credit_note_id),
            refund=self._only("list_refunds", workspace),
            charged_ore=sum(each["amount_captured"] for each in charges),
            given_back_ore=sum(each["amount_refunded"] for each in charges),
            mails=self.suite.mail(CARD_BUYER["invoice_email"]),
        )

    def _payment(self, target: Mapping[str, Any]) -> dict[str, Any]:
        status: dict[str, Any] = self.customer.call("billing", "get_payment_status", **target)
        return status

    def _files(self, document_id: str) -> dict[str, dict[str, Any]]:
        return {
            format: self.customer.call(
                "billing", "document", document_id=document_id, format=format
            )
            for format in ("pdf", "ehf")
        }

    def _only(self, method: str, workspace: str, **wanted: Any) -> dict[str, Any]:
        (found,) = self.admin.call("billing", method, workspace_id=workspace, **wanted)["items"]
        row: dict[str, Any] = found
        return row
