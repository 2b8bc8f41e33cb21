"""The rows that billing shows of its invoices, and of the payments on them."""

from datetime import UTC, date, datetime
from uuid import UUID

from billing.domain.invoice_messages import (
    InvoiceDocumentStored,
    InvoiceDrafted,
    InvoiceIssued,
    InvoicePaid,
    InvoicePaymentRecorded,
)
from billing.projections import invoice_payments, invoices
from chassis.testing.projected import at, event_id, projected

WORKSPACE, LINE, INVOICE = (UUID(int=n) for n in range(1, 4))
THEN = datetime(2026, 5, 1, tzinfo=UTC)
DAY, LATER = date(2026, 5, 2), date(2026, 5, 16)

drafted = InvoiceDrafted(
    workspace_id=WORKSPACE,
    currency="SEK",
    net_ore=90_000,
    vat_ore=22_500,
    gross_ore=112_500,
    line_item_ids=(LINE,),
)
issued = InvoiceIssued(
    series="A", invoice_number=10_001, kid="100017", issue_date=DAY, due_date=LATER
)


def paid_in(amount_ore: int, external_id: str) -> InvoicePaymentRecorded:
    return InvoicePaymentRecorded(
        amount_ore=amount_ore, paid_on=DAY, source="bank", external_id=external_id, at=THEN
    )


DRAFT_ROW = {
    "id": str(INVOICE),
    "workspace_id": str(WORKSPACE),
    "fiken_invoice_id": None,
    "fiken_invoice_number": None,
    "fiken_contact_id": None,
    "total_amount_ore": 90_000,
    "currency": "SEK",
    "status": "draft",
    "issue_date": None,
    "due_date": None,
    "paid_at": None,
    "notes": None,
    "created_at": at(1),
    "updated_at": at(1),
    "state": "Draft",
    "series": None,
    "invoice_number": None,
    "kid": None,
    "net_ore": 90_000,
    "vat_ore": 22_500,
    "gross_ore": 112_500,
    "paid_ore": 0,
    "document_ref": None,
    "document_sha256": None,
    "document_size": None,
}
ISSUED = [(INVOICE, drafted), (INVOICE, issued)]
ISSUED_ROW = {
    **DRAFT_ROW,
    "state": "Issued",
    "status": "sent",
    "series": "A",
    "invoice_number": 10_001,
    "kid": "100017",
    "issue_date": DAY,
    "due_date": LATER,
    "updated_at": at(2),
}


def test_a_draft_has_a_row() -> None:
    assert projected(invoices.projection, [(INVOICE, drafted)]) == [DRAFT_ROW]


def test_an_issued_invoice_has_its_number_and_its_dates() -> None:
    assert projected(invoices.projection, ISSUED) == [ISSUED_ROW]


def test_a_stored_document_is_found() -> None:
    stored = InvoiceDocumentStored(ref="blob:a.pdf", sha256="a" * 64, size=500)
    found = {
        "document_ref": "blob:a.pdf",
        "document_sha256": "a" * 64,
        "document_size": 500,
        "updated_at": at(3),
    }
    rows = projected(invoices.projection, [*ISSUED, (INVOICE, stored)])
    assert rows == [{**ISSUED_ROW, **found}]


def test_payments_add_up_until_nothing_remains() -> None:
    told = [*ISSUED, (INVOICE, paid_in(100_000, "1")), (INVOICE, paid_in(12_500, "2"))]
    part = {"state": "PartPaid", "paid_ore": 112_500, "updated_at": at(4)}
    assert projected(invoices.projection, told) == [{**ISSUED_ROW, **part}]

    paid = InvoicePaid(commission_base_ore=90_000, paid_on=DAY, paid_at=THEN)
    whole = {**part, "state": "Paid", "status": "paid", "paid_at": THEN, "updated_at": at(5)}
    rows = projected(invoices.projection, [*told, (INVOICE, paid)])
    assert rows == [{**ISSUED_ROW, **whole}]


def test_each_payment_on_an_invoice_has_a_row_and_nothing_else_has_one() -> None:
    told = [*ISSUED, (INVOICE, paid_in(100_000, "1")), (INVOICE, paid_in(12_500, "2"))]
    first = {
        "id": str(event_id(INVOICE, 3)),
        "invoice_id": str(INVOICE),
        "amount_ore": 100_000,
        "paid_on": DAY,
        "source": "bank",
        "external_id": "1",
        "created_at": at(3),
    }
    second = {
        **first,
        "id": str(event_id(INVOICE, 4)),
        "amount_ore": 12_500,
        "external_id": "2",
        "created_at": at(4),
    }
    assert projected(invoice_payments.projection, told) == [first, second]
