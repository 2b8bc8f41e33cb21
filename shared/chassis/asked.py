"""What services are asked and what they reply: the forms that all contracts are written in.

A request names its reply and its kind: `class IssueInvoice(Keyed[InvoiceIssued])`. The door, the
typed clients and the tests read all they need to know of a method from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, ClassVar, Final, Generic, TypeVar, get_args, get_origin
from uuid import UUID

from chassis.domain import value

R_co = TypeVar("R_co", covariant=True)
Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)

Json = Mapping[str, Any]  # an object as it was sent: of replies alone


class Unchanged(Enum):
    """What stands for a field that is to stay as it is."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


class Asked(Generic[R_co]):
    """What a method is asked; `R_co` is what it replies. By itself it only reads."""

    __slots__ = ()
    # False: no reply is stored, and a repeat runs again. For one whose reply is a secret, and
    # whose repeat does no harm.
    remembered: ClassVar[bool] = True


@value
class Command(Asked[R_co]):
    """Changes something. The same key and arguments again give the stored first reply."""

    idempotency_key: str | None = None
    expected_version: int | None = None  # of the call's first stream; with another, a `Conflict`


@value
class Keyed(Asked[R_co]):
    """A command that is refused without a key: money, mail, deletion, paid work follow."""

    idempotency_key: str
    expected_version: int | None = None


@value
class Page(Generic[Row_co]):
    """Some rows of a list, newest first; `next_cursor` asks for those after, None: there are none.

    A cursor holds for the same question only; rows that come or go meanwhile move nobody else's.
    """

    items: tuple[Row_co, ...]
    next_cursor: str | None

    def of(self, row: Callable[..., Row]) -> "Page[Row]":
        """Return the page with each item, a mapping, made into a row."""
        items: Any = self.items
        return Page(items=tuple(row(**each) for each in items), next_cursor=self.next_cursor)


@value
class Listing(Asked[Page[Row_co]]):
    """Asks for a list page by page."""

    limit: int = 50  # 1 to 200
    cursor: str | None = None


@value
class Written:
    """A stream after a command: `version` is what the next one may expect."""

    id: UUID
    version: int


OPTIONS = ("idempotency_key", "expected_version")  # what every command takes besides its own


def writes(asked: type[Asked[Any]]) -> bool:
    """Return whether that request changes something."""
    return issubclass(asked, Command | Keyed)


def replied(asked: type[Asked[R_co]]) -> type[R_co]:
    """Return the type that a request's class, or what it extends, names as its reply."""
    for base in vars(asked).get("__orig_bases__", asked.__bases__):
        origin = get_origin(base)
        if origin in (Asked, Command, Keyed):
            (reply,) = get_args(base)
            return reply  # type: ignore[no-any-return]
        if isinstance(origin, type) and issubclass(origin, Asked):
            general: Any = replied(origin)  # of the kind: `Page` of any row
            return general[get_args(base)]  # type: ignore[no-any-return]
        if origin is None and issubclass(base, Asked):
            return replied(base)
    raise TypeError(f"{asked.__name__} names no reply")


def sensitive_fields(cls: type[Any]) -> tuple[str, ...]:
    """Return the fields of a request or reply that are neither logged, hashed nor stored."""
    return _marked(cls, "sensitive")


def pseudonymous_fields(cls: type[Any]) -> tuple[str, ...]:
    """Return the fields of a request that the log names by a keyed hash."""
    return _marked(cls, "pseudonymous")


def _marked(cls: type[Any], mark: str) -> tuple[str, ...]:
    return tuple(each.name for each in fields(get_origin(cls) or cls) if each.metadata.get(mark))


def given(asked: Any) -> dict[str, Any]:
    """Return the fields of a request that are to change, by name."""
    named = {each.name: getattr(asked, each.name) for each in fields(asked)}
    return {
        name: each for name, each in named.items() if each is not UNCHANGED and name not in OPTIONS
    }
