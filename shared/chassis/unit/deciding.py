"""The unit: what is read, decided and noted in one transaction, and written at its end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from sqlalchemy import Connection, CursorResult, Executable

from chassis import ids
from chassis.domain import Decider
from chassis.errors import Conflict, NotFound, Rejected
from chassis.unit import projection, standing, store
from chassis.unit.calls import Call, Decided, Job
from chassis.unit.queueing import Jobs
from chassis.unit.store import Recorded, Stream, stream_name

if TYPE_CHECKING:
    from chassis.unit.handling import App


class Unit:
    """One transaction's worth of decisions. Nothing of them is written before its end."""

    def __init__(self, app: "App", connection: Connection, call: Call) -> None:
        self.app, self.connection, self.call = app, connection, call
        self.streams: dict[str, Stream] = {}
        self.admitted: set[str] = set()
        self.held: set[str] = set()
        self.events: list[tuple[Recorded, Mapping[str, Any] | None]] = []
        self.jobs = Jobs()
        self.revocations = standing.Revocations(app.service.revokes)
        self.reply: Mapping[str, Any] | None = None
        self._counts: dict[tuple[UUID, str], int] = {}

    def decide(self, decider: Decider[Any, Any, Any], id: UUID, command: Any) -> Decided:
        """Decide one stream's part of the unit and return where the stream stands then.

        Raises `NotFound` for a stream that is neither of the caller's workspace nor their own, or
        without events unless the command creates it; `Conflict` if the call expected another
        version; what the decider raises.
        """
        stream, events, at = self._asked(decider, id, command)
        for event in events:
            self._record(stream, event, at)
        return Decided(id=id, version=stream.version, state=stream.state)

    def may(self, decider: Decider[Any, Any, Any], id: UUID, command: Any) -> Decided:
        """Ask whether `command`, which writes nothing, is allowed; return where the stream stands.

        Raises what `decide` raises.
        """
        stream, events, _ = self._asked(decider, id, command)
        if events:
            raise AssertionError(f"{command} is no question: it has {events} for an answer")
        return Decided(id=id, version=stream.version, state=stream.state)

    def admit(self, decider: Decider[Any, Any, Any], id: UUID) -> None:
        """Take that stream for the caller's in this unit, though it is of another workspace."""
        self.admitted.add(stream_name(decider.name, id))

    def hold(self, decider: Decider[Any, Any, Any], *ids: UUID, shared: bool = False) -> None:
        """Hold these streams until the unit ends, and read the clock anew: the unit's time is that.

        So what is held `shared` by one and alone by another has an order, and their times agree
        with it. Those who hold it shared do not wait for each other. Held first, then read.
        """
        names = {stream_name(decider.name, id) for id in ids}
        if read := names & self.streams.keys():
            raise AssertionError(f"{read} may have changed between its reading and its lock")
        store.lock(self.connection, names, shared)
        self.held |= names
        self.call = replace(self.call, at=max(self.call.at, self.app.clock()))

    def state(self, decider: Decider[Any, Any, Any], id: UUID) -> Any:
        """Return a stream's state as this unit has it; None without events."""
        return self._stream(decider, id).state

    def execute(self, statement: Executable, /, **parameters: Any) -> CursorResult[Any]:
        """Run a statement on a kept table, at once, in this unit's transaction."""
        return self.connection.execute(statement, parameters)

    def queue(self, job: Job, workspace_id: UUID | None = None) -> None:
        """Queue a job of that workspace that no event asks for, such as a job's successor."""
        self.jobs.queue(job.row_of(self.call.id, self.call.meta(workspace_id)))

    def withdraw(self, kind: str, subject: UUID) -> bool:
        """End what waits of the jobs of that kind on that subject; return whether anything did.

        Back-off is waiting, a claim that ran out is not. What is claimed, done or not there stays
        as it is; against a claim at the same moment one of the two wins.
        """
        queued = self.jobs.drop(kind, subject)
        return store.withdraw(self.connection, kind, subject) or queued

    def hurry(self, kind: str, subject: UUID) -> bool:
        """Let what waits of the jobs of that kind on that subject be due now; return as above."""
        queued = self.jobs.hurry(kind, subject)
        waiting = store.hurry(self.connection, kind, subject)
        self.jobs.hurried |= waiting
        return waiting or queued

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

    def begin(self, decider: Decider[Any, Any, Any], id: UUID) -> None:
        """Take that stream, which another one says is not there yet, for one without events.

        It is not read; if a rival has begun it meanwhile, the unit is tried again.
        """
        stream = Stream(decider=decider, id=id)
        self.streams.setdefault(stream.name, stream)

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
        return bool(self.events or self.jobs.queued or self.jobs.hurried)

    def write(self) -> None:
        """Cancel jobs; append what was decided, with new jobs and the reply; then project."""
        command = self.call.row(self.reply) if self.reply is not None else None
        for each in self.jobs.cancelled:
            store.cancel(self.connection, each.kind, each.subject)
        if self.events or self.jobs.queued or command or self.revocations.rows:
            access = standing.caller(self.call.actor), self.revocations.rows
            store.append(self.connection, self.events, self.jobs.queued, command, *access)
        records = [recorded for recorded, _ in self.events]
        projection.apply(self.connection, self.app.service.projections, records)

    def _asked(
        self, decider: Decider[Any, Any, Any], id: UUID, command: Any
    ) -> tuple[Stream, Sequence[Any], datetime]:
        stream = self._stream(decider, id)
        self._must_exist(stream, command)
        self._must_be_expected(stream)
        at = max(self.call.at, stream.last_at) if stream.last_at else self.call.at
        return stream, decider.decide(stream.state, _timed(command, at)), at

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
        if not exists or not self._is_the_callers(stream):
            raise not_found(self.app.service.name, stream.decider)

    def _is_the_callers(self, stream: Stream) -> bool:
        whose = stream.decider.person
        person = whose(stream.id, stream.state) if whose else None
        seen = self.call.actor.sees(stream.state.workspace_id, person)
        return seen or stream.name in self.admitted

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
        self.revocations.note(told, at)
        self.events.append((recorded, self.app.outbox.entry(told) if told is not None else None))
        for job in self.app.service.jobs(recorded, stream.state):
            if isinstance(job, Job):
                self.jobs.queue(job.row(recorded))
            else:
                self.jobs.cancel(job)


def not_found(service: str, decider: Decider[Any, Any, Any]) -> NotFound:
    """Return the one error for what is not there and for what is not the caller's."""
    return NotFound(f"{service}.{decider.name}_not_found", f"no such {decider.name}")


def _timed(command: Any, at: datetime) -> Any:
    if any(each.name == "at" for each in fields(command)):
        return replace(command, at=at)
    return command
