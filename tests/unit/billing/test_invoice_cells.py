"""An invoice: every cell of state and command, and that its row says what the stream says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from billing.domain.invoice import decider
from billing.domain.invoice_messages import (
    Command,
    Discard,
    LosePayment,
    MarkOverdue,
    NoteDelivery,
    NoteDeliveryFailure,
    RefuseIssue,
    Remind,
    RequestSending,
    TakePayments,
    WriteOff,
)
from billing.projections import invoices
from chassis.domain import fold
from chassis.errors import Rejected
from chassis.testing.projected import projected
from unit.billing.invoiced import (
    AT,
    INVOICE,
    LATE,
    OTHER,
    PAID_ON,
    STATES,
    credit,
    draft,
    issue,
    note,
    pay,
    reverse,
)

write_off = WriteOff(ground="insolvency", vat_relief=True, has_reference=True, at=LATE)
COMMANDS: dict[str, Command] = {
    "draft": draft,
    "draft another's": replace(draft, workspace_id=OTHER),
    "draft nothing": replace(draft, lines=()),
    "discard": Discard(),
    "refuse issue": RefuseIssue(missing=("legal_name",)),
    "issue": issue,
    "pay": replace(pay, external_id="new"),
    "pay all": replace(pay, amount_ore=250_000, external_id="new"),
    "pay nothing": replace(pay, amount_ore=0, external_id="new"),
    "pay in 1970": replace(pay, external_id="new", paid_on=PAID_ON.replace(year=1970)),
    "pay tomorrow": replace(pay, external_id="new", paid_on=PAID_ON + timedelta(days=1)),
    "pay the known": pay,
    "pay less of the known": replace(pay, amount_ore=99_999),
    "pay the known on another day": replace(pay, paid_on=PAID_ON - timedelta(days=1)),
    "may it be paid": TakePayments(),
    "reverse": reverse,
    "reverse the unknown": replace(reverse, external_id="unknown"),
    "reverse another source's": replace(reverse, source="manual"),
    "lose some": LosePayment(amount_ore=1, source="card", external_id="re_1", reason="refunded"),
    "lose all": LosePayment(
        amount_ore=250_000, source="dispute", external_id="dp_1", reason="disputed"
    ),
    "credit a part": credit(40_000),
    "credit all": credit(200_000),
    "credit too much": credit(200_004),
    "write off": write_off,
    "write off, no relief": WriteOff(at=LATE),
    "write off, no ground": replace(write_off, ground=None),
    "write off, no reference": replace(write_off, has_reference=False),
    "write off, not reminded": replace(write_off, ground="reminders"),
    "mark overdue": MarkOverdue(at=LATE),
    "mark overdue early": MarkOverdue(at=AT),
    "remind": Remind(number=1, at=LATE),
    "remind early": Remind(number=1, at=AT),
    "remind of the second": Remind(number=2, at=LATE),
    "store": note,
    "send again": RequestSending(),
    "delivered": NoteDelivery(sending=1, channel="mail"),
    "not delivered": NoteDeliveryFailure(sending=1, reason="refused"),
}

IT, _ = "invalid_transition", ""
EXISTS, MISMATCH, UNKNOWN = "invoice_exists", "payment_mismatch", "payment_unknown"
GONE, LOST, NOBODY = "already_credited", "written_off", "nothing_remains"
IN, OUT, BACK, LOSS = "PaymentRecorded", "PaymentReversed", "Recovered", "WrittenOff"
NOTE, LARGE = "Credited", "credit_too_large"
# Words in small letters are codes of a refusal, others the events, without their `Invoice`.
CELLS: dict[str, tuple[str, ...]] = {
    # none, Draft, Discarded, Issued, PartPaid, Paid, Credited, WrittenOff
    "draft": ("Drafted", _, EXISTS, _, _, _, _, _),
    "draft another's": ("Drafted", *[EXISTS] * 7),
    "draft nothing": ("invoice_empty", *[EXISTS] * 7),
    "discard": (IT, "Discarded", _, IT, IT, IT, IT, IT),
    "refuse issue": (IT, "IssueRefused", _, _, _, _, _, _),
    "issue": (IT, "Issued", IT, _, _, _, _, _),
    "pay": (IT, IT, IT, IN, IN, _, _, f"{BACK} {IN}"),
    "pay all": (IT, IT, IT, f"{IN} Paid", f"{IN} Paid", _, _, f"{BACK} {IN} Paid"),
    "pay nothing": (IT, IT, IT, *["amount_not_positive"] * 5),
    "pay in 1970": (IT, IT, IT, *["paid_on_implausible"] * 5),
    "pay tomorrow": (IT, IT, IT, *["paid_in_future"] * 5),
    "pay the known": (IT, IT, IT, IN, _, _, _, _),
    "pay less of the known": (IT, IT, IT, IN, *[MISMATCH] * 4),
    "pay the known on another day": (IT, IT, IT, IN, *[MISMATCH] * 4),
    "may it be paid": (IT, IT, IT, _, _, _, _, _),
    "reverse": (IT, IT, IT, UNKNOWN, OUT, OUT, OUT, f"{OUT} {LOSS}"),
    "reverse the unknown": (IT, IT, IT, *[UNKNOWN] * 5),
    "reverse another source's": (IT, IT, IT, *[UNKNOWN] * 5),
    "lose some": (IT, IT, IT, _, OUT, OUT, _, _),
    "lose all": (IT, IT, IT, _, OUT, OUT, _, _),
    "credit a part": (IT, IT, IT, NOTE, NOTE, NOTE, GONE, LOST),
    "credit all": (IT, IT, IT, NOTE, NOTE, NOTE, GONE, LOST),
    "credit too much": (IT, IT, IT, LARGE, LARGE, LARGE, GONE, LOST),
    "write off": (IT, IT, IT, LOSS, LOSS, NOBODY, NOBODY, _),
    "write off, no relief": (IT, IT, IT, LOSS, LOSS, NOBODY, NOBODY, _),
    "write off, no ground": (IT, IT, IT, *["ground_missing"] * 2, NOBODY, NOBODY, _),
    "write off, no reference": (IT, IT, IT, *["reference_missing"] * 2, NOBODY, NOBODY, _),
    "write off, not reminded": (IT, IT, IT, *["vat_relief_too_early"] * 2, NOBODY, NOBODY, _),
    "mark overdue": (IT, _, _, "Overdue", "Overdue", _, _, _),
    "mark overdue early": (IT, _, _, _, _, _, _, _),
    "remind": (IT, _, _, "Reminded", "Reminded", _, _, _),
    "remind early": (IT, _, _, _, _, _, _, _),
    "remind of the second": (IT, _, _, _, _, _, _, _),
    "store": (IT, IT, IT, *["DocumentStored"] * 5),
    "send again": (IT, IT, IT, _, _, _, _, _),
    "delivered": (IT, IT, IT, *["Delivered"] * 5),
    "not delivered": (IT, IT, IT, *["DeliveryFailed"] * 5),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_cell_says_what_follows(state: str, command: str) -> None:
    assert outcome(state, COMMANDS[command]) == CELLS[command][[*STATES].index(state)]


def outcome(state: str, command: Command) -> str:
    """Return the events by their names, or the code; the stream and its row go on from there."""
    before = STATES[state]
    try:
        decided = decider.decide(fold(decider, before), command)
    except Rejected as refusal:
        return refusal.code.removeprefix("billing.")
    if decided:
        after = fold(decider, [*before, *decided])
        told = [(INVOICE, event) for event in (*before, *decided)]
        [row] = projected(invoices.projection, told)
        assert row["state"] == type(after).__name__
    return " ".join(type(event).__name__.removeprefix("Invoice") for event in decided)


def test_each_history_ends_in_the_state_that_it_is_called_by() -> None:
    for name, events in STATES.items():
        assert events == () or type(fold(decider, events)).__name__ == name


def test_every_command_is_walked_and_only_a_draft_begins_a_stream() -> None:
    assert {type(each) for each in COMMANDS.values()} == set(Command.__args__)
    assert CELLS.keys() == COMMANDS.keys()
    assert all(len(row) == len(STATES) for row in CELLS.values())
    assert decider.creates == (type(draft),)  # to others a stream without events is not there


def test_every_event_follows_from_some_cell() -> None:
    """The two that no cell has: a sending after one that ended, and nothing else."""
    seen = {f"Invoice{name}" for row in CELLS.values() for cell in row for name in cell.split()}
    assert {each.__name__ for each in decider.events} - seen == {"InvoiceSendingRequested"}


@pytest.mark.parametrize(
    ("state", "command", "allowed"),
    [
        ("Draft", pay, ["Issue", "Discard"]),
        ("Discarded", issue, []),
        ("Issued", Discard(), ["RecordPayment", "ReversePayment", "Credit", "WriteOff"]),
        ("Paid", Discard(), ["RecordPayment", "ReversePayment", "Credit"]),
        ("Credited", Discard(), ["RecordPayment", "ReversePayment"]),
    ],
)
def test_a_refusal_says_from_where_what_and_what_is_allowed(
    state: str, command: Command, allowed: Sequence[str]
) -> None:
    with pytest.raises(Rejected) as refusal:
        decider.decide(fold(decider, STATES[state]), command)

    assert refusal.value.details == {
        "from": state,
        "command": type(command).__name__,
        "allowed": allowed,
    }
