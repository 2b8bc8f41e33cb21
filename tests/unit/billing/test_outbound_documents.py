"""What billing tells others of documents and money is what its contracts say, and only that."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from billing.app import SERVICE
from billing.domain import credit_note, invoice, refund
from billing.domain.credit_note import CreditNoteDelivered, CreditNoteDeliveryFailed
from billing.domain.invoice_events import (
    InvoiceDelivered,
    InvoiceDeliveryFailed,
    InvoiceIssueRefused,
    InvoiceOverdue,
    InvoiceRecovered,
    InvoiceReminded,
    InvoiceSendingRequested,
    InvoiceWrittenOff,
)
from billing.domain.refund_messages import (
    RefundRequested,
    RefundSent,
)
from billing.domain.target import Target
from contracts import forgetting
from contracts.billing import card_events
from contracts.billing import events as told
from contracts.billing.card_events import PaymentRefunded
from unit.billing.credited import noted
from unit.billing.invoiced import (
    AT,
    DUE_ON,
    ISSUED_AT,
    ISSUED_ON,
    LINES,
    NOTE,
    PAID_ON,
    STATES,
    WORKSPACE,
    all_credited,
    credited,
    discarded,
    drafted,
    issued,
    paid,
    part,
    part_reversed,
    rest,
    stored,
    written_off,
)
from unit.billing.telling import SUBJECT, tell

OUT = (drafted, issued)
WORK = Target(kind="image_project", id=UUID(int=7))
PAID = (*OUT, part, rest, paid)
RECEIPT = (replace(drafted, kind="receipt", target=WORK), replace(issued, kind="receipt"))
SUMS = {"net_ore": 200_000, "vat_ore": 50_000, "gross_ore": 250_000}
requested = RefundRequested(
    workspace_id=WORKSPACE,
    rail="bank",
    of="credit",
    amount_ore=500,
    credit_note_id=None,
    reason="by_hand",
    payment_id=None,
    payment_intent_id=None,
    target=None,
    whole=False,
    at=AT,
)


def test_a_draft_is_told_with_its_sums_and_a_discarded_one_with_its_lines() -> None:
    assert tell(invoice.decider, drafted) == told.InvoiceDrafted(
        invoice_id=SUBJECT, workspace_id=WORKSPACE, line_item_ids=LINES, **SUMS
    )
    assert tell(invoice.decider, drafted, discarded) == told.InvoiceDiscarded(
        invoice_id=SUBJECT, workspace_id=WORKSPACE, line_item_ids=LINES
    )


def test_an_issued_invoice_is_told_with_number_and_dates() -> None:
    assert tell(invoice.decider, *OUT) == told.InvoiceIssued(
        invoice_id=SUBJECT,
        workspace_id=WORKSPACE,
        series="sales",
        invoice_number=10_001,
        currency="NOK",
        issue_date=ISSUED_ON,
        due_date=DUE_ON,
        line_item_ids=LINES,
        **SUMS,
    )


def test_a_paid_invoice_is_told_with_what_commission_is_earned_on() -> None:
    second = replace(paid, settlement=2, credited_net_ore=40_000, commission_base_ore=160_000)

    assert tell(invoice.decider, *OUT, part, rest, second) == told.InvoicePaid(
        invoice_id=SUBJECT,
        workspace_id=WORKSPACE,
        series="sales",
        invoice_number=10_001,
        currency="NOK",
        credited_net_ore=40_000,
        commission_base_ore=160_000,
        issue_date=ISSUED_ON,
        paid_on=PAID_ON,
        paid_at=AT,
        line_item_ids=LINES,
        settlement=2,
        issued_at=ISSUED_AT,
        **SUMS,
    )


@pytest.mark.parametrize(("before", "is_paid"), [(OUT, False), ((*OUT, part), False), (PAID, True)])
def test_a_credit_is_told_with_all_that_was_credited(
    before: tuple[Any, ...], is_paid: bool
) -> None:
    note = credited(40_000, excess_ore=0, before_ore=20_000)

    assert tell(invoice.decider, *before, note) == told.InvoiceCredited(
        invoice_id=SUBJECT,
        kind="invoice",
        workspace_id=WORKSPACE,
        credit_note_id=NOTE,
        credit_note_number=10_002,
        net_ore=40_000,
        vat_ore=10_000,
        gross_ore=50_000,
        credited_net_ore=60_000,
        is_paid=is_paid,
    )


REVERSED = told.InvoicePaymentReversed(
    invoice_id=SUBJECT,
    workspace_id=WORKSPACE,
    amount_ore=100_000,
    remaining_ore=100_000,
    was_paid=True,
    reason="bounced",
)


def test_a_reversal_is_told_with_what_remains_then() -> None:
    gone = replace(part_reversed, was_paid=True)

    assert tell(invoice.decider, *PAID, gone) == REVERSED


def test_of_what_was_written_off_nothing_remains_after_a_reversal_either() -> None:
    heard = tell(invoice.decider, *STATES["WrittenOff"], part_reversed)

    assert heard == replace(REVERSED, was_paid=False, remaining_ore=0)


def test_a_loss_is_told_each_time_with_what_it_adds() -> None:
    lost = told.InvoiceWrittenOff(
        invoice_id=SUBJECT,
        workspace_id=WORKSPACE,
        written_off_ore=150_000,
        vat_relief_ore=30_000,
        ground="insolvency",
    )
    again = InvoiceWrittenOff(amount_ore=100_000, vat_ore=20_000, ground=None)

    assert tell(invoice.decider, *STATES["WrittenOff"]) == lost
    assert tell(invoice.decider, *STATES["WrittenOff"], part_reversed, again) == replace(
        lost, written_off_ore=100_000, vat_relief_ore=20_000, ground=None
    )


def test_a_late_one_is_told_with_what_remains() -> None:
    assert tell(invoice.decider, *OUT, part, InvoiceOverdue(due_date=DUE_ON)) == (
        told.InvoiceOverdue(
            invoice_id=SUBJECT, workspace_id=WORKSPACE, due_date=DUE_ON, remaining_ore=150_000
        )
    )


@pytest.mark.parametrize(
    ("kind", "decider", "before", "delivered", "failed"),
    [
        ("invoice", invoice.decider, OUT, InvoiceDelivered, InvoiceDeliveryFailed),
        ("receipt", invoice.decider, RECEIPT, InvoiceDelivered, InvoiceDeliveryFailed),
        (
            "credit_note",
            credit_note.decider,
            (noted,),
            CreditNoteDelivered,
            CreditNoteDeliveryFailed,
        ),
    ],
)
def test_what_became_of_a_sending_is_told_of_each_kind_of_document(
    kind: str, decider: Any, before: tuple[Any, ...], delivered: Any, failed: Any
) -> None:
    whose: dict[str, Any] = {"document_id": SUBJECT, "kind": kind, "workspace_id": WORKSPACE}

    assert tell(decider, *before, delivered(sending=1, channel="mail")) == told.InvoiceDelivered(
        channel="mail", **whose
    )
    assert tell(decider, *before, failed(sending=1, reason="no_address")) == (
        told.InvoiceDeliveryFailed(reason="no_address", **whose)
    )


def test_a_refund_is_told_when_it_was_sent() -> None:
    sent = RefundSent(rail="bank", amount_ore=500, reference="b-1", paid_on=PAID_ON)

    assert tell(refund.decider, requested) is None
    assert tell(refund.decider, requested, sent) == PaymentRefunded(
        refund_id=SUBJECT,
        workspace_id=WORKSPACE,
        target_kind=None,
        target_id=None,
        amount_ore=500,
        whole=False,
    )


@pytest.mark.parametrize(
    "events",
    [
        (drafted, InvoiceIssueRefused(missing=("country",))),
        (*OUT, stored),
        (*OUT, InvoiceSendingRequested(sending=2)),
        (*OUT, part),
        (*OUT, InvoiceReminded(number=1, on=DUE_ON)),
        (*OUT, part, written_off, InvoiceRecovered(amount_ore=5, vat_ore=1)),
        (*OUT, part, all_credited, replace(part_reversed, amount_ore=0, excess_ore=100_000)),
        RECEIPT[:1],
        (*RECEIPT, part, rest, paid),
        (*RECEIPT, part, part_reversed),
    ],
    ids=lambda events: type(events[-1]).__name__,
)
def test_steps_on_the_way_are_private_and_so_are_card_sales(events: tuple[Any, ...]) -> None:
    """A reversal of which nothing stood changes nothing for others."""
    assert tell(invoice.decider, *events) is None


def test_a_credit_note_is_told_by_its_invoice_alone() -> None:
    assert tell(credit_note.decider, noted) is None


def test_all_that_is_told_is_announced() -> None:
    contract = {
        each
        for page in (told, card_events, forgetting)
        for each in vars(page).values()
        if getattr(each, "__module__", "") == page.__name__
    }
    assert set(SERVICE.publishes) == contract
