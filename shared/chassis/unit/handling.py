"""The unit: read, fold, decide, append, project, in one transaction. Read this first.

Every command, every batch of events heard and every job's result of every service goes through
`App.attempt`. It is called, never inherited; what a service consists of is listed in its `app.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from chassis import codec, computing, ids, metrics
from chassis.asked import Written
from chassis.codec import Codec, plain
from chassis.database import postgres
from chassis.domain import Decider
from chassis.errors import Conflict, Invalid, ServiceError
from chassis.unit import store
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Outbox
from chassis.unit.service import Service

T = TypeVar("T")
R = TypeVar("R")
TRIES = 10
RIVALS = ("events_stream_id_version_key", "events_event_id_key", "commands_pkey")


@dataclass
class App:
    """One service at work on its database."""

    service: Service
    engine: Engine
    clock: Callable[[], datetime] = ids.now
    committed: Callable[[], None] = lambda: None  # told after each commit that wrote
    offload: Callable[..., Any] = computing.in_turn  # for what computes long
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

    def handle(
        self, decider: Decider[Any, Any, Any], id: UUID, command: Any, call: Call
    ) -> Written:
        """Run a unit of one command; reply with the stream's id and version."""
        return self.unit(call, lambda unit: unit.decide(decider, id, command).written, Written)

    def unit(self, call: Call, work: Callable[[Unit], R], reply: type[R]) -> R:
        """Run `work` as `answer` does and return its reply, the first or the stored one alike."""
        return codec.read_reply(reply, self.answer(call, work))

    def answer(self, call: Call, work: Callable[[Unit], Any]) -> dict[str, Any]:
        """Run `work` in one transaction; return its reply as JSON, or what is stored for the call.

        `work` may be called again after a conflict. What is marked as sensitive in its reply is
        stored as null. Raises what `work` raises; `Conflict` if rivals keep being faster or the
        same call is still running; `Rejected("chassis.idempotency_mismatch")` if the key was used
        for another request; `Unavailable` without a database.
        """

        def once(unit: Unit) -> dict[str, Any]:
            stored = unit.stored_reply()
            if stored is not None:
                metrics.repeated(self.service.name, str(call.method))
                return stored
            given = work(unit)
            reply: dict[str, Any] = plain(given)
            if unit.call.expected_version is not None:
                raise Invalid("chassis.nothing_to_expect", "this wrote nothing that has a version")
            if call.method:
                unit.reply = plain(given, secrets=False)
            return reply

        try:
            return self.attempt(call, once)
        except ServiceError as refusal:
            # an equal rival may have ended meanwhile, and left nothing for this one to do
            stored = None if refusal.retryable else self.attempt(call, Unit.stored_reply)
            if stored is None:
                raise
            return stored

    def attempt(self, call: Call, work: Callable[[Unit], T]) -> T:
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
                streams |= unit.streams.keys() | unit.held if unit else set()
            else:
                if unit.wrote:
                    self.committed()
                return result
        raise Conflict("chassis.busy", "others keep changing the same thing")

    def query(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which only reads, on a connection."""
        with postgres.autocommit(self.engine) as connection:
            return work(connection)
