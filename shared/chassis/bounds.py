"""How much a request may say: asked before anything of it is read, so that no rule computes long.

Whoever may speak to the door may write what they like, and one text of 0.3 MB kept the parser of
e-mail addresses busy for 7 s, and all other calls waiting.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NoReturn

from marshmallow import Schema, ValidationError, pre_load

MOST_FAULTS = 20  # that a reply names
MOST_OF_A_NAME = 100  # characters of a name that nobody knows


@dataclass(frozen=True, slots=True)
class Size:
    """The rule of how long a text is, in characters, or a list, in items: the first of any field.

    Each field of a request has one: its own, or `MOST_WRITTEN` and `MOST_LISTED`.
    """

    most: int
    least: int = 0

    def __call__(self, written: Any) -> Any:
        """Return what was written. Raises `ValidationError` if there is too much or little of it.

        What is neither text nor list is the field's to refuse.
        """
        if isinstance(written, str | list) and not self.least <= len(written) <= self.most:
            what = "characters" if isinstance(written, str) else "items"
            least = f"{self.least} to" if self.least else "At most"
            raise ValidationError(f"{least} {self.most} {what}.")
        return written


MOST_WRITTEN = Size(2_000)
MOST_LISTED = Size(100)


class RequestSchema(Schema):
    """Counts the names of a request, and of each value in it, before it looks at any."""

    @pre_load
    def _count(self, data: Any, **_: Any) -> Any:
        names = data if isinstance(data, Mapping) else ()
        if len(names) > len(self.fields) + MOST_FAULTS:
            unknown = islice((name for name in names if name not in self.fields), MOST_FAULTS)
            raise ValidationError({name: ["Unknown field."] for name in unknown})
        return data

    def handle_error(self, error: ValidationError, data: Any, **_: Any) -> NoReturn:
        """Raise the first of the faults; the rest is as well known to who sent them."""
        raise ValidationError(_first(error.messages, MOST_FAULTS)[0]) from None


def _first(told: Any, most: int) -> tuple[Any, int]:
    """Return the first faults of a tree of marshmallow's, and how many more there may be."""
    if not isinstance(told, Mapping | list):
        return told, most - 1
    kept: dict[Any, Any] = {}
    left = most
    for name, each in islice(told.items() if isinstance(told, Mapping) else enumerate(told), most):
        if left:
            cut = name[:MOST_OF_A_NAME] if isinstance(name, str) else name
            kept[cut], left = _first(each, left)
    return kept if isinstance(told, Mapping) else list(kept.values()), left
