"""Streams: read a state, append events. Everything here happens in the caller's transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    column,
    func,
    select,
    table,
)

from chassis.codec import Codec, dump, schema_version
from chassis.database import postgres
from chassis.domain import Decider, value
from chassis.unit import standing


@value
class Recorded:
    """An event with its place: what projections, `outbound` and `jobs` are given."""

    event_id: UUID
    stream_id: str  # 'invoice-<uuid>'
    subject: UUID  # the uuid in it
    version: int
    event: Any
    meta: Mapping[str, Any]
    recorded_at: datetime

    @property
    def workspace_id(self) -> UUID | None:
        """The tenant that the event belongs to."""
        workspace = self.meta["workspace"]
        return UUID(workspace) if workspace else None


@dataclass(slots=True)
class Stream:
    """One stream as a unit sees it: its state, and the version it stands at."""

    decider: Decider[Any, Any, Any]
    id: UUID
    name: str = field(init=False)  # the stream's id in the store
    state: Any = None
    version: int = 0
    last_at: datetime | None = None

    def __post_init__(self) -> None:
        """Write the name once: each event of the stream needs it several times."""
        self.name = stream_name(self.decider.name, self.id)


def stream_name(category: str, id: UUID) -> str:
    """Return 'invoice-<uuid>'."""
    return f"{category}-{id}"


def split_name(stream_id: str) -> tuple[str, UUID]:
    """Return the category and the uuid of 'invoice-<uuid>'; the uuid has dashes of its own."""
    return stream_id[:-37], UUID(stream_id[-36:])


_EVENTS = (
    "select stream_id, version, type, schema_version, data, recorded_at from events"
    " where stream_id = any(%(names)s) order by stream_id, version"
)
_LAST_EVENT = (
    "select stream_id, version, type, schema_version, data, recorded_at from events"
    " where stream_id = any(%(names)s) order by version desc limit 1"
)


def read(connection: Connection, codec: Codec, streams: Sequence[Stream]) -> None:
    """Fold the stored events of these streams into them, in one round trip.

    A serial stream is read alone and only its last event, which is its whole state.
    """
    by_name = {stream.name: stream for stream in streams}
    serial = len(streams) == 1 and streams[0].decider.serial
    query = _LAST_EVENT if serial else _EVENTS
    rows = postgres.run(connection, query, {"names": list(by_name)})
    for stream_id, version, type, written_as, data, recorded_at in rows:
        stream = by_name[stream_id]
        event = codec.load(type, written_as, data)
        stream.state = stream.decider.evolve(stream.state, event)
        stream.version, stream.last_at = version, recorded_at


def found(
    connection: Connection, codec: Codec, decider: Decider[Any, Any, Any], id: UUID
) -> Stream:
    """Return one stream as it stands, for who only looks."""
    stream = Stream(decider=decider, id=id)
    read(connection, codec, [stream])
    return stream


def lock(connection: Connection, names: Iterable[str], shared: bool = False) -> None:
    """Hold these streams until the transaction ends; in one order, so that nobody deadlocks.

    Who holds one `shared` keeps out those who want it alone, and no others.
    """
    statement = _LOCK_SHARED if shared else _LOCK
    for name in sorted(names):
        postgres.run(connection, statement, {"name": name})


_LOCK = "select pg_advisory_xact_lock(hashtextextended(%(name)s, 0))"
_LOCK_SHARED = "select pg_advisory_xact_lock_shared(hashtextextended(%(name)s, 0))"
_APPEND = (
    "select append(%(events)s::jsonb, %(jobs)s::jsonb, %(command)s::jsonb,"
    " %(caller)s::jsonb, %(revocations)s::jsonb)"
)


def append(
    connection: Connection,
    events: Sequence[tuple[Recorded, Mapping[str, Any] | None]],
    jobs: Sequence[Mapping[str, Any]],
    command: Mapping[str, Any] | None,
    caller: Mapping[str, Any] | None = None,
    revocations: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Append events (each with its outbox), queue jobs and store the reply, in one statement.

    `caller`, `revocations`: as `standing` has them. Raises `Unauthenticated` for a caller whose
    access has ended; `DBAPIError` of the driver's UniqueViolation where a rival was faster.
    """
    rows = [_row(recorded, outbox) for recorded, outbox in events]
    parameters = {
        "events": json.dumps(rows),
        "jobs": json.dumps(jobs),
        "command": json.dumps(command) if command else None,
        "caller": json.dumps(caller) if caller else None,
        "revocations": json.dumps(revocations) if revocations else None,
    }
    standing.must(postgres.run(connection, _APPEND, parameters).fetchone())


def _row(recorded: Recorded, outbox: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "event_id": str(recorded.event_id),
        "stream_id": recorded.stream_id,
        "version": recorded.version,
        "type": type(recorded.event).__name__,
        "schema_version": schema_version(type(recorded.event)),
        "data": dump(recorded.event),
        "meta": recorded.meta,
        "outbox": outbox,
        "recorded_at": recorded.recorded_at.isoformat(),
    }


def cancel(connection: Connection, kind: str, subject: UUID) -> None:
    """End the jobs of that kind on that subject; a running one sees it within 2 s."""
    postgres.run(connection, _CANCEL, {"kind": kind, "subject": str(subject)})


def withdraw(connection: Connection, kind: str, subject: UUID) -> bool:
    """End those that wait, and say whether there were any; a claim at this moment wins or loses."""
    parameters = {"kind": kind, "subject": str(subject)}
    return postgres.run(connection, _WITHDRAW, parameters).rowcount > 0


def hurry(connection: Connection, kind: str, subject: UUID) -> bool:
    """Let those that wait be due now, and say whether there were any."""
    parameters = {"kind": kind, "subject": str(subject)}
    return postgres.run(connection, _HURRY, parameters).rowcount > 0


def reply(connection: Connection, call_id: UUID) -> tuple[str, dict[str, Any]] | None:
    """Return the body_sha256 and reply that are stored for a call."""
    return postgres.run(connection, _REPLY, {"id": call_id}).fetchone()


_NAMED = "where kind = %(kind)s and subject = %(subject)s and state"
_CANCEL = f"update jobs set state = 'cancelled' {_NAMED} in ('waiting', 'claimed')"  # noqa: S608
_WITHDRAW = f"update jobs set state = 'cancelled' {_NAMED} = 'waiting'"  # noqa: S608
_HURRY = f"update jobs set run_at = least(run_at, now()) {_NAMED} = 'waiting'"  # noqa: S608
_REPLY = "select body_sha256, reply from commands where id = %(id)s"
_STORED = table("events", column("seq"), column("stream_id"), column("version"))


def version_of(category: str, id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Return, as a column of a query, the version that the stream of a row stands at."""
    return (
        select(func.max(_STORED.c.version))
        .where(_STORED.c.stream_id == f"{category}-" + id)
        .scalar_subquery()
    )


def began(category: str, id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Return, as a column of a query, a number that says whose stream began before whose.

    What one unit made has one time; its order is that in which the unit decided it.
    """
    return (
        select(_STORED.c.seq)
        .where(_STORED.c.stream_id == f"{category}-" + id, _STORED.c.version == 1)
        .scalar_subquery()
    )
