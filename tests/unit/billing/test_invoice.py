"""An invoice: every state with every command, and the money to the øre."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.invoice import Command, Event, Paid, decider
from billing.domain.invoice_messages import (
    DraftInvoice,
    InvoiceDocumentStored,
    InvoiceDrafted,
    InvoiceIssued,
    InvoicePaid,
    InvoicePaymentRecorded,
    Issue,
    Line,
    NoteDocument,
    RecordPayment,
    RequestIssue,
)
from chassis.errors import Rejected
from chassis.testing.spec import scenario

WORKSPACE, OTHER = UUID(int=1), UUID(int=2)
LINES = (UUID(int=3), UUID(int=4))
ISSUED_ON, PAID_ON = date(2026, 3, 31), date(2026, 4, 1)
AT = datetime(2026, 4, 1, 12, tzinfo=UTC)

draft = DraftInvoice(
    workspace_id=WORKSPACE,
    lines=tuple(
        Line(line_item_id=id, net_ore=100_000, vat_ore=25_000, gross_ore=125_000) for id in LINES
    ),
)
issue = Issue(series="invoice", invoice_number=10_001, kid="100016", issue_date=ISSUED_ON)
note = NoteDocument(ref="blob:x/invoices/10001.pdf", sha256="ab", size=3)
pay = RecordPayment(amount_ore=100_000, paid_on=PAID_ON, source="bank", external_id="bank-1", at=AT)
pay_the_rest = replace(pay, amount_ore=150_000, external_id="bank-2")

drafted = InvoiceDrafted(
    workspace_id=WORKSPACE,
    currency="NOK",
    net_ore=200_000,
    vat_ore=50_000,
    gross_ore=250_000,
    line_item_ids=LINES,
)
issued = InvoiceIssued(
    series="invoice",
    invoice_number=10_001,
    kid="100016",
    issue_date=ISSUED_ON,
    due_date=date(2026, 4, 14),
)
stored = InvoiceDocumentStored(ref="blob:x/invoices/10001.pdf", sha256="ab", size=3)
part = InvoicePaymentRecorded(
    amount_ore=100_000, paid_on=PAID_ON, source="bank", external_id="bank-1", at=AT
)
rest = replace(part, amount_ore=150_000, external_id="bank-2")
paid = InvoicePaid(commission_base_ore=200_000, paid_on=PAID_ON, paid_at=AT)

STATES: dict[str, tuple[Event, ...]] = {
    "Draft": (drafted,),
    "Issued": (drafted, issued),
    "PartPaid": (drafted, issued, part),
    "Paid": (drafted, issued, part, rest, paid),
}
COMMANDS: dict[str, Command] = {
    "Draft": draft,
    "RequestIssue": RequestIssue(),
    "Issue": issue,
    "Note": note,
    "Pay": replace(pay, external_id="new"),
}
# What is answered in each state; everything else is refused.
LISTED: dict[tuple[str, str], list[Event]] = {
    **{(state, "Draft"): [] for state in STATES},
    ("Draft", "RequestIssue"): [],
    ("Draft", "Issue"): [issued],
    ("Issued", "RequestIssue"): [],
    ("Issued", "Note"): [stored],
    ("PartPaid", "Note"): [stored],
    ("Paid", "Note"): [stored],
    ("Issued", "Pay"): [replace(part, external_id="new")],
    ("PartPaid", "Pay"): [replace(part, external_id="new")],
}

invoice = scenario(decider)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_state_takes_what_is_listed_and_refuses_the_rest(state: str, command: str) -> None:
    case = invoice.given(*STATES[state]).when(COMMANDS[command])
    if (state, command) in LISTED:
        case.then(*LISTED[state, command])
    else:
        case.then_refused("billing.invalid_transition")


def test_a_refusal_says_from_where_what_and_what_is_allowed() -> None:
    with pytest.raises(Rejected) as refusal:
        decider.decide(invoice.given(drafted).state(), pay)

    assert refusal.value.details == {
        "from": "Draft",
        "command": "RecordPayment",
        "allowed": ["Issue"],
    }


def test_a_draft_is_the_sum_of_its_lines() -> None:
    invoice.when(draft).then(drafted)


def test_without_lines_there_is_no_invoice() -> None:
    invoice.when(replace(draft, lines=())).then_refused("billing.invoice_empty")


def test_an_id_in_use_is_not_given_to_another_invoice() -> None:
    invoice.given(drafted).when(replace(draft, workspace_id=OTHER)).then_refused(
        "billing.invoice_exists"
    )
    invoice.given(drafted, issued).when(replace(draft, lines=draft.lines[:1])).then_refused(
        "billing.invoice_exists"
    )


def test_an_invoice_over_nothing_is_not_issued() -> None:
    empty = replace(drafted, net_ore=0, vat_ore=0, gross_ore=0)

    invoice.given(empty).when(RequestIssue()).then_refused("billing.not_issuable")
    invoice.given(empty).when(issue).then_refused("billing.not_issuable")


def test_a_document_is_noted_once() -> None:
    invoice.given(drafted, issued, stored).when(note).then_nothing()


def test_the_last_payment_pays_the_invoice_once_with_net_as_the_commission_s_base() -> None:
    invoice.given(drafted, issued, part).when(pay_the_rest).then(rest, paid)


def test_all_at_once_pays_it_too() -> None:
    whole = replace(part, amount_ore=250_000)

    invoice.given(drafted, issued).when(replace(pay, amount_ore=250_000)).then(whole, paid)


def test_it_was_paid_on_the_day_of_the_latest_payment_whatever_the_order() -> None:
    earlier = replace(pay_the_rest, paid_on=ISSUED_ON)

    invoice.given(drafted, issued, part).when(earlier).then(replace(rest, paid_on=ISSUED_ON), paid)


@pytest.mark.parametrize("state", ["PartPaid", "Paid"])
def test_a_payment_heard_twice_counts_once(state: str) -> None:
    invoice.given(*STATES[state]).when(pay).then_nothing()


@pytest.mark.parametrize("state", ["PartPaid", "Paid"])
def test_the_same_payment_with_another_amount_is_refused(state: str) -> None:
    invoice.given(*STATES[state]).when(replace(pay, amount_ore=99_999)).then_refused(
        "billing.payment_mismatch"
    )


def test_another_source_may_use_the_same_id() -> None:
    invoice.given(drafted, issued, part).when(replace(pay, source="cash")).then(
        replace(part, source="cash")
    )


def test_one_ore_too_much_is_refused_with_what_remains() -> None:
    with pytest.raises(Rejected) as refusal:
        decider.decide(
            invoice.given(drafted, issued, part).state(),
            replace(pay_the_rest, amount_ore=150_001),
        )

    assert refusal.value.code == "billing.overpaid"
    assert refusal.value.details == {"remaining_ore": 150_000}


@pytest.mark.parametrize("amount_ore", [0, -1])
def test_a_payment_is_at_least_one_ore(amount_ore: int) -> None:
    invoice.given(drafted, issued).when(replace(pay, amount_ore=amount_ore)).then_refused(
        "billing.amount_not_positive"
    )


def test_nobody_has_paid_tomorrow_and_tomorrow_begins_in_oslo() -> None:
    tomorrow = replace(pay, paid_on=date(2026, 4, 2))
    late = datetime(2026, 4, 1, 22, 0, tzinfo=UTC)  # midnight in Oslo

    invoice.given(drafted, issued).when(tomorrow).then_refused("billing.paid_in_future")
    invoice.given(drafted, issued).when(replace(tomorrow, at=late)).then(
        replace(part, paid_on=date(2026, 4, 2), at=late)
    )


@given(st.lists(st.tuples(st.integers(-5, 260_000), st.integers(0, 6)), max_size=25))
def test_whatever_is_recorded_what_remains_is_gross_less_payments_and_never_below_zero(
    payments: list[tuple[int, int]],
) -> None:
    state, times_paid = invoice.given(drafted, issued).state(), 0
    for amount_ore, name in payments:
        command = replace(pay, amount_ore=amount_ore, external_id=str(name))
        try:
            events = decider.decide(state, command)
        except Rejected:
            continue
        times_paid += sum(isinstance(event, InvoicePaid) for event in events)
        for event in events:
            state = decider.evolve(state, event)

    received = sum(each.amount_ore for each in state.payments)
    assert state.remaining_ore == 250_000 - received >= 0
    assert len({each.external_id for each in state.payments}) == len(state.payments)
    assert times_paid == isinstance(state, Paid) == (received == 250_000)
