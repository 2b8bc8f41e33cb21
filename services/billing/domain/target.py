"""A target: what work is done on, and how a sales document calls that work."""

import unicodedata
from uuid import UUID

from chassis.domain import value

NAMES = {
    "nb": {"image_project": "Bildeprosjekt", "video_project": "Film"},
    "en": {"image_project": "Image project", "video_project": "Film"},
}
MOST_CHARACTERS = 200  # of a description
LONGEST = 32  # what is one character to a reader and has more parts is cut all the same
JOINERS = "\u200c\u200d"  # letters and pictures on both sides belong together


@value
class Target:
    """Its kind and id; kinds are apart, as a film may be given a project's id."""

    kind: str  # image_project | video_project
    id: UUID


def description(kind: str, title: str, locale: str = "nb") -> str:
    """Return what a sales document calls the work: kind and title, 200 characters at most.

    `locale`: nb, or en for a buyer abroad.
    """
    text = f"{NAMES[locale][kind]}: {title}"
    if len(text) <= MOST_CHARACTERS:
        return text
    ends = range(MOST_CHARACTERS, MOST_CHARACTERS - LONGEST, -1)
    whole = (each for each in ends if not _is_one(text[each - 1 : each + 1]))
    return text[: next(whole, MOST_CHARACTERS)].rstrip()


def _is_one(pair: str) -> bool:
    """Return whether two neighbours are one character to a reader: a letter and its accent, say."""
    before, after = pair[0], pair[1]
    skin = "\U0001f3fb" <= after <= "\U0001f3ff"
    flag = all("\U0001f1e6" <= each <= "\U0001f1ff" for each in pair)
    mark = unicodedata.category(after).startswith("M")
    return mark or skin or flag or before == JOINERS[1] or after in JOINERS
