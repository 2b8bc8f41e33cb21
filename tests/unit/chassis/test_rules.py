"""The rules that services share: what a line of text is, and what is a number of somebody."""

from typing import Any

import pytest

from chassis.asked import Asked, Written
from chassis.codec import load_with
from chassis.domain import value
from chassis.door import rules
from chassis.errors import Invalid
from chassis.marshalling import Rule, request


@value
class Says(Asked[Written]):
    text: str


def taken(rule: tuple[Rule, ...], text: str) -> bool:
    """Return whether the door lets a text in under that rule."""
    try:
        load_with(request(Says, {"text": rule}), {"text": text})
    except Invalid as refusal:
        assert list(refusal.details["fields"]) == ["text"]
        return False
    return True


# a bell, a line's end, DEL, C1, separators of lines, marks and overrides of direction
UNRULY = (
    "\x00\x07\x0b\x0c\x1b\x1f\x7f\x85\x9f\u2028\u2029\u061c\u200e\u200f\u202a\u202e\u2066\u2069"
)
NAMES = (
    "Kari",
    "Åse Ødegård-Næss",
    "O'Brien & Sønn AS",
    "می\u200cخواهم",  # Persian: a joiner that shows nothing parts two letters
    "ന്\u200d",  # Malayalam: one at the end
    "שרה",
    "李小龍",
    "👩\u200d👩\u200d👧",
    "–",
)
BLANK = (
    "",
    " ",
    "\u00a0\u2003",
    "\u200d",
    "\u200b\u2060\ufeff",
    "\u0301",
    "\u3164",
    "\u2800",
    "\u00ad",
)


def test_a_name_is_a_line_in_any_script() -> None:
    assert [each for each in NAMES if not taken(rules.text(20), each)] == []
    assert not taken(rules.text(20), "x" * 21)


def test_a_name_holds_nothing_that_moves_the_words_beside_it() -> None:
    unruly = [*UNRULY, "\t", "\n", "\r"]
    assert [each for each in unruly if taken(rules.text(20), f"Ka{each}ri")] == []
    assert [each for each in unruly if taken(rules.line(20), f"Ka{each}ri")] == []
    assert [each for each in unruly if rules.fits(f"Ka{each}ri", 20)] == []


def test_a_name_of_which_nothing_is_seen_is_none() -> None:
    assert [each for each in BLANK if taken(rules.text(20), each) or rules.fits(each, 20)] == []


def test_a_longer_text_has_lines() -> None:
    assert taken(rules.lines(20), "one\r\n\ttwo\n")
    assert taken(rules.lines(20), "")
    assert [each for each in UNRULY if taken(rules.lines(20), f"a{each}b")] == []


@pytest.mark.parametrize("zeros", ["000000000", "000 000 000", "NO000000000MVA"])
def test_zeros_are_no_organisation_number(zeros: str) -> None:
    assert not taken(rules.ORGANIZATION_NUMBER, zeros)
    assert not rules.is_organization_number(zeros)
    assert taken(rules.ORGANIZATION_NUMBER, "974 760 673")
    assert rules.is_organization_number("974760673")


@pytest.mark.parametrize(
    ("rule", "most"), [(rules.EMAIL, 254), (rules.ACCOUNT, 40), (rules.ORGANIZATION_NUMBER, 40)]
)
def test_what_is_parsed_is_short(rule: tuple[Any, ...], most: int) -> None:
    with pytest.raises(Invalid) as refusal:
        load_with(request(Says, {"text": rule}), {"text": "1" * (most + 1)})
    assert refusal.value.details == {"fields": {"text": [f"At most {most} characters."]}}


def test_what_is_too_long_is_looked_at_by_no_other_rule() -> None:
    with pytest.raises(Invalid) as refusal:
        load_with(request(Says, {"text": rules.text(200)}), {"text": " " * 201})
    assert refusal.value.details == {"fields": {"text": ["1 to 200 characters."]}}
