"""Money: whole minor units of one currency, and shares rounded half away from zero."""

import operator
import random
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from chassis.money import Money, share


@pytest.mark.parametrize("meet", [operator.add, operator.sub, operator.lt, operator.le])
def test_two_currencies_never_meet(meet: Callable[[Money, Money], Any]) -> None:
    with pytest.raises(ValueError, match="NOK and EUR do not add up"):
        meet(Money(amount=1), Money(amount=1, currency="EUR"))


def test_equal_amounts_of_two_currencies_are_not_equal() -> None:
    assert Money(amount=1) != Money(amount=1, currency="EUR")


@pytest.mark.parametrize("amount", [1.0, "1", True, None, Decimal(1)])
def test_only_an_int_is_an_amount(amount: Any) -> None:
    with pytest.raises(TypeError, match="int of minor units"):
        Money(amount=amount)


@pytest.mark.parametrize("currency", ["nok", "", "NO", "NOKK", "123"])
def test_a_currency_is_an_iso_code(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(amount=1, currency=currency)


def test_money_adds_subtracts_and_compares() -> None:
    five, three = Money(amount=5), Money(amount=3)
    assert five + three == Money(amount=8)
    assert three - five == Money(amount=-2) == -(five - three)
    assert three < five and three <= five and five <= five and not five < five
    assert five > three and five >= three


@pytest.mark.parametrize(
    "amount,text",
    [(0, "0.00 NOK"), (5, "0.05 NOK"), (-5, "-0.05 NOK"), (123_456, "1234.56 NOK")],
)
def test_money_is_shown_with_two_decimals(amount: int, text: str) -> None:
    assert str(Money(amount=amount)) == text


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
