"""An invoice of two lines of 100 000 øre net, and what may happen to it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from billing.domain.amounts import RateSum
from billing.domain.invoice_events import (
    Event,
    InvoiceCredited,
    InvoiceDiscarded,
    InvoiceDocumentStored,
    InvoiceDrafted,
    InvoiceIssued,
    InvoicePaid,
    InvoicePaymentRecorded,
    InvoicePaymentReversed,
    InvoiceWrittenOff,
)
from billing.domain.invoice_messages import (
    Credit,
    DraftInvoice,
    Issue,
    Line,
    NoteDocument,
    RecordPayment,
    ReversePayment,
)

WORKSPACE, OTHER, NOTE, INVOICE = UUID(int=1), UUID(int=2), UUID(int=5), UUID(int=6)
LINES = (UUID(int=3), UUID(int=4))
ISSUED_ON, PAID_ON, DUE_ON = date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 14)
ISSUED_AT = datetime(2026, 3, 31, 9, tzinfo=UTC)
AT = datetime(2026, 4, 1, 12, tzinfo=UTC)
LATE = AT + timedelta(days=400)


def line(id: UUID, net_ore: int = 100_000, vat_ore: int = 25_000) -> Line:
    return Line(
        line_item_id=id,
        net_ore=net_ore,
        vat_ore=vat_ore,
        gross_ore=net_ore + vat_ore,
        vat_type="HIGH",
        vat_rate_bp=2_500,
    )


draft = DraftInvoice(
    workspace_id=WORKSPACE,
    organization_number="974760673",
    lines=tuple(line(id) for id in LINES),
)
issue = Issue(
    series="sales", invoice_number=10_001, kid="100016", issue_date=ISSUED_ON, at=ISSUED_AT
)
note = NoteDocument(format="pdf", ref="blob:x/documents/10001.pdf", sha256="ab", size=3)
pay = RecordPayment(amount_ore=100_000, paid_on=PAID_ON, source="bank", external_id="known", at=AT)
pay_the_rest = replace(pay, amount_ore=150_000, external_id="rest")
reverse = ReversePayment(source="bank", external_id="known", reason="bounced")

BY_RATE = (RateSum(vat_type="HIGH", vat_rate_bp=2_500, net_ore=200_000, vat_ore=50_000),)
drafted = InvoiceDrafted(
    kind="invoice",
    workspace_id=WORKSPACE,
    organization_number="974760673",
    run_id=None,
    currency="NOK",
    net_ore=200_000,
    vat_ore=50_000,
    gross_ore=250_000,
    by_rate=BY_RATE,
    line_item_ids=LINES,
)
discarded = InvoiceDiscarded(line_item_ids=LINES)
issued = InvoiceIssued(
    kind="invoice",
    workspace_id=WORKSPACE,
    currency="NOK",
    net_ore=200_000,
    vat_ore=50_000,
    gross_ore=250_000,
    by_rate=BY_RATE,
    series="sales",
    invoice_number=10_001,
    kid="100016",
    issue_date=ISSUED_ON,
    due_date=DUE_ON,
    at=ISSUED_AT,
)
stored = InvoiceDocumentStored(format="pdf", ref="blob:x/documents/10001.pdf", sha256="ab", size=3)
part = InvoicePaymentRecorded(
    amount_ore=100_000, paid_on=PAID_ON, source="bank", external_id="known", at=AT
)
rest = replace(part, amount_ore=150_000, external_id="rest")
paid = InvoicePaid(
    settlement=1,
    credited_net_ore=0,
    commission_base_ore=200_000,
    paid_on=PAID_ON,
    paid_at=AT,
)
part_reversed = InvoicePaymentReversed(
    amount_ore=100_000,
    excess_ore=0,
    source="bank",
    external_id="known",
    was_paid=False,
    reason="bounced",
)
written_off = InvoiceWrittenOff(amount_ore=150_000, vat_ore=30_000, ground="insolvency")


def credit(net_ore: int, vat_ore: int | None = None) -> Credit:
    """Return a credit note's command; its VAT is 25 % if it is not said."""
    vat_ore = net_ore // 4 if vat_ore is None else vat_ore
    return Credit(
        credit_note_id=NOTE,
        credit_note_number=10_002,
        net_ore=net_ore,
        vat_ore=vat_ore,
        gross_ore=net_ore + vat_ore,
        at=AT,
    )


def credited(net_ore: int, excess_ore: int, before_ore: int = 0) -> InvoiceCredited:
    """Return what that command comes to; `before_ore` is the net of the credit notes before."""
    asked = credit(net_ore)
    return InvoiceCredited(
        credit_note_id=NOTE,
        credit_note_number=10_002,
        net_ore=net_ore,
        vat_ore=asked.vat_ore,
        gross_ore=asked.gross_ore,
        applied_ore=asked.gross_ore - excess_ore,
        excess_ore=excess_ore,
        credited_net_ore=before_ore + net_ore,
    )


all_credited = credited(200_000, excess_ore=100_000)
STATES: dict[str, tuple[Event, ...]] = {
    "none": (),
    "Draft": (drafted,),
    "Discarded": (drafted, discarded),
    "Issued": (drafted, issued),
    "PartPaid": (drafted, issued, part),
    "Paid": (drafted, issued, part, rest, paid),
    "Credited": (drafted, issued, part, all_credited),
    "WrittenOff": (drafted, issued, part, written_off),
}
