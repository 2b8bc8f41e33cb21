"""What of a text the paper's font can show: Windows-1252, which is all that Helvetica covers.

A sign that it lacks becomes its nearest letter ('Łukasz' is 'Lukasz'), else a mark that is seen.
It never becomes a digit beside another: '3⅓' must not read 313, nor '10⁶' 106. Signs without a
width leave nothing, since nobody could tell 'PO 12' from a 'PO 12' that hides one.
"""

import unicodedata
from collections.abc import Iterator

LACKING = "?"

# Letters and signs that Unicode does not take apart: Sami, Polish, Turkish; dashes, slashes.
NEAREST = str.maketrans("ĐđŊŋŦŧŁłıĦħẞ−‐‑‒―⁄∕", "DdNnTtLliHhß----–//")
JOINER = "\N{ZERO WIDTH JOINER}"
SKIN_TONES = range(0x1F3FB, 0x1F400)


def printable(text: str) -> str:
    """Return `text` with only what the font has; a family of people is one mark, not three."""
    return "".join(shown for _, shown in _each(text))


def replaced(text: str) -> set[str]:
    """Return the signs of `text` that `printable` shows otherwise or not at all."""
    return {sign for sign, shown in _each(text) if shown != sign}


def _each(text: str) -> Iterator[tuple[str, str]]:
    before, joined = "", False
    for sign in unicodedata.normalize("NFC", text):
        shown = _shown(sign)
        if shown == LACKING == before and (joined or ord(sign) in SKIN_TONES):
            shown = ""  # part of the picture that the mark before it stands for
        joined = sign == JOINER
        before = shown or before
        yield sign, shown


def _shown(sign: str) -> str:
    match unicodedata.category(sign):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf" | "Mn" | "Me":
            return ""
        case "Nd":
            return str(unicodedata.decimal(sign))
        case _ if sign.encode("cp1252", "ignore"):
            return sign
        case "Zs":
            return " "
    return _nearest(sign) or LACKING


def _nearest(sign: str) -> str:
    apart = unicodedata.normalize("NFKD", sign.translate(NEAREST)).strip()
    if sign.isalpha():  # a letter is known without its mark; '≠' would be '='
        apart = "".join(part for part in apart if unicodedata.category(part) != "Mn")
    whole = apart.encode("cp1252", "ignore").decode("cp1252") == apart
    return apart if whole and not any(part.isnumeric() for part in apart) else ""
