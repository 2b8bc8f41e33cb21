"""A line item: one a target, on one invoice; its amounts to the øre."""

import random
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import pytest

from billing.domain.invoice import decider as invoices
from billing.domain.invoice_messages import DraftInvoice, InvoiceDrafted, Line
from billing.domain.line_item import (
    CreateLineItem,
    LineItemCreated,
    LineItemInvoiced,
    PutOnInvoice,
    decider,
    description,
)
from billing.domain.pricing import amounts
from chassis.testing.spec import scenario

WORKSPACE, PROJECT, PAYMENT, INVOICE, OTHER = (UUID(int=n) for n in range(1, 6))

create = CreateLineItem(
    workspace_id=WORKSPACE,
    payment_id=PAYMENT,
    target_kind="image_project",
    target_id=PROJECT,
    title="Solveien 14",
    unit_price_ore=100_010,
    price_version=0,
    vat_rate_bp=2_500,
    delivered_on=date(2026, 3, 4),
)
created = LineItemCreated(
    workspace_id=WORKSPACE,
    payment_id=PAYMENT,
    target_kind="image_project",
    target_id=PROJECT,
    title="Solveien 14",
    unit_price_ore=100_010,
    quantity=1,
    net_ore=100_010,
    vat_ore=25_003,  # 25 002,5
    gross_ore=125_013,
    vat_rate_bp=2_500,
    vat_type="HIGH",
    price_version=0,
    delivered_on=date(2026, 3, 4),
)
invoiced = LineItemInvoiced(invoice_id=INVOICE)

line_item = scenario(decider)


def test_a_line_is_made_with_its_vat_rounded_half_up() -> None:
    line_item.when(create).then(created)


def test_a_target_delivered_again_makes_no_second_line() -> None:
    line_item.given(created).when(create).then_nothing()
    line_item.given(created, invoiced).when(create).then_nothing()


def test_a_line_is_put_on_one_invoice() -> None:
    line_item.given(created).when(PutOnInvoice(invoice_id=INVOICE)).then(invoiced)


def test_the_same_invoice_again_is_nothing() -> None:
    line_item.given(created, invoiced).when(PutOnInvoice(invoice_id=INVOICE)).then_nothing()


def test_another_invoice_does_not_get_it() -> None:
    line_item.given(created, invoiced).when(PutOnInvoice(invoice_id=OTHER)).then_refused(
        "billing.line_item_not_pending"
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [("image_project", "Bildeprosjekt: Solveien 14"), ("video_project", "Film: Solveien 14")],
)
def test_a_line_is_called_by_kind_and_title(kind: str, text: str) -> None:
    assert description(kind, "Solveien 14") == text


def test_ten_thousand_lines_add_up_and_their_credit_is_the_exact_negation() -> None:
    chance = random.Random(20_260_304)
    for _ in range(1_000):
        lines = []
        for number in range(10):
            unit_price_ore = chance.randrange(10_000_000)
            quantity, rate_bp = chance.randrange(1, 9), chance.choice((2_500, 1_500, 1_200, 0))
            line = amounts(unit_price_ore, quantity, rate_bp)
            exact = Decimal(unit_price_ore * quantity * rate_bp) / 10_000

            assert line.vat_ore == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
            assert line.gross_ore == line.net_ore + line.vat_ore
            credit = amounts(-unit_price_ore, quantity, rate_bp)
            sums = (line.net_ore, line.vat_ore, line.gross_ore)
            assert (credit.net_ore, credit.vat_ore, credit.gross_ore) == tuple(
                -each for each in sums
            )
            lines.append(
                Line(
                    line_item_id=UUID(int=number),
                    net_ore=line.net_ore,
                    vat_ore=line.vat_ore,
                    gross_ore=line.gross_ore,
                )
            )
        [draft] = invoices.decide(None, DraftInvoice(workspace_id=WORKSPACE, lines=tuple(lines)))
        assert isinstance(draft, InvoiceDrafted)
        for name in ("net_ore", "vat_ore", "gross_ore"):
            assert getattr(draft, name) == sum(getattr(each, name) for each in lines)
        assert draft.gross_ore == draft.net_ore + draft.vat_ore
