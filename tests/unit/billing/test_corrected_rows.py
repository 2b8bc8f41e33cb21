"""The rows that billing shows of credit notes and refunds."""

from datetime import UTC, date, datetime
from uuid import UUID

from billing.domain.amounts import RateSum
from billing.domain.credit_note import (
    CreditedLine,
    CreditNoteDelivered,
    CreditNoteDeliveryFailed,
    CreditNoteDocumentStored,
    CreditNoteIssued,
    CreditNoteSendingRequested,
)
from billing.domain.refund_messages import (
    RefundFailed,
    RefundRequested,
    RefundReturned,
    RefundSent,
)
from billing.projections import credit_notes, refunds
from chassis import ids
from chassis.testing.projected import at, kept, projected

NOTE, INVOICE, WORKSPACE, LINE, OTHER, REFUND = (UUID(int=n) for n in range(1, 7))
DAY, THEN = date(2026, 5, 2), datetime(2026, 5, 2, 12, tzinfo=UTC)

issued = CreditNoteIssued(
    invoice_id=INVOICE,
    workspace_id=WORKSPACE,
    currency="NOK",
    net_ore=60_000,
    vat_ore=15_000,
    gross_ore=75_000,
    by_rate=(RateSum(vat_type="HIGH", vat_rate_bp=2_500, net_ore=60_000, vat_ore=15_000),),
    lines=(
        CreditedLine(line_item_id=LINE, net_ore=40_000, vat_ore=10_000),
        CreditedLine(line_item_id=OTHER, net_ore=20_000, vat_ore=5_000),
    ),
    series="sales",
    number=10_002,
    issue_date=DAY,
    at=THEN,
)
NOTE_ROW = {
    "id": str(NOTE),
    "workspace_id": str(WORKSPACE),
    "invoice_id": str(INVOICE),
    "series": "sales",
    "number": 10_002,
    "issue_date": DAY,
    "currency": "NOK",
    "net_ore": 60_000,
    "vat_ore": 15_000,
    "gross_ore": 75_000,
    "delivery": "pending",
    "document_ref": None,
    "document_sha256": None,
    "document_size": None,
    "ehf_ref": None,
    "ehf_sha256": None,
    "ehf_size": None,
    "created_at": at(1),
    "updated_at": at(1),
}
asked = RefundRequested(
    workspace_id=WORKSPACE,
    rail="bank",
    of="credit",
    amount_ore=75_001,
    credit_note_id=None,
    reason="by_hand",
    payment_id=None,
    payment_intent_id=None,
    target=None,
    whole=False,
    at=THEN,
)
sent = RefundSent(rail="bank", amount_ore=75_001, reference="B-7", paid_on=DAY)
REFUND_ROW = {
    "id": str(REFUND),
    "workspace_id": str(WORKSPACE),
    "state": "Requested",
    "rail": "bank",
    "of": "credit",
    "amount_ore": 75_001,
    "cause": "by_hand",
    "payment_id": None,
    "payment_intent_id": None,
    "target_kind": None,
    "target_id": None,
    "provider_id": None,
    "credit_note_id": None,
    "reason": "asked for",
    "reference": None,
    "paid_on": None,
    "failure_reason": None,
    "created_at": at(1),
    "updated_at": at(1),
}
SENT = {**REFUND_ROW, "state": "Sent", "reference": "B-7", "paid_on": DAY, "updated_at": at(2)}


def test_a_credit_note_has_a_row_and_one_for_each_line() -> None:
    assert projected(credit_notes.projection, [(NOTE, issued)]) == [NOTE_ROW]
    rows = projected(credit_notes.lines_projection, [(NOTE, issued)])
    assert sorted(rows, key=lambda row: row["position"]) == [
        {
            "id": str(ids.derive(NOTE, "line", position)),
            "credit_note_id": str(NOTE),
            "position": position,
            "line_item_id": str(line),
            "net_ore": net_ore,
            "vat_ore": vat_ore,
            "gross_ore": net_ore + vat_ore,
        }
        for position, line, net_ore, vat_ore in (
            (1, LINE, 40_000, 10_000),
            (2, OTHER, 20_000, 5_000),
        )
    ]


def test_its_documents_and_what_became_of_sending_it_stand_in_its_row() -> None:
    events = [
        issued,
        CreditNoteDocumentStored(format="pdf", ref="blob:p", sha256="s", size=7),
        CreditNoteDocumentStored(format="ehf", ref="blob:e", sha256="s", size=7),
        CreditNoteDeliveryFailed(sending=1, reason="refused"),
    ]
    papers = {"document_ref": "blob:p", "document_sha256": "s", "document_size": 7}
    papers |= {"ehf_ref": "blob:e", "ehf_sha256": "s", "ehf_size": 7}
    told = [(NOTE, each) for each in events]
    failed = {**NOTE_ROW, **papers, "delivery": "failed", "updated_at": at(4)}
    assert projected(credit_notes.projection, told) == [failed]
    told.append((NOTE, CreditNoteSendingRequested(sending=2)))
    again = {**failed, "delivery": "pending", "updated_at": at(5)}
    assert projected(credit_notes.projection, told) == [again]
    told.append((NOTE, CreditNoteDelivered(sending=2, channel="mail")))
    delivered = {**again, "delivery": "delivered", "updated_at": at(6)}
    assert projected(credit_notes.projection, told) == [delivered]


def test_a_refund_has_a_row_with_why_it_was_asked_for() -> None:
    told = [(REFUND, kept(reason="asked for")), (REFUND, asked)]
    assert projected(refunds.projection, told) == [REFUND_ROW]
    assert projected(refunds.projection, [(REFUND, asked)]) == [{**REFUND_ROW, "reason": None}]


def test_a_refund_is_sent_fails_or_comes_back() -> None:
    begun = [(REFUND, kept(reason="asked for")), (REFUND, asked)]
    why = (REFUND, kept(failure_reason="closed"))
    assert projected(refunds.projection, [*begun, (REFUND, sent)]) == [SENT]
    failed = [*begun, why, (REFUND, RefundFailed(amount_ore=75_001))]
    assert projected(refunds.projection, failed) == [
        {**REFUND_ROW, "state": "Failed", "failure_reason": "closed", "updated_at": at(2)}
    ]
    returned = [*begun, (REFUND, sent), why, (REFUND, RefundReturned(amount_ore=75_001))]
    assert projected(refunds.projection, returned) == [
        {**SENT, "state": "Returned", "failure_reason": "closed", "updated_at": at(3)}
    ]
