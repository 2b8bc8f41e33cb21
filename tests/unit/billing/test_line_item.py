"""A line item: every cell of state and command; its amounts to the øre."""

import random
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import pytest

from billing.domain import vat
from billing.domain.amounts import amounts, credited_vat
from billing.domain.line_item import Cancelled, Invoiced, Pending, decider, is_live
from billing.domain.line_item_messages import (
    Cancel,
    CreateLineItem,
    Forget,
    LineItemCancelled,
    LineItemCreated,
    LineItemCredited,
    LineItemInvoiced,
    LineItemReleased,
    LineItemTargetForgotten,
    NoteCredit,
    PutOnInvoice,
    Release,
)
from billing.domain.pricing import Price
from billing.domain.target import Target, description
from chassis.money import share
from chassis.testing.spec import scenario

WORKSPACE, PROJECT, PAYMENT, INVOICE, OTHER, NOTE, NOTE_2 = (UUID(int=n) for n in range(1, 8))

create = CreateLineItem(
    workspace_id=WORKSPACE,
    payment_id=PAYMENT,
    k=1,
    target=Target(kind="image_project", id=PROJECT),
    title="Solveien 14",
    price=Price(price_ore=100_010, price_version=3),
    delivered_on=date(2026, 3, 4),
    rail="invoice",
    organization_number="974760673",
)
created = LineItemCreated(
    workspace_id=WORKSPACE,
    payment_id=PAYMENT,
    k=1,
    target=Target(kind="image_project", id=PROJECT),
    title="Solveien 14",
    price=Price(price_ore=100_010, price_version=3),
    quantity=1,
    net_ore=100_010,
    vat_ore=25_003,  # 25 002,5
    gross_ore=125_013,
    vat_rate_bp=2_500,
    vat_type="HIGH",
    delivered_on=date(2026, 3, 4),
    rail="invoice",
    organization_number="974760673",
)
invoiced = LineItemInvoiced(invoice_id=INVOICE, position=2)
released, cancelled = LineItemReleased(invoice_id=INVOICE), LineItemCancelled()
forgotten = LineItemTargetForgotten()
put = PutOnInvoice(invoice_id=INVOICE, position=2)
half = LineItemCredited(credit_note_id=NOTE, net_ore=50_000, vat_ore=12_500)
rest = LineItemCredited(credit_note_id=NOTE_2, net_ore=50_010, vat_ore=12_503)

STATES: dict[str, list[Any]] = {
    "none": [],
    "Pending": [created],
    "Released": [created, invoiced, released],
    "Invoiced": [created, invoiced],
    "Invoiced, half credited": [created, invoiced, half],
    "Invoiced, credited": [created, invoiced, half, rest],
    "Cancelled": [created, cancelled],
    "Forgotten": [created, forgotten],
}
COMMANDS = {
    "create": create,
    "put": put,
    "put elsewhere": replace(put, invoice_id=OTHER),
    "release": Release(invoice_id=INVOICE),
    "release elsewhere": Release(invoice_id=OTHER),
    "cancel": Cancel(),
    "credit half": NoteCredit(credit_note_id=NOTE, net_ore=50_000),
    "credit the rest": NoteCredit(credit_note_id=NOTE_2, net_ore=50_010),
    "forget": Forget(),
}
TAKEN = "billing.line_item_not_pending"
WRONG = "billing.invalid_transition"
TOO_MUCH = "billing.credit_too_large"
on_other = replace(invoiced, invoice_id=OTHER)
rest_first = replace(rest, vat_ore=12_503)  # 12 502,5

# by state: what follows each of the commands, in their order; None is nothing
CELLS: dict[str, tuple[Any, ...]] = {
    "none": (created, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG),
    "Pending": (None, invoiced, on_other, None, None, cancelled, WRONG, WRONG, forgotten),
    "Released": (None, invoiced, on_other, None, None, cancelled, WRONG, WRONG, forgotten),
    "Invoiced": (None, None, TAKEN, released, WRONG, TAKEN, half, rest_first, forgotten),
    "Invoiced, half credited": (
        *(None, None, TAKEN, released, WRONG, TAKEN, None, rest, forgotten),
    ),
    "Invoiced, credited": (None, None, TAKEN, released, WRONG, TAKEN, None, None, forgotten),
    "Cancelled": (None, TAKEN, TAKEN, WRONG, WRONG, None, WRONG, WRONG, forgotten),
    "Forgotten": (None, invoiced, on_other, None, None, cancelled, WRONG, WRONG, None),
}

line_item = scenario(decider)


def follows(given: list[Any], command: Any, expected: Any) -> None:
    story = line_item.given(*given).when(command)
    if isinstance(expected, str):
        story.then_refused(expected)
    elif expected is None:
        story.then_nothing()
    else:
        story.then(expected)


@pytest.mark.parametrize("state", CELLS)
def test_what_each_command_does_in_each_state(state: str) -> None:
    for command, expected in zip(COMMANDS.values(), CELLS[state], strict=True):
        follows(STATES[state], command, expected)


def test_each_state_and_each_command_has_its_cells() -> None:
    assert set(CELLS) == set(STATES)
    reached = {type(line_item.given(*given).state()) for given in STATES.values()}
    assert reached == {type(None), Pending, Invoiced, Cancelled}
    asked = {type(each) for each in COMMANDS.values()}
    assert asked == {CreateLineItem, PutOnInvoice, Release, Cancel, NoteCredit, Forget}


def test_no_more_than_what_is_left_is_credited() -> None:
    for given, net_ore, code in (
        ([created, invoiced], 100_011, TOO_MUCH),
        ([created, invoiced, half], 50_011, TOO_MUCH),
        ([created, invoiced, half, rest], 1, "billing.credit_too_large"),
        ([created, invoiced], 0, "billing.amount_not_positive"),
        ([created, invoiced], -100, "billing.amount_not_positive"),
    ):
        follows(given, NoteCredit(credit_note_id=OTHER, net_ore=net_ore), code)


