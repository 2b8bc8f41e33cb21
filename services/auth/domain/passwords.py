"""Passwords that say whose they are: whoever knows a person tries them first."""

import unicodedata
from collections.abc import Iterable

OURS = "aistudio"


def is_context(password: str, words: Iterable[str]) -> bool:
    """Return whether a password is one of these words, or ours: a name, the start of an address.

    Case and what stands between letters count for nothing, nor do digits and signs at the ends.
    """
    tried = _forms(password)
    return any(tried & _forms(word) for word in (*words, OURS))


def _forms(text: str) -> set[str]:
    """Return what a text is compared by: its letters and digits, and those without its ends."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(each for each in folded if each.isalnum())
    return {plain, plain.strip("".join(each for each in plain if not each.isalpha()))} - {""}
