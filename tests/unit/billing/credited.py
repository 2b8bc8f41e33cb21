"""A credit note of 40 000 øre net on an invoice."""

from datetime import UTC, date, datetime
from uuid import UUID

from billing.domain.amounts import Amounts, RateSum
from billing.domain.credit_note import CreditedLine, CreditNoteIssued, IssueCreditNote

WORKSPACE, INVOICE, LINE = UUID(int=1), UUID(int=6), UUID(int=3)
AT = datetime(2026, 4, 1, 12, tzinfo=UTC)
RATES = (RateSum(vat_type="HIGH", vat_rate_bp=2_500, net_ore=40_000, vat_ore=10_000),)
LINES = (CreditedLine(line_item_id=LINE, net_ore=40_000, vat_ore=10_000),)

take_back = IssueCreditNote(
    invoice_id=INVOICE,
    workspace_id=WORKSPACE,
    currency="NOK",
    amounts=Amounts(net_ore=40_000, vat_ore=10_000, gross_ore=50_000),
    by_rate=RATES,
    lines=LINES,
    series="sales",
    number=10_002,
    issue_date=date(2026, 4, 1),
    at=AT,
)
noted = CreditNoteIssued(
    invoice_id=INVOICE,
    workspace_id=WORKSPACE,
    currency="NOK",
    net_ore=40_000,
    vat_ore=10_000,
    gross_ore=50_000,
    by_rate=RATES,
    lines=LINES,
    series="sales",
    number=10_002,
    issue_date=date(2026, 4, 1),
    at=AT,
)
