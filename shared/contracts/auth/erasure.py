"""Forgetting a person, in all services; and what is kept of one, for themselves."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from chassis.asked import Asked, Command, Keyed
from chassis.domain import value


@value
class Erased:
    """A person is being forgotten; id and version are theirs."""

    id: UUID
    version: int
    erasure_id: UUID


@value
class EraseSubject(Keyed[Erased]):
    """Forget a person everywhere; for system admins."""

    user_id: UUID
    reason: str


@value
class KeptOf:
    """What a service keeps of a person, and until when; null: until something is done."""

    what: str
    until: datetime | None


@value
class Forgotten:
    """What one service has said of an erasure."""

    service: str
    forgotten_at: datetime | None  # null: not yet
    kept: tuple[KeptOf, ...]


@value
class ErasureShown:
    """How far a person has been forgotten."""

    erasure_id: UUID
    erased_at: datetime
    services: tuple[Forgotten, ...]


@value
class GetErasure(Asked[ErasureShown]):
    """Return how far a person has been forgotten; for system admins."""

    user_id: UUID


@value
class Export:
    """A file of what is kept of a person, for a day."""

    url: str = field(repr=False)
    expires_at: datetime
    sha256: str
    size: int  # bytes


@value
class ExportMyData(Command[Export]):
    """Write what is kept of oneself to a file."""

    remembered = False  # a repeat writes another
