"""What the paper shows of signs that its font lacks: no number changes, nothing hides."""

import itertools
import unicodedata

import pytest

from gateways.letters import printable, replaced

SHOWN = {
    "3⅓": "3?",
    "10⁶ 10⁻⁶ H₂O": "10? 10?? H?O",
    "120 ㎡, 5㏠, 1①": "120 ?, 5?, 1?",
    "½ 2² €": "½ 2² €",
    "１２ ٣٤": "12 34",
    "a ≠ b": "a ? b",
    "1⁄3 −5": "1/3 -5",
    "PO 1\u200b2\ufeff\xad": "PO 12",
    "x\u0302 \u202aHjem\u202c": "x Hjem",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd": "? ?",
    "a\nb\u2028c\u2003d\u3164": "a b c d?",
    "Łukasz Čáhppes № ﬁn": "Lukasz Cáhppes No fin",
}


@pytest.mark.parametrize("text", SHOWN)
def test_a_sign_is_shown_by_its_nearest_or_by_a_mark(text: str) -> None:
    assert printable(text) == SHOWN[text]
    assert printable(SHOWN[text]) == SHOWN[text]
    assert not replaced(SHOWN[text])


def test_no_sign_at_all_changes_a_number_or_vanishes_unless_it_has_no_width() -> None:
    without_width = {"Cf", "Mn", "Me"}
    wrong = []
    # without ideographs and Hangul, which are many and alike
    points = itertools.chain(range(0x3400), range(0xD7FF, 0x11000), range(0x1D000, 0x1FC00))
    for sign in map(chr, points):
        shown, category = printable(sign), unicodedata.category(sign)
        ok = shown.encode("cp1252", "ignore").decode("cp1252") == shown
        if any(each.isdecimal() for each in shown):
            ok = ok and shown == str(unicodedata.digit(sign, -1)) and category == "Nd"
        if not shown:
            ok = ok and category in without_width
        if not ok:
            wrong.append((f"U+{ord(sign):04X}", shown))
    assert wrong == []
