"""The unit: read, fold, decide, append, project, in one transaction. Read this first.

Every command, every batch of events heard and every job's result of every service goes through
`App.attempt`. It is called, never inherited; what a service consists of is listed in its `app.py`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Self, TypeVar
from uuid import UUID

from sqlalchemy import Connection, CursorResult, Engine, Executable
from sqlalchemy.exc import SQLAlchemyError

from chassis import ids, metrics
from chassis.codec import Codec, plain
from chassis.database import postgres
from chassis.domain import Decider
from chassis.errors import Conflict, Invalid, NotFound, Rejected, ServiceError
from chassis.unit import projection, store
from chassis.unit.calls import Call, CancelJobs, Job, Written
from chassis.unit.envelope import Outbox
from chassis.unit.service import Service
from chassis.unit.store import Recorded, Stream, stream_name

T = TypeVar("T")
TRIES = 10
RIVALS = ("events_stream_id_version_key", "events_event_id_key", "commands_pkey")


@dataclass
class App:
    """One service at work on its database."""

    service: Service
    engine: Engine
    clock: Callable[[], datetime] = ids.now
    committed: Callable[[], None] = lambda: None  # told after each commit that wrote
    offload: Callable[..., Any] = lambda function, *args: function(*args)  # for what computes long
    codec: Codec = field(init=False)
    outbox: Outbox = field(init=False)
    unique: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        events = [event for decider in self.service.deciders for event in decider.events]
        self.codec = Codec(events, self.service.upcasters)
        self.outbox = Outbox(self.service.name, self.service.publishes)
        self.unique = {
            index: code for each in self.service.projections for index, code in each.unique.items()
        }

    def handle(self, decider: Decider[Any, Any, Any], id: UUID, command: Any, call: Call) -> Any:
        """Run a unit of one command; reply with the stream's id and version."""
        return self.unit(call, lambda unit: unit.decide(decider, id, command).reply())

    def unit(
        self, call: Call, work: Callable[["Unit"], dict[str, Any]], secret: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Run `work` in one transaction and return its reply, or the reply stored for this call.

        `work` may be called again after a conflict. The fields named `secret` are stored as null.
        Raises what `work` raises; `Conflict` if rivals keep being faster or the same call is
        still running; `Rejected("chassis.idempotency_mismatch")` if the key was used for another
        request; `Unavailable` without a database.
        """

        def answer(unit: Unit) -> dict[str, Any]:
            stored = unit.stored_reply()
            if stored is not None:
                metrics.repeated(self.service.name, str(call.method))
                return stored
            reply: dict[str, Any] = plain(work(unit))
            if unit.call.expected_version is not None:
                raise Invalid("chassis.nothing_to_expect", "this wrote nothing that has a version")
            if call.method:
                unit.reply = {key: None if key in secret else reply[key] for key in reply}
            return reply

        try:
            return self.attempt(call, answer)
        except ServiceError as refusal:
            # an equal rival may have ended meanwhile, and left nothing for this one to do
            stored = None if refusal.retryable else self.attempt(call, Unit.stored_reply)
            if stored is None:
                raise
            return stored

    def attempt(self, call: Call, work: Callable[["Unit"], T]) -> T:
        """Run `work` in one transaction; again, holding its streams, where a rival was faster."""
        streams: set[str] = set()
        for _ in range(TRIES):
            unit = None
            try:
                with self.engine.begin() as connection:
                    store.lock(connection, streams)
                    unit = Unit(self, connection, call)
                    result = work(unit)
                    unit.write()
            except SQLAlchemyError as error:
                postgres.judge(error, RIVALS, self.unique)
                streams |= unit.streams.keys() if unit else set()
            else:
                if unit.wrote:
                    self.committed()
                return result
        raise Conflict("chassis.busy", "others keep changing the same thing")

    def query(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which only reads, on a connection."""
        with postgres.autocommit(self.engine) as connection:
            return work(connection)


class Unit:
    """One transaction's worth of decisions. Nothing of them is written before its end."""

    def __init__(self, app: App, connection: Connection, call: Call) -> None:
        self.app, self.connection, self.call = app, connection, call
        self.streams: dict[str, Stream] = {}
        self.events: list[tuple[Recorded, Mapping[str, Any] | None]] = []
        self.queued: list[dict[str, Any]] = []
        self.cancelled: list[CancelJobs] = []
        self.reply: Mapping[str, Any] | None = None
        self._counts: dict[tuple[UUID, str], int] = {}

    def decide(self, decider: Decider[Any, Any, Any], id: UUID, command: Any) -> Written:
        """Decide one stream's part of the unit and return where the stream stands then.

        Raises `NotFound` for a stream of another workspace, or without events unless the command
        creates it; `Conflict` if the call expected another version; what the decider raises.
        """
        stream = self._stream(decider, id)
        self._must_exist(stream, command)
        self._must_be_expected(stream)
        at = max(self.call.at, stream.last_at) if stream.last_at else self.call.at
        for event in decider.decide(stream.state, _timed(command, at)):
            self._record(stream, event, at)
        return Written(id=id, version=stream.version, state=stream.state)

    def state(self, decider: Decider[Any, Any, Any], id: UUID) -> Any:
        """Return a stream's state as this unit has it; None without events."""
        return self._stream(decider, id).state

    def execute(self, statement: Executable, /, **parameters: Any) -> CursorResult[Any]:
        """Run a statement on a kept table, at once, in this unit's transaction."""
        return self.connection.execute(statement, parameters)

    def queue(self, job: Job) -> None:
        """Queue a job that no event asks for, such as the repeat of a mail."""
        self.queued.append(job.row_of(self.call.id, self.call.meta(None)))

    def on_behalf(self, call: Call) -> Self:
        """Go on under another call: a batch heard has one for each event."""
        self.call = call
        return self

    def preload(self, wanted: Iterable[tuple[Decider[Any, Any, Any], UUID]]) -> None:
        """Read these streams in one go, so that deciding on them needs no round trip."""
        once = {(id, each.name): each for each, id in wanted if not each.serial}
        streams = [Stream(decider=decider, id=id) for (id, _), decider in once.items()]
        missing = {each.name: each for each in streams if each.name not in self.streams}
        if missing:
            store.read(self.connection, self.app.codec, list(missing.values()))
            self.streams.update(missing)

    def stored_reply(self) -> dict[str, Any] | None:
        """Return the reply that this call was given the first time, if it is a repeat."""
        if self.call.method is None:
            return None
        stored = store.reply(self.connection, self.call.id)
        if stored is None:
            return None
        body_sha256, reply = stored
        if body_sha256 != self.call.body_sha256:
            raise Rejected("chassis.idempotency_mismatch", "this key stands for another request")
        return reply

    @property
    def wrote(self) -> bool:
        """Whether there is anything for others to notice."""
        return bool(self.events or self.queued)

    def write(self) -> None:
        """Cancel jobs; append what was decided, with new jobs and the reply; then project."""
        command = self.call.row(self.reply) if self.reply is not None else None
        for each in self.cancelled:
            store.cancel(self.connection, each.kind, each.subject)
        if self.events or self.queued or command:
            store.append(self.connection, self.events, self.queued, command)
        records = [recorded for recorded, _ in self.events]
        projection.apply(self.connection, self.app.service.projections, records)

    def _stream(self, decider: Decider[Any, Any, Any], id: UUID) -> Stream:
        name = stream_name(decider.name, id)
        if name not in self.streams:
            stream = Stream(decider=decider, id=id)
            if decider.serial:
                store.lock(self.connection, [name])
            store.read(self.connection, self.app.codec, [stream])
            self.streams[name] = stream
        return self.streams[name]

    def _must_exist(self, stream: Stream, command: Any) -> None:
        creates = type(command) in stream.decider.creates
        exists = stream.state is not None
        if not exists and creates:
            return
        if not exists or not self.call.actor.sees(stream.state.workspace_id):
            raise not_found(self.app.service.name, stream.decider)

    def _must_be_expected(self, stream: Stream) -> None:
        expected = self.call.expected_version
        if expected is None:
            return
        if expected != stream.version:
            details = {"current_version": stream.version}
            raise Conflict("chassis.version_mismatch", details=details, retryable=False)
        self.call = replace(self.call, expected_version=None)  # the call's first stream only

    def _record(self, stream: Stream, event: Any, at: datetime) -> None:
        count = self._counts.get((self.call.id, stream.name), 0)
        self._counts[(self.call.id, stream.name)] = count + 1
        stream.state = stream.decider.evolve(stream.state, event)
        stream.version, stream.last_at = stream.version + 1, at
        recorded = Recorded(
            event_id=ids.derive(self.call.id, stream.name, count),
            stream_id=stream.name,
            subject=stream.id,
            version=stream.version,
            event=event,
            meta=self.call.meta(stream.state.workspace_id),
            recorded_at=at,
        )
        told = self.app.service.outbound(recorded, stream.state)
        self.events.append((recorded, self.app.outbox.entry(told) if told is not None else None))
        for job in self.app.service.jobs(recorded, stream.state):
            if isinstance(job, Job):
                self.queued.append(job.row(recorded))
            else:
                self._cancel(job)

    def _cancel(self, jobs: CancelJobs) -> None:
        named = (jobs.kind, str(jobs.subject))
        # what this unit has queued until now; what it queues from now on is meant to be done
        self.queued = [each for each in self.queued if (each["kind"], each["subject"]) != named]
        self.cancelled.append(jobs)


def not_found(service: str, decider: Decider[Any, Any, Any]) -> NotFound:
    """Return the one error for what is not there and for what is not the caller's."""
    return NotFound(f"{service}.{decider.name}_not_found", f"no such {decider.name}")


def _timed(command: Any, at: datetime) -> Any:
    if any(each.name == "at" for each in fields(command)):
        return replace(command, at=at)
    return command