@pytest.mark.parametrize(
    ("state", "live"),
    [
        ("Pending", True),
        ("Released", True),
        ("Invoiced", True),
        ("Invoiced, half credited", True),
        ("Invoiced, credited", False),
        ("Cancelled", False),
        ("Forgotten", True),
    ],
)
def test_a_line_is_live_until_it_is_cancelled_or_credited_as_a_whole(
    state: str, live: bool
) -> None:
    assert is_live(line_item.given(*STATES[state]).state()) is live


def test_what_a_line_is_stays_wherever_it_stands() -> None:
    pending = line_item.given(created).state()
    for name in ("Released", "Invoiced", "Cancelled"):
        assert line_item.given(*STATES[name]).state().item == pending.item
    assert pending.item.title == "Solveien 14"
    assert line_item.given(created, forgotten).state().item == replace(pending.item, forgotten=True)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("image_project", "Bildeprosjekt: Solveien 14"), ("video_project", "Film: Solveien 14")],
)
def test_a_line_is_called_by_kind_and_title(kind: str, text: str) -> None:
    assert description(kind, "Solveien 14") == text


FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # one picture of five characters
NORWAY, THUMB = "\U0001f1f3\U0001f1f4", "\U0001f44d\U0001f3fd"


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("x" * 194, "x" * 194),  # 200 with "Film: "
        ("x" * 195, "x" * 194),
        ("x" * 200, "x" * 194),
        ("x" * 193 + "e\u0301" + "y", "x" * 193),  # an accent is not parted from its letter
        ("x" * 192 + "e\u0301" + "y", "x" * 192 + "e\u0301"),
        ("x" * 190 + FAMILY + "y", "x" * 190),
        ("x" * 193 + NORWAY, "x" * 193),
        ("x" * 193 + THUMB, "x" * 193),
        ("x" * 193 + " y", "x" * 193),
        ("\u0301" * 200, "\u0301" * 194),  # nothing to part it at
    ],
)
def test_a_description_is_cut_between_what_readers_take_for_characters(
    title: str, kept: str
) -> None:
    assert description("video_project", title) == f"Film: {kept}"


def test_a_buyer_abroad_reads_it_in_english() -> None:
    assert description("image_project", "Solveien 14", "en") == "Image project: Solveien 14"


def test_the_rate_is_that_of_the_day_of_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    lower = vat.Rate(from_day=date(2027, 1, 1), basis_points=2_400)
    monkeypatch.setattr(vat, "RATES", (*vat.RATES, lower))

    for day, rate_bp in ((date(2026, 12, 31), 2_500), (date(2027, 1, 1), 2_400)):
        [line] = decider.decide(None, replace(create, delivered_on=day))
        assert isinstance(line, LineItemCreated)
        assert (line.vat_rate_bp, line.vat_ore) == (rate_bp, share(100_010, rate_bp, 10_000))


@pytest.mark.parametrize(
    ("rate_bp", "net_ore"), [(2_500, 100_000), (2_400, 100_806), (2_600, 99_206), (1_200, 111_607)]
)
def test_what_a_card_paid_stands_whatever_the_rate_is_at_the_delivery(
    monkeypatch: pytest.MonkeyPatch, rate_bp: int, net_ore: int
) -> None:
    later = vat.Rate(from_day=date(2027, 1, 1), basis_points=rate_bp)
    monkeypatch.setattr(vat, "RATES", (*vat.RATES, later))
    price = Price(price_ore=100_000, price_version=0)
    paid = replace(create, price=price, rail="card", paid_ore=125_000)

    [line] = decider.decide(None, replace(paid, delivered_on=date(2027, 1, 2)))

    assert isinstance(line, LineItemCreated)
    assert (line.net_ore, line.vat_ore) == (net_ore, 125_000 - net_ore)
    assert (line.gross_ore, line.vat_rate_bp) == (125_000, rate_bp)
    assert abs(net_ore * (10_000 + rate_bp) - 125_000 * 10_000) <= (10_000 + rate_bp) // 2


@pytest.mark.parametrize(("net_ore", "vat_ore"), [(100_010, 25_003), (99_994, 24_999), (0, 0)])
def test_vat_is_rounded_half_up(net_ore: int, vat_ore: int) -> None:
    line = amounts(net_ore, 1, vat.rate_bp(date(2026, 3, 4)))

    assert (line.net_ore, line.vat_ore, line.gross_ore) == (net_ore, vat_ore, net_ore + vat_ore)


def test_lines_add_up_and_their_credits_are_the_exact_negation_in_any_parts() -> None:
    chance = random.Random(20_260_304)
    for _ in range(5_000):
        net_ore, rate_bp = chance.randrange(1, 10_000_000), chance.choice((2_500, 1_500, 1_200, 0))
        line, credit = amounts(net_ore, 1, rate_bp), amounts(-net_ore, 1, rate_bp)
        exact = Decimal(net_ore * rate_bp) / 10_000

        assert line.vat_ore == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        assert line.gross_ore == line.net_ore + line.vat_ore
        sums = (credit.net_ore, credit.vat_ore, credit.gross_ore)
        assert sums == (-line.net_ore, -line.vat_ore, -line.gross_ore)
        before = vat_ore = 0
        while before < net_ore:
            part = chance.randint(1, net_ore - before)
            of_part = credited_vat(net_ore, line.vat_ore, before, part)
            assert of_part >= 0
            before, vat_ore = before + part, vat_ore + of_part
        assert vat_ore == line.vat_ore
