"""What the checks look at: rows as the databases have them, and what is known from before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.domain import value


@value
class Stored:
    """One event that has a position."""

    service: str
    position: int
    seq: int
    previous: UUID | None  # the event told before it; None: nobody else hears of this one
    event_id: UUID
    stream_id: str
    version: int
    type: str
    data: Mapping[str, Any]
    meta: Mapping[str, Any]
    told: str | None  # 'billing.invoice_paid'
    told_data: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """The id that the stream is named after."""
        return self.stream_id[-36:]

    @property
    def category(self) -> str:
        """What kind of thing the stream is: 'invoice'."""
        return self.stream_id[:-37]

    @property
    def heard(self) -> Mapping[str, Any] | None:
        """The event of another service that this is an effect of."""
        heard: Mapping[str, Any] | None = self.meta.get("heard")
        return heard


@value
class JobRow:
    """A job that was queued on behalf of a call."""

    id: UUID
    kind: str
    subject: str
    state: str
    claims: int
    error: str | None


@value
class Reply:
    """A stored reply."""

    id: UUID
    method: str
    reply: Mapping[str, Any]


@value
class Totals:
    """One service's whole log, counted."""

    events: int
    positions: int
    last_position: int
    pending: int


@value
class Cursor:
    """How far one consumer has heard one source, and how far that has told."""

    consumer: str
    source: str
    position: int
    event_id: UUID
    head_position: int
    head_event_id: UUID


@value
class Part:
    """What one service has done since it was looked at last."""

    events: Sequence[Stored]  # by position
    totals: Totals
    cursors: Sequence[Cursor] = ()
    went_back: Sequence[str] = ()  # cursors that did
    jobs: Sequence[JobRow] = ()
    replies: Sequence[Reply] = ()
    revoked: frozenset[str] = frozenset()  # sessions
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


@dataclass
class Known:
    """What earlier looks have seen of one service."""

    position: int = 0
    last_told: UUID = UUID(int=0)
    versions: dict[str, int] = field(default_factory=dict)
    told: dict[str, tuple[int, str, str]] = field(
        default_factory=dict
    )  # id: position, type, stream

    def remember(self, events: Sequence[Stored]) -> None:
        """Take note of events that were checked."""
        for each in events:
            self.position = each.position
            self.versions[each.stream_id] = each.version
            if each.told is not None:
                self.last_told = each.event_id
                self.told[str(each.event_id)] = (each.position, each.told, each.stream_id)
