"""What a credit note takes back of lines: whole kroner or all that is left, VAT to the øre."""

from datetime import date
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain import crediting
from billing.domain.amounts import NOTHING, Amounts, RateSum, amounts
from billing.domain.credit_note import CreditedLine
from billing.domain.item import Item
from billing.domain.pricing import Price
from billing.domain.target import Target
from chassis.errors import Rejected

LINE = UUID(int=1)


def line(whole: Amounts, credited: Amounts = NOTHING, rate_bp: int = 2_500) -> Item:
    return Item(
        payment_id=UUID(int=2),
        k=1,
        target=Target(kind="image_project", id=UUID(int=3)),
        title="Storgata 2",
        price=Price(price_ore=whole.net_ore, price_version=0),
        amounts=whole,
        vat_rate_bp=rate_bp,
        vat_type="HIGH",
        delivered_on=date(2026, 4, 15),
        rail="invoice",
        organization_number=None,
        credited=credited,
    )


def test_a_part_is_its_share_of_the_line_and_the_last_one_brings_the_rest() -> None:
    whole = amounts(33_310, 1, 2_500)  # 8 327.5 øre of VAT, rounded up
    first = crediting.part(LINE, line(whole), 33_300, rebill=False).amounts
    rest = crediting.part(LINE, line(whole, first), 10, rebill=False)
    assert (first.vat_ore, rest.amounts.vat_ore) == (8_325, 3)
    assert first + rest.amounts == whole
    assert rest.line == CreditedLine(line_item_id=LINE, net_ore=10, vat_ore=3)
    assert rest.at_its_rate == RateSum(vat_type="HIGH", vat_rate_bp=2_500, net_ore=10, vat_ore=3)


@given(
    st.integers(1, 10**9),
    st.sampled_from([0, 1_200, 1_500, 2_500, 3_333]),
    st.lists(st.integers(0, 10**7)),
)
def test_however_a_line_is_parted_its_credits_are_its_exact_negation(
    net_ore: int, rate_bp: int, cuts: list[int]
) -> None:
    whole = amounts(net_ore, 1, rate_bp)
    places = sorted({0, net_ore, *(each * 100 for each in cuts if each * 100 < net_ore)})
    credited = NOTHING
    for before, after in pairwise(places):
        part = crediting.part(LINE, line(whole, credited, rate_bp), after - before, rebill=False)
        assert part.amounts.vat_ore >= 0
        credited += part.amounts
    assert credited == whole


@pytest.mark.parametrize("net_ore", [1, 150, 99, 99_999])
def test_a_part_is_in_whole_kroner(net_ore: int) -> None:
    with pytest.raises(Rejected, match="not_whole_kroner"):
        crediting.part(LINE, line(amounts(100_000, 1, 2_500)), net_ore, rebill=False)


def test_no_more_is_taken_than_is_left() -> None:
    whole = amounts(100_000, 1, 2_500)
    left = line(whole, amounts(60_000, 1, 2_500))
    with pytest.raises(Rejected, match="credit_too_large") as refused:
        crediting.part(LINE, left, 60_000, rebill=False)
    assert refused.value.details == {"left_ore": 40_000}


def test_only_a_whole_line_is_billed_anew() -> None:
    whole = amounts(100_000, 1, 2_500)
    assert crediting.part(LINE, line(whole), 100_000, rebill=True).amounts == whole
    for item, net_ore in ((line(whole), 40_000), (line(whole, amounts(60_000, 1, 2_500)), 40_000)):
        with pytest.raises(Rejected, match="rebill_whole_lines"):
            crediting.part(LINE, item, net_ore, rebill=True)


def test_parts_come_to_their_total_and_to_their_sums_by_rate() -> None:
    parts = [
        crediting.part(LINE, line(amounts(100_000, 1, rate), rate_bp=rate), 100_000, rebill=False)
        for rate in (0, 2_500, 2_500)
    ]
    assert crediting.total(parts) == Amounts(net_ore=300_000, vat_ore=50_000, gross_ore=350_000)
    sums = [(each.vat_rate_bp, each.net_ore, each.vat_ore) for each in crediting.rates(parts)]
    assert sums == [(2_500, 200_000, 50_000), (0, 100_000, 0)]
