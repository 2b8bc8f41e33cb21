"""The chart of accounts, and the numbers that a setting gives them."""

import pytest

from billing.domain.accounts import CHART, numbers


def test_the_numbers_are_those_of_the_chart_but_for_what_is_given() -> None:
    chart = {each.word: each.number for each in CHART}
    assert numbers("{}") == chart
    assert numbers('{"bank": 1921, "sales": 30001}') == chart | {"bank": 1921, "sales": 30_001}
    assert (chart["sales"], chart["sales_exempt"], chart["vat_out"]) == (3000, 3100, 2700)


def test_two_accounts_may_exchange_their_numbers() -> None:
    assert numbers('{"credit": 2903, "unallocated": 2901}')["credit"] == 2903


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "no JSON object"),
        ("[]", "no JSON object"),
        ("{'bank': 1}", "no JSON object"),
        ('{"banks": 1921}', "no account is called banks"),
        ('{"bank": "1921"}', "no account number: that of bank"),
        ('{"bank": 1921.0}', "no account number: that of bank"),
        ('{"bank": true}', "no account number: that of bank"),
        ('{"bank": 0, "sales": null}', "that of bank, sales"),
        ('{"bank": 1000000000}', "no account number: that of bank"),
        ('{"bank": 1500}', "used twice: 1500"),
        ('{"bank": 1921, "bank": 1922}', "a word stands there twice"),
    ],
)
def test_a_wrong_setting_says_what_is_wrong(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        numbers(written)
