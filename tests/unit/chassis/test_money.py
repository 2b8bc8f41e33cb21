"""Shares of money, rounded half away from zero."""

import random
from decimal import ROUND_HALF_UP, Decimal

import pytest

from chassis.money import share


@pytest.mark.parametrize(
    "amount,parts,whole,expected",
    [
        (100_010, 25, 100, 25_003),  # 25 002.5: half goes up
        (100_030, 25, 100, 25_008),  # 25 007.5: rounding half to even agrees here
        (50, 1, 100, 1),
        (49, 1, 100, 0),
        (150, 1, 100, 2),
        (-50, 1, 100, -1),
        (1, 1, 2, 1),
        (1, 1, 3, 0),
        (2, 1, 3, 1),
        (0, 25, 100, 0),
    ],
)
def test_a_share_is_rounded_half_away_from_zero(
    amount: int, parts: int, whole: int, expected: int
) -> None:
    assert share(amount, parts, whole) == expected


def test_a_share_agrees_with_decimal_arithmetic() -> None:
    chance = random.Random(1)
    for _ in range(10_000):
        amount = chance.randint(-(10**12), 10**12)
        whole = chance.choice([2, 3, 7, 100, 125, 10_000])
        parts = chance.randint(0, whole)
        exact = Decimal(amount * parts) / whole
        expected = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        assert share(amount, parts, whole) == expected, (amount, parts, whole)
        assert share(-amount, parts, whole) == -expected
