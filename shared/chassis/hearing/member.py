"""A consumer group: k members hear all of a source, and each acts on the streams of its own.

Whose a stream is follows from its id alone, so that the members agree without a word, and every
stream keeps its order. What a member does is named after the group, not after the member: with
another k the same events have the same effects under the same ids.
"""

import re
from zlib import crc32

from chassis.domain import value
from chassis.settings import Misconfigured

MOST = 16  # members: each of them is told everything


@value
class Member:
    """The `number`th of `of` members."""

    number: int
    of: int

    def owns(self, stream_id: str) -> bool:
        """Return whether this member acts on what is told of a stream."""
        return owner(stream_id, self.of) == self

    def consumer(self, group: str) -> str:
        """Return under which name this member of a group hears: its cursor's, its queue's."""
        return group if self == ALONE else f"{group}.{self.number}of{self.of}"


ALONE = Member(number=1, of=1)


def members(of: int) -> list[Member]:
    """Return all members of a group of so many."""
    return [Member(number=number, of=of) for number in range(1, of + 1)]


def owner(stream_id: str, of: int) -> Member:
    """Return whose a stream is, of so many members; frozen, as cursors stand by it."""
    return Member(number=crc32(stream_id.encode()) % of + 1, of=of)


def group(consumer: str) -> str:
    """Return the group of a consumer: 'billing' of 'billing.2of3' and of 'billing'."""
    return re.sub(r"\.[0-9]+of[0-9]+$", "", consumer)


def of(consumer: str) -> Member:
    """Return the member that hears under that name: the 2nd of 3 for 'billing.2of3'."""
    found = re.search(r"\.([0-9]+)of([0-9]+)$", consumer)
    return Member(number=int(found[1]), of=int(found[2])) if found else ALONE


def parsed(written: str) -> Member:
    """Return the member that is written as '2/3'. Raises `Misconfigured`."""
    found = re.fullmatch("([0-9]{1,2})/([0-9]{1,2})", written)
    number, of = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= of:
        raise Misconfigured(f"{written!r} is not like 2/3, the 2nd of 3")
    require(of)
    return Member(number=number, of=of)


def require(of: int) -> None:
    """Raise `Misconfigured` for a group of so many members that it cannot be."""
    if not 1 <= of <= MOST:
        raise Misconfigured(f"a group has 1 to {MOST} members, not {of}")
