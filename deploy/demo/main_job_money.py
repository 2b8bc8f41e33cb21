"""The money of the main job: an invoice in two payments, and an affiliate's commission."""

from typing import Any

from demo.notes import Notes
from demo.people import Person
from demo.suite import Suite


class Money:
    """What the system admin settles."""

    def __init__(self, suite: Suite, admin: Person, notes: Notes) -> None:
        """`notes`: the day of the first start, and what was earned after the first payment."""
        self.suite, self.admin, self.notes = suite, admin, notes
        self.today = notes["today"]  # of the first start, so that a repeat is equal

    def invoice(self, customer: str) -> str:
        """Put all that was delivered to a workspace on an invoice and issue it; return its id."""
        self.suite.settle()  # both line items are there
        drafted = self.admin.call(
            "billing",
            "create_invoices",
            workspace_id=customer,
            idempotency_key="create the invoices",
        )
        invoice_id: str = drafted["items"][0]["invoice_id"]
        self.admin.call(
            "billing", "issue_invoice", invoice_id=invoice_id, idempotency_key="issue the invoice"
        )
        self.suite.settle()
        return invoice_id

    def pay(self, invoice_id: str) -> int:
        """Pay in two parts; return what had been earned after the first of them."""
        if self.admin.call("billing", "get_invoice", invoice_id=invoice_id)["state"] != "Paid":
            self._payment(invoice_id, 100_000, "bank-1")
            self.suite.settle()
            stats = self.admin.call("affiliate", "affiliate_stats")
            self.notes.keep("earned_after_part", stats["pending_ore"] + stats["paid_out_ore"])
        self._payment(invoice_id, 150_000, "bank-2")
        self.suite.settle()
        earned: int = self.notes["earned_after_part"]
        return earned

    def _payment(self, invoice_id: str, amount_ore: int, external_id: str) -> None:
        self.admin.call(
            "billing",
            "record_invoice_payment",
            invoice_id=invoice_id,
            amount_ore=amount_ore,
            paid_on=self.today,
            source="bank",
            external_id=external_id,
            idempotency_key=f"record {external_id}",
        )

    def pay_out(self, affiliate: str) -> dict[str, Any]:
        """Pay out what a workspace has earned; return the payout."""
        created = self.admin.call(
            "affiliate",
            "create_payout",
            cutoff=self.today,
            affiliate_workspace_id=affiliate,
            idempotency_key="create the payout",
        )
        payout_id = created["items"][0]["id"]
        self.admin.call(
            "affiliate",
            "approve_payout",
            payout_id=payout_id,
            idempotency_key="approve the payout",
        )
        self.suite.settle()  # its settlement note is there before the bank is asked
        self.admin.call(
            "affiliate",
            "confirm_payout",
            payout_id=payout_id,
            reference="DEMO-1",
            paid_on=self.today,
            idempotency_key="confirm the payout",
        )
        self.suite.settle()
        row: dict[str, Any] = self.admin.call("affiliate", "get_payout", payout_id=payout_id)
        return row
