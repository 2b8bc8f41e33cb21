"""What was heard takes effect: reactions, and the units that they run in.

The effects of an event have ids that are derived from its own: wherever they stand already, they
are not made again, and an event that says something else under its id is not taken.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, get_args, get_type_hints
from uuid import UUID

from sqlalchemy import text

from chassis import codec, ids, telemetry
from chassis.domain import Decider, value
from chassis.hearing import cursors, forgotten
from chassis.identity import behind
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.handling import App

T = TypeVar("T")


@value
class Reaction:
    """What a service does about one event of another: `react(unit, heard)`, in `inbound.py`."""

    source: str
    hears: type[Any]  # the contract; its fields load, others are ignored
    react: Callable[[Unit, Heard], object]
    streams: Callable[[Heard], Iterable[tuple[Decider[Any, Any, Any], UUID]]]  # read beforehand


class Reactions:
    """What one group does about one source."""

    def __init__(self, app: App, source: str, group: str, reactions: Iterable[Reaction]) -> None:
        """`group`: of its name and an event's id the ids of the effects are derived."""
        self.app, self.source, self.group = app, source, group
        self._by_name: dict[str, list[Reaction]] = {}
        self._times: dict[str, frozenset[str]] = {}
        for reaction in reactions:
            name = codec.snake(reaction.hears.__name__)
            self._by_name.setdefault(name, []).append(reaction)
            self._times[name] = _times(reaction.hears)

    def attempt(self, work: Callable[[Unit, frozenset[UUID]], T]) -> T:
        """Run `work(unit, done)`; again, where it meets events whose effects are `done`."""
        done: frozenset[UUID] = frozenset()
        while True:
            try:
                return self.app.attempt(cursors.call(self.app), lambda unit: work(unit, done))  # noqa: B023
            except _Done as found:
                done |= found.event_ids

    def react(
        self, unit: Unit, taken: Sequence[Heard], done: frozenset[UUID], *, forked: bool
    ) -> None:
        """Let these events take effect in the unit of an `attempt`, but those that are `done`.

        `forked`: the source may tell what it told before a fork, as `forgotten` knows it. Raises
        `Rejected("chassis.told_otherwise")` for an event that says what it did not say before.
        """
        if forked:
            done |= forgotten.told_again(unit, self.group, self.source, taken, self._digest)
        due = [
            (reaction, self._loaded(reaction, each))
            for each in taken
            for reaction in self._by_name.get(each.name, ())
            if each.event_id not in done
        ]
        unit.preload(wanted for reaction, each in due for wanted in reaction.streams(each))
        for reaction, each in due:
            call = self.call(each)
            with telemetry.context(event_id=each.event_id, **call.logged()):
                reaction.react(unit.on_behalf(call), each)
        if unit.events:
            # a source that was restored may do the same again, and tell it again
            made = [recorded.event_id for recorded, _ in unit.events]
            stored = unit.execute(_STORED, made=made).all()
            told = {each.event_id: each for _, each in due}
            forgotten.must_be_equal(stored, told, self._digest)
            if stored:
                raise _Done(frozenset(UUID(each.heard["event_id"]) for each in stored))

    def _loaded(self, reaction: Reaction, heard: Heard) -> Heard:
        event = codec.load(reaction.hears, heard.data, tolerant=True)
        # whose exchange it came from is known; what its header says of that is no proof
        return replace(heard, source=self.source, event=event)

    def call(self, cause: Heard) -> Call:
        """Return the call that an event's effects are made by, on behalf of who caused it."""
        return cursors.call(
            self.app,
            id=ids.derive(cause.event_id, self.group),
            correlation_id=cause.correlation_id,
            causation=str(cause.event_id),
            on_behalf_of=behind(cause.actor, cause.on_behalf_of),
            impersonation=cause.impersonation,
            heard={
                "source": self.source,
                "position": cause.position,
                "event_id": str(cause.event_id),
                "type": cause.type,
                "stream_id": cause.stream_id,
                "sha256": self._digest(cause),
            },
        )

    def _digest(self, heard: Heard) -> str:
        return forgotten.digest(heard.data, self._times.get(heard.name, frozenset()))


def _times(contract: type[Any]) -> frozenset[str]:
    """Return the names of a contract's fields that say when, to the instant."""
    hints = get_type_hints(contract)
    return frozenset(name for name in hints if datetime in (hints[name], *get_args(hints[name])))


class _Done(Exception):
    """The effects of these events of a source stand in our store already."""

    def __init__(self, event_ids: frozenset[UUID]) -> None:
        self.event_ids = event_ids


_STORED = text(
    "select event_id, type, stream_id, meta->'heard' as heard from events"
    " where event_id = any(:made) and meta->'heard' is not null"
)
