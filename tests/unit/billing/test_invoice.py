"""An invoice: drafted from its lines, issued once, stored, sent, and what is noticed of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from billing.domain.amounts import RateSum
from billing.domain.invoice import decider
from billing.domain.invoice_events import (
    InvoiceDelivered,
    InvoiceDeliveryFailed,
    InvoiceDiscarded,
    InvoiceIssueRefused,
    InvoiceOverdue,
    InvoiceReminded,
    InvoiceSendingRequested,
)
from billing.domain.invoice_messages import (
    Discard,
    MarkOverdue,
    NoteDelivery,
    NoteDeliveryFailure,
    RefuseIssue,
    Remind,
    RequestSending,
)
from chassis.testing.spec import scenario
from unit.billing.invoiced import (
    DUE_ON,
    ISSUED_ON,
    LINES,
    draft,
    drafted,
    issue,
    issued,
    line,
    note,
    part_reversed,
    stored,
)
from unit.billing.invoiced import STATES as IN_STATE

invoice = scenario(decider)
out = invoice.given(drafted, issued)


def test_a_draft_is_the_sum_of_its_lines() -> None:
    invoice.when(draft).then(drafted)


def test_a_draft_is_summed_by_rate_the_highest_first() -> None:
    abroad = replace(line(LINES[1], vat_ore=0), vat_type="EXEMPT_IMPORT_EXPORT", vat_rate_bp=0)
    exempt = RateSum(vat_type="EXEMPT_IMPORT_EXPORT", vat_rate_bp=0, net_ore=100_000, vat_ore=0)
    high = RateSum(vat_type="HIGH", vat_rate_bp=2_500, net_ore=100_000, vat_ore=25_000)

    invoice.when(replace(draft, lines=(abroad, line(LINES[0])))).then(
        replace(
            drafted,
            vat_ore=25_000,
            gross_ore=225_000,
            by_rate=(high, exempt),
            line_item_ids=LINES[::-1],
        )
    )


@pytest.mark.parametrize("state", ["Draft", "Issued"])
def test_an_id_in_use_is_not_given_to_another_invoice(state: str) -> None:
    for other in (
        replace(draft, lines=draft.lines[:1]),
        replace(draft, lines=draft.lines[::-1]),
        replace(draft, organization_number=None),
        replace(draft, kind="receipt"),
    ):
        invoice.given(*IN_STATE[state]).when(other).then_refused("billing.invoice_exists")


def test_a_discarded_draft_gives_its_lines_back_once() -> None:
    invoice.given(drafted).when(Discard()).then(InvoiceDiscarded(line_item_ids=LINES))
    invoice.given(*IN_STATE["Discarded"]).when(Discard()).then_nothing()


def test_it_is_issued_as_it_was_drafted_and_falls_due_in_two_weeks() -> None:
    invoice.given(drafted).when(issue).then(issued)
    assert issued.due_date - issued.issue_date == timedelta(days=14)


def test_an_invoice_over_nothing_is_not_issued() -> None:
    empty = replace(drafted, net_ore=0, vat_ore=0, gross_ore=0)

    invoice.given(empty).when(issue).then_refused("billing.not_issuable")


def test_a_run_says_why_it_cannot_issue_once_for_each_reason() -> None:
    refused = InvoiceIssueRefused(missing=("legal_name",))
    other = ("legal_name", "country")

    invoice.given(drafted).when(RefuseIssue(missing=("legal_name",))).then(refused)
    refused_before = invoice.given(drafted, refused)
    refused_before.when(RefuseIssue(missing=("legal_name",))).then_nothing()
    refused_before.when(RefuseIssue(missing=other)).then(InvoiceIssueRefused(missing=other))
    refused_before.when(issue).then(issued)


def test_each_format_is_stored_once() -> None:
    ehf = replace(note, format="ehf", ref="blob:x/documents/10001.xml")

    out.when(note).then(stored)
    out.given(stored).when(replace(note, ref="blob:another")).then_nothing()
    out.given(stored).when(ehf).then(replace(stored, format="ehf", ref=ehf.ref))


def test_a_sending_ends_once_and_then_another_may_be_asked_for() -> None:
    delivered = InvoiceDelivered(sending=1, channel="mail")
    failed = InvoiceDeliveryFailed(sending=2, reason="refused")
    again = InvoiceSendingRequested(sending=2)
    deliver = NoteDelivery(sending=1, channel="mail")

    out.when(RequestSending()).then_nothing()  # the first follows from the issue, and is not over
    out.when(deliver).then(delivered)
    out.given(delivered).when(deliver).then_nothing()
    out.given(delivered).when(NoteDeliveryFailure(sending=1, reason="refused")).then_nothing()
    out.given(delivered).when(RequestSending()).then(again)
    out.given(delivered, again).when(RequestSending()).then_nothing()
    out.given(delivered, again).when(deliver).then_nothing()
    out.given(delivered, again).when(NoteDeliveryFailure(sending=2, reason="refused")).then(failed)
    out.given(delivered, again, failed).when(RequestSending()).then(
        InvoiceSendingRequested(sending=3)
    )
    for sending in (0, 2):  # nobody asked for it: the next one would have ended before it began
        with pytest.raises(AssertionError, match="nobody asked"):
            out.when(replace(deliver, sending=sending)).then_nothing()


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def test_it_is_overdue_when_its_due_day_is_over_in_oslo_and_only_once() -> None:
    overdue = InvoiceOverdue(due_date=DUE_ON)
    last_moment = datetime(2026, 4, 14, 21, 59, 59, tzinfo=UTC)

    out.when(MarkOverdue(at=last_moment)).then_nothing()
    out.when(MarkOverdue(at=last_moment + timedelta(seconds=1))).then(overdue)
    out.given(overdue).when(MarkOverdue(at=noon(DUE_ON) + timedelta(days=9))).then_nothing()


def reminded(number: int, days: int) -> InvoiceReminded:
    return InvoiceReminded(number=number, on=DUE_ON + timedelta(days=days))


@pytest.mark.parametrize(
    ("before", "number", "days"),
    [
        ((), 1, 1),
        ((reminded(1, 1),), 2, 14),
        ((reminded(1, 1), reminded(2, 14)), 3, 28),
        ((reminded(1, 5),), 2, 18),  # late themselves: never two at once
        ((reminded(1, 1), reminded(2, 30)), 3, 43),
    ],
)
def test_a_reminder_has_its_day_and_comes_once(
    before: tuple[InvoiceReminded, ...], number: int, days: int
) -> None:
    since = out.given(*before)
    day = DUE_ON + timedelta(days=days)
    early = Remind(number=number, at=noon(day) - timedelta(days=1))

    since.when(early).then_nothing()
    since.when(replace(early, at=noon(day))).then(reminded(number, days))
    since.given(reminded(number, days)).when(replace(early, at=noon(day))).then_nothing()
    much_later = noon(day) + timedelta(days=300)
    for other in {0, 1, 2, 3, 4} - {number}:
        since.when(Remind(number=other, at=much_later)).then_nothing()


def test_the_first_reminder_s_day_begins_in_oslo_after_the_clocks_changed() -> None:
    """Issued on 15 October, due on the 29th: between them Norway goes back to winter time."""
    autumn = replace(issued, issue_date=date(2026, 10, 15), due_date=date(2026, 10, 29))
    midnight = datetime(2026, 10, 29, 23, tzinfo=UTC)  # in Oslo, by winter time

    late = invoice.given(drafted, autumn)
    late.when(Remind(number=1, at=midnight - timedelta(seconds=1))).then_nothing()
    late.when(Remind(number=1, at=midnight)).then(InvoiceReminded(number=1, on=date(2026, 10, 30)))


def test_it_is_reminded_of_again_when_its_payment_is_reversed() -> None:
    first, part = reminded(1, 1), IN_STATE["PartPaid"][-1]
    late = Remind(number=2, at=noon(DUE_ON) + timedelta(days=20))

    out.given(first, part, part_reversed).when(late).then(reminded(2, 20))


def test_a_card_sales_document_is_never_overdue_nor_reminded_of() -> None:
    receipt = invoice.given(replace(drafted, kind="receipt"), replace(issued, kind="receipt"))
    much_later = noon(ISSUED_ON) + timedelta(days=400)

    receipt.when(MarkOverdue(at=much_later)).then_nothing()
    receipt.when(Remind(number=1, at=much_later)).then_nothing()
