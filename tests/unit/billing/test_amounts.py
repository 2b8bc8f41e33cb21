"""Net, VAT and gross: rounded half up on the line, and the parts of a whole are the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.amounts import NOTHING, Amounts, RateSum, amounts, by_rate, credited_vat


@pytest.mark.parametrize(
    ("net_ore", "vat_ore"), [(100_010, 25_003), (99_994, 24_999), (2, 1), (1, 0), (0, 0)]
)
def test_vat_is_rounded_half_up_and_a_credit_is_the_exact_negation(
    net_ore: int, vat_ore: int
) -> None:
    line, credit = amounts(net_ore, 1, 2_500), amounts(-net_ore, 1, 2_500)

    assert line == Amounts(net_ore=net_ore, vat_ore=vat_ore, gross_ore=net_ore + vat_ore)
    assert line + credit == NOTHING == NOTHING - line - credit


def test_three_thirds_of_a_line_have_its_vat_and_none_has_an_ore_too_much() -> None:
    """100 010 øre net and 25 003 øre VAT, credited in thirds."""
    thirds, before, vats = (33_337, 33_337, 33_336), 0, []
    for third in thirds:
        vats.append(credited_vat(100_010, 25_003, before, third))
        before += third

    assert vats == [8_334, 8_335, 8_334]
    assert sum(vats) == 25_003


@given(st.integers(1, 10**9), st.sampled_from((0, 1_200, 1_500, 2_500)), st.data())
def test_however_a_line_is_credited_its_parts_are_the_line(
    net_ore: int, rate_bp: int, data: st.DataObject
) -> None:
    line = amounts(net_ore, 1, rate_bp)
    before = vat_ore = 0
    while before < net_ore:
        credit_ore = data.draw(st.integers(max(1, (net_ore - before) // 5), net_ore - before))
        part = credited_vat(net_ore, line.vat_ore, before, credit_ore)
        assert part >= 0
        before, vat_ore = before + credit_ore, vat_ore + part
        assert abs(vat_ore - before * line.vat_ore / net_ore) <= 0.5

    assert vat_ore == line.vat_ore


def of(vat_type: str, rate_bp: int, net_ore: int, vat_ore: int) -> RateSum:
    return RateSum(vat_type=vat_type, vat_rate_bp=rate_bp, net_ore=net_ore, vat_ore=vat_ore)


def test_lines_are_summed_by_type_and_rate_and_of_one_rate_two_types_stay_two() -> None:
    high, exempt, zero = ("HIGH", 2_500), ("EXEMPT_IMPORT_EXPORT", 0), ("ZERO", 0)
    sums = by_rate([of(*zero, 5, 0), of(*high, 10, 3), of(*exempt, 7, 0), of(*high, 20, 5)])

    assert sums == (of(*high, 30, 8), of(*exempt, 7, 0), of(*zero, 5, 0))
    assert by_rate([]) == ()
