"""What billing tells others is what its contracts say, and only that."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from billing.app import SERVICE
from billing.domain import invoice, payment
from billing.domain.invoice_messages import (
    InvoiceDocumentStored,
    InvoiceDrafted,
    InvoiceIssued,
    InvoicePaid,
    InvoicePaymentRecorded,
)
from billing.domain.payment_messages import (
    ClearanceRefused,
    ClearanceRepeated,
    TargetCleared,
    TargetSettled,
)
from billing.outbound import outbound
from chassis.domain import fold
from chassis.unit.store import Recorded
from contracts.billing import events as told

WORKSPACE, TARGET, SUBJECT, LINE = (UUID(int=n) for n in range(1, 5))
AT = datetime(2026, 4, 1, 12, tzinfo=UTC)
ISSUED_ON = date(2026, 3, 31)

cleared = TargetCleared(
    workspace_id=WORKSPACE,
    target_kind="video_project",
    target_id=TARGET,
    run=1,
    method="invoice",
    price_ore=100_000,
    price_version=0,
    vat_rate_bp=2_500,
    at=AT,
)
drafted = InvoiceDrafted(
    workspace_id=WORKSPACE,
    currency="NOK",
    net_ore=100_000,
    vat_ore=25_000,
    gross_ore=125_000,
    line_item_ids=(LINE,),
)
issued = InvoiceIssued(
    series="invoice",
    invoice_number=10_001,
    kid="100016",
    issue_date=ISSUED_ON,
    due_date=date(2026, 4, 14),
)
received = InvoicePaymentRecorded(
    amount_ore=125_000, paid_on=ISSUED_ON, source="bank", external_id="1", at=AT
)
paid = InvoicePaid(commission_base_ore=100_000, paid_on=ISSUED_ON, paid_at=AT)


def tell(decider: Any, *events: Any) -> Any:
    """Return what others hear of the last of a stream's events."""
    recorded = Recorded(
        event_id=UUID(int=9),
        stream_id=f"{decider.name}-{SUBJECT}",
        subject=SUBJECT,
        version=len(events),
        event=events[-1],
        meta={"workspace": str(WORKSPACE)},
        recorded_at=AT,
    )
    return outbound(recorded, fold(decider, events))


def test_a_clearance_is_told_with_the_price_it_fixes() -> None:
    assert tell(payment.decider, cleared) == told.PaymentCleared(
        target_kind="video_project",
        target_id=TARGET,
        run=1,
        workspace_id=WORKSPACE,
        method="invoice",
        price_ore=100_000,
        price_version=0,
        vat_rate_bp=2_500,
    )


def test_whoever_asks_for_another_run_hears_of_that_run() -> None:
    first = tell(payment.decider, cleared)
    second = tell(payment.decider, cleared, ClearanceRepeated(run=2))

    assert second == replace(first, run=2)


def test_a_refusal_is_told_with_its_reason() -> None:
    refused = ClearanceRefused(
        workspace_id=WORKSPACE,
        target_kind="video_project",
        target_id=TARGET,
        run=1,
        max_price_ore=5,
        price_ore=100_000,
        reason="price_above_max",
    )

    assert tell(payment.decider, refused) == told.PaymentRequired(
        target_kind="video_project",
        target_id=TARGET,
        run=1,
        workspace_id=WORKSPACE,
        price_ore=100_000,
        reason="price_above_max",
    )


def test_an_issued_invoice_is_told_with_number_and_dates() -> None:
    assert tell(invoice.decider, drafted, issued) == told.InvoiceIssued(
        invoice_id=SUBJECT,
        workspace_id=WORKSPACE,
        series="invoice",
        invoice_number=10_001,
        currency="NOK",
        net_ore=100_000,
        vat_ore=25_000,
        gross_ore=125_000,
        issue_date=ISSUED_ON,
        due_date=date(2026, 4, 14),
        line_item_ids=(LINE,),
    )


def test_a_paid_invoice_is_told_with_what_commission_is_earned_on() -> None:
    assert tell(invoice.decider, drafted, issued, received, paid) == told.InvoicePaid(
        invoice_id=SUBJECT,
        workspace_id=WORKSPACE,
        series="invoice",
        invoice_number=10_001,
        currency="NOK",
        net_ore=100_000,
        vat_ore=25_000,
        gross_ore=125_000,
        credited_net_ore=0,
        commission_base_ore=100_000,
        issue_date=ISSUED_ON,
        paid_on=ISSUED_ON,
        paid_at=AT,
        line_item_ids=(LINE,),
    )


def test_steps_on_the_way_are_private() -> None:
    stored = InvoiceDocumentStored(ref="blob:x", sha256="ab", size=1)

    assert tell(payment.decider, cleared, TargetSettled(at=AT)) is None
    assert tell(invoice.decider, drafted, issued, stored) is None
    assert tell(invoice.decider, drafted, issued, received) is None


def test_all_that_is_told_is_announced() -> None:
    assert set(SERVICE.publishes) == {
        told.PaymentCleared,
        told.PaymentRequired,
        told.LineItemCreated,
        told.InvoiceDrafted,
        told.InvoiceIssued,
        told.InvoicePaid,
    }
