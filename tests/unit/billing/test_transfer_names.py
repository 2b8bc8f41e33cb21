"""The one form of a transfer's name: as people type it, one transfer is one name."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billing.domain.bank_payment import same_name

ONE = "t-1"


@pytest.mark.parametrize(
    "written",
    [
        *(
            "t-1",
            "T-1",
            " T-1",
            "t-1\t",
            "\u00a0t-1\u00a0",
            "\u2003T-1",
        ),  # wide and no-break spaces
        *("\uff34\uff0d\uff11", "t\u200d-1", "\u200bt-1", "t\u00ad-1", "\ufefft-1", "t-1\u2060"),
    ],
)
def test_it_is_one_name_however_it_is_written(written: str) -> None:
    assert same_name(written) == ONE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Stra\u00dfe", "STRASSE"),
        ("\u1e9e", "ss"),
        ("\u0130", "i\u0307"),
        ("e\u0301", "\u00c9"),
        ("e\u200d\u0301", "\u00c9"),
        ("\u03a3", "\u03c2"),
        ("\ufb01", "FI"),
    ],
)
def test_letters_that_are_one_letter_are_one_name(one: str, other: str) -> None:
    assert same_name(one) == same_name(other)


@pytest.mark.parametrize("other", ["t1", "t- 1", "t-11", "t_1", "i", "\u0131"])
def test_another_name_stays_another(other: str) -> None:
    assert same_name(other) != ONE
    assert same_name("\u0131") != same_name("i")  # a dotless one is another letter


@pytest.mark.parametrize("nothing", ["", " ", "\u00a0", "\u200b", " \u200d\ufeff "])
def test_a_name_of_nothing_that_is_seen_is_none(nothing: str) -> None:
    assert same_name(nothing) == ""


@given(st.text(max_size=12))
@example("h\U000e0044\u0331")
@example("\ufb1e\u00ad\u1bf3")
def test_the_one_form_of_a_form_is_itself(text: str) -> None:
    once = same_name(text)

    assert same_name(once) == once == once.strip()
    assert same_name(f" {text}\u200b") == once
