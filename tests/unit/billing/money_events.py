"""Events that move money, and the histories of an invoice of 100 000 + 25 000 øre made of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID

from billing.domain.amounts import RateSum
from billing.domain.bank_payment_messages import BankPaymentReceived, BankPaymentReversed
from billing.domain.credit_note import CreditNoteIssued
from billing.domain.invoice_events import (
    InvoiceIssued,
    InvoicePaymentRecorded,
    InvoicePaymentReversed,
    InvoiceRecovered,
    InvoiceWrittenOff,
)
from billing.domain.postings import postings
from billing.domain.refund_messages import (
    Of,
    RefundRequested,
    RefundSent,
)
from billing.domain.wallet_messages import (
    CreditGranted,
    CreditTakenBack,
    Origin,
)

WORKSPACE, INVOICE = UUID(int=1), UUID(int=2)
THEN = datetime(2026, 5, 4, 10, tzinfo=UTC)
ISSUED_ON, DUE_ON, PAID_ON = date(2026, 5, 4), date(2026, 5, 18), date(2026, 5, 2)


def rate(net_ore: int, vat_type: str = "HIGH") -> RateSum:
    bp = 2_500 if vat_type == "HIGH" else 0
    vat_ore = net_ore * bp // 10_000
    return RateSum(vat_type=vat_type, vat_rate_bp=bp, net_ore=net_ore, vat_ore=vat_ore)


def totals(rates: tuple[RateSum, ...]) -> dict[str, Any]:
    net_ore, vat_ore = sum(each.net_ore for each in rates), sum(each.vat_ore for each in rates)
    gross_ore = net_ore + vat_ore
    return {"net_ore": net_ore, "vat_ore": vat_ore, "gross_ore": gross_ore, "by_rate": rates}


def issued(*rates: RateSum, kind: str = "invoice", number: int = 10_001) -> InvoiceIssued:
    return InvoiceIssued(
        kind=kind,
        workspace_id=WORKSPACE,
        currency="NOK",
        **totals(rates or (rate(100_000),)),
        series="sales",
        invoice_number=number,
        kid="100016",
        issue_date=ISSUED_ON,
        due_date=DUE_ON,
        at=THEN,
    )


def credited(*rates: RateSum, number: int = 10_002) -> CreditNoteIssued:
    return CreditNoteIssued(
        invoice_id=INVOICE,
        workspace_id=WORKSPACE,
        currency="NOK",
        **totals(rates),
        lines=(),
        series="sales",
        number=number,
        issue_date=ISSUED_ON,
        at=THEN,
    )


def came(amount_ore: int) -> BankPaymentReceived:
    return BankPaymentReceived(
        source="bank", external_id="t-1", amount_ore=amount_ore, paid_on=PAID_ON, kid=None
    )


def bounced(amount_ore: int) -> BankPaymentReversed:
    return BankPaymentReversed(amount_ore=amount_ore, paid_on=PAID_ON)


def paid(amount_ore: int, source: str = "bank") -> InvoicePaymentRecorded:
    return InvoicePaymentRecorded(
        amount_ore=amount_ore, paid_on=PAID_ON, source=source, external_id="t-1", at=THEN
    )


def unpaid(amount_ore: int, source: str = "bank") -> InvoicePaymentReversed:
    return InvoicePaymentReversed(
        amount_ore=amount_ore,
        excess_ore=0,
        source=source,
        external_id="t-1",
        was_paid=True,
        reason="bounced",
    )


def granted(amount_ore: int, origin: Origin = "overpayment") -> CreditGranted:
    return CreditGranted(
        workspace_id=WORKSPACE, amount_ore=amount_ore, origin=origin, reference="r-1"
    )


def taken_back(amount_ore: int) -> CreditTakenBack:
    return CreditTakenBack(amount_ore=amount_ore, reference="r-2")


def promised(amount_ore: int, of: Of = "receivable") -> RefundRequested:
    return RefundRequested(
        workspace_id=WORKSPACE,
        rail="bank",
        of=of,
        amount_ore=amount_ore,
        credit_note_id=None,
        reason="by_hand",
        payment_id=None,
        payment_intent_id=None,
        target=None,
        whole=False,
        at=THEN,
    )


def sent(amount_ore: int, rail: Literal["bank"] = "bank") -> RefundSent:
    return RefundSent(rail=rail, amount_ore=amount_ore, reference="b-1", paid_on=PAID_ON)


def written_off(amount_ore: int, vat_ore: int = 0) -> InvoiceWrittenOff:
    return InvoiceWrittenOff(amount_ore=amount_ore, vat_ore=vat_ore, ground=None)


def recovered(amount_ore: int, vat_ore: int) -> InvoiceRecovered:
    return InvoiceRecovered(amount_ore=amount_ore, vat_ore=vat_ore)


def transfer(amount_ore: int, *follows: Any) -> list[Any]:
    return [came(amount_ore), *follows]


def balances(events: Iterable[Any]) -> Mapping[str, int]:
    """Return what the accounts hold after these events, those at zero left out."""
    held: Counter[str] = Counter()
    for event in events:
        for entry in postings(event):
            held[entry.account] += entry.amount_ore
    return {account: ore for account, ore in held.items() if ore}


PAID = [issued(), *transfer(125_000, paid(125_000))]
OVERPAID = [issued(), *transfer(150_000, paid(125_000), granted(25_000))]
HISTORIES: Mapping[str, tuple[list[Any], Mapping[str, int]]] = {
    "issued and paid in two parts": (
        [issued(), *transfer(50_000, paid(50_000)), *transfer(75_000, paid(75_000))],
        {"bank": 125_000, "sales": -100_000, "vat_out": -25_000},
    ),
    "half way": (
        [issued(), *transfer(50_000, paid(50_000))],
        {"receivable": 75_000, "bank": 50_000, "sales": -100_000, "vat_out": -25_000},
    ),
    "overpaid, and the credit pays part of the next one": (
        [
            *OVERPAID,
            *(issued(number=10_002), paid(25_000, "credit")),
            *transfer(100_000, paid(100_000)),
        ],
        {"bank": 250_000, "sales": -200_000, "vat_out": -50_000},
    ),
    "between the two": (
        OVERPAID,
        {"bank": 150_000, "credit": -25_000, "sales": -100_000, "vat_out": -25_000},
    ),
    "credited whole before it was paid": ([issued(), credited(rate(100_000))], {}),
    "credited in part, then paid": (
        [issued(), credited(rate(40_000)), *transfer(75_000, paid(75_000))],
        {"bank": 75_000, "sales": -60_000, "vat_out": -15_000},
    ),
    "paid, credited whole, refund promised": (
        [*PAID, credited(rate(100_000)), promised(125_000)],
        {"bank": 125_000, "refunds": -125_000},
    ),
    "and sent": ([*PAID, credited(rate(100_000)), promised(125_000), sent(125_000)], {}),
    "paid, credited in part, kept as credit": (
        [*PAID, credited(rate(20_000)), granted(25_000, "credit_note")],
        {"bank": 125_000, "credit": -25_000, "sales": -80_000, "vat_out": -20_000},
    ),
    "a refund of credit fails": (
        [*OVERPAID, promised(25_000, "credit"), granted(25_000, "refund_failed")],
        {"bank": 150_000, "credit": -25_000, "sales": -100_000, "vat_out": -25_000},
    ),
    "a refund of credit comes back": (
        [
            *(*OVERPAID, promised(25_000, "credit"), sent(25_000)),
            granted(25_000, "bank_refund_returned"),
        ],
        {"bank": 150_000, "credit": -25_000, "sales": -100_000, "vat_out": -25_000},
    ),
    "written off with VAT relief, and half comes": (
        [
            *(issued(), written_off(125_000, 25_000)),
            *transfer(62_500, recovered(62_500, 12_500), paid(62_500)),
        ],
        {"bank": 62_500, "losses": 50_000, "sales": -100_000, "vat_out": -12_500},
    ),
    "written off without relief": (
        [issued(), written_off(125_000)],
        {"losses": 125_000, "sales": -100_000, "vat_out": -25_000},
    ),
    "paid, bounced, paid again": (
        [*PAID, unpaid(125_000), bounced(125_000), *transfer(125_000, paid(125_000))],
        {"bank": 125_000, "sales": -100_000, "vat_out": -25_000},
    ),
    "overpaid and bounced": (
        [*OVERPAID, taken_back(25_000), unpaid(125_000), bounced(150_000)],
        {"receivable": 125_000, "sales": -100_000, "vat_out": -25_000},
    ),
    "nobody claims it": ([came(7_700)], {"bank": 7_700, "unallocated": -7_700}),
    "sold at home and abroad": (
        [issued(rate(100_000), rate(40_000, "EXEMPT_IMPORT_EXPORT"))],
        {"receivable": 165_000, "sales": -100_000, "sales_exempt": -40_000, "vat_out": -25_000},
    ),
}
