"""How numbers and days are written in both languages, and which one a buyer reads."""

from dataclasses import replace
from datetime import date

from billing.gateways import english
from billing.gateways.words import ENGLISH, NORWEGIAN, words_for
from gateways import norwegian
from unit.billing.sales_documents import ABROAD, AT_HOME, SWEDEN

BLANK = norwegian.BLANK


def test_money_has_its_ore_in_full() -> None:
    amounts = (0, 5, 50_001, 100_000, 123_456_789, -125_000)
    assert [english.money(each) for each in amounts] == [
        *("0.00", "0.05", "500.01", "1,000.00", "1,234,567.89", "-1,250.00"),
    ]
    assert [norwegian.money(each).replace(BLANK, " ") for each in amounts] == [
        *("0,00", "0,05", "500,01", "1 000,00", "1 234 567,89", "-1 250,00"),
    ]


def test_rates_and_days() -> None:
    assert [english.percent(each) for each in (0, 1250, 2500)] == ["0%", "12.5%", "25%"]
    assert norwegian.percent(1250) == f"12,5{BLANK}%"
    assert english.day(date(2026, 9, 4)) == "4 Sep 2026"
    assert norwegian.day(date(2026, 9, 4)) == "04.09.2026"


def test_norwegian_is_for_buyers_in_norway_whether_or_not_they_have_a_number() -> None:
    assert words_for(AT_HOME) is NORWEGIAN
    assert words_for(replace(AT_HOME, organization_number=None)) is NORWEGIAN
    assert words_for(replace(AT_HOME, address=None)) is NORWEGIAN, "the number is a Norwegian one"
    assert words_for(ABROAD) is ENGLISH
    assert words_for(replace(AT_HOME, address=SWEDEN)) is ENGLISH


def test_countries_have_names() -> None:
    assert [ENGLISH.country(code) for code in ("SE", "XK", "QQ")] == ["Sweden", "Kosovo", "QQ"]
    assert NORWEGIAN.country("SE") == "Sverige"
