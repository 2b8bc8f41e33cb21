"""What billing does with a buyer's invoices, and tells of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import ids
from contracts.billing import events as billing
from unit.stages.commission_book import Invoice

BUYER = UUID(int=1)


@dataclass
class Invoices:
    """All of a buyer's; `queue` is what was told of them and not heard yet."""

    now: datetime
    invoices: list[Invoice] = field(default_factory=list)
    queue: list[Any] = field(default_factory=list)

    def issue(self, n: int, percent: int) -> None:
        """Issue an invoice: odd amounts are the ones that are rounded."""
        net_ore = (1, 2, 333, 100_010, 100_000, 77_777)[n % 6] * (percent % 3 + 1)
        self.invoices.append(Invoice(ids.derive(BUYER, len(self.invoices)), net_ore, self.now))

    def pay(self, n: int, _: int) -> None:
        """Pay one that is not paid."""
        invoice = self._one(n, is_paid=False)
        invoice.is_paid, invoice.settlement = True, invoice.settlement + 1
        self.queue.append(
            billing.InvoicePaid(
                invoice_id=invoice.id,
                workspace_id=BUYER,
                invoice_number=10_001 + self.invoices.index(invoice),
                series="A",
                currency="NOK",
                line_item_ids=(),
                net_ore=invoice.net_ore,
                vat_ore=0,
                gross_ore=invoice.net_ore,
                credited_net_ore=invoice.credited_ore,
                commission_base_ore=invoice.net_ore - invoice.credited_ore,
                issue_date=invoice.issued_at.date(),
                paid_on=self.now.date(),
                paid_at=self.now,
                settlement=invoice.settlement,
                issued_at=invoice.issued_at,
            )
        )

    def credit(self, n: int, percent: int) -> None:
        """Credit part of what is left of one, or all of it."""
        invoice = self.invoices[n % len(self.invoices)]
        left = invoice.net_ore - invoice.credited_ore
        part = left * percent // 100
        if part == 0 or (part == left and not invoice.is_paid):
            return
        invoice.credited_ore += part
        self.queue.append(
            billing.InvoiceCredited(
                invoice_id=invoice.id,
                kind="invoice",
                workspace_id=BUYER,
                credit_note_id=invoice.id,
                credit_note_number=20_001,
                net_ore=part,
                vat_ore=0,
                gross_ore=part,
                credited_net_ore=invoice.credited_ore,
                is_paid=invoice.is_paid,
            )
        )

    def bounce(self, n: int, _: int) -> None:
        """Let the money of one be gone again."""
        invoice = self._one(n, is_paid=True)
        invoice.is_paid = False
        self.queue.append(
            billing.InvoicePaymentReversed(
                invoice_id=invoice.id,
                workspace_id=BUYER,
                amount_ore=invoice.net_ore,
                remaining_ore=invoice.net_ore,
                was_paid=True,
                reason="bounced",
            )
        )

    def _one(self, n: int, is_paid: bool) -> Invoice:
        found = [each for each in self.invoices if each.is_paid == is_paid]
        return found[n % len(found)]
