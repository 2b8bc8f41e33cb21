"""Hearing others: a cursor for each source, moved in the transaction of what it caused.

Every told event names the one told before it. A consumer whose cursor stands at that one takes
the event; at a lower position it has heard it already; else something is missing and it pulls.
Live delivery, catch-up and a second delivery all pass `Consumer.accept`. An event that fails is
parked, with its stream; others flow (`parking`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis import ids, metrics
from chassis.errors import Internal, Unavailable
from chassis.hearing import groups, parking
from chassis.hearing.cursors import Cursor, following
from chassis.hearing.failures import MOST_CRASHES, CrashWatch, is_outage
from chassis.hearing.member import ALONE, Member
from chassis.hearing.reacting import Reaction, Reactions
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard, heard
from chassis.unit.handling import App

Read = Callable[[Mapping[str, Any]], Mapping[str, Any]]  # a source's `events_read`, by its `after`


class Consumer:
    """One service hearing one source, or a member of its group; for one thread, but `redrive`."""

    def __init__(
        self,
        app: App,
        source: str,
        reactions: Iterable[Reaction],
        name: str | None = None,
        member: Member = ALONE,
    ) -> None:
        """Make the cursors of the group's members where there are none yet: at the beginning.

        A service that hears a source twice gives the second consumer a `name` of its own.
        Raises `Conflict("chassis.not_a_member")` where the group has other members.
        """
        self.app, self.source, self.member = app, source, member
        self.group = name or app.service.name
        self.name = member.consumer(self.group)
        self.own_cursor = Cursor(app, self.name, source)
        self.reactions = Reactions(app, source, self.group, reactions)
        self._watch = CrashWatch(self.own_cursor)
        groups.begin(app, self.group, member, source)

    def cursor(self) -> dict[str, Any]:
        """Return the pair {position, event_id} of the last event heard."""
        stands = self.own_cursor.stands()
        return {"position": stands.position, "event_id": str(stands.event_id)}

    def stopped(self) -> bool:
        """Return whether this source is stopped, until an operator lets it go on."""
        return self.own_cursor.stands().stopped is not None

    def pull(self, read: Read) -> int:
        """Read on to the source's head, as `pull_page` does; return how many events came."""
        count = 0
        while came := self.pull_page(read):
            count += came
        return count

    def pull_page(self, read: Read) -> int:
        """Read one page on from the cursor; return how many events came, 0 at the source's head.

        Raises what `accept` and `read` raise: `Conflict("chassis.forked")` if the source has
        forgotten what was heard of it.
        """
        after = self.cursor()
        items = read(after)["items"]
        metrics.pulled(self.name, self.source, len(items))
        if not items:
            self.own_cursor.note_checked()
        elif not self.accept([heard(item) for item in items]) and self.cursor() == after:
            raise Internal("chassis.broken_chain", f"what {self.source} tells next does not follow")
        return len(items)

    def accept(self, deliveries: Sequence[Heard]) -> bool:
        """Take what comes next of `deliveries`, with its effects or parked; False if one misses.

        Raises an outage (`failures.is_outage`) as it is, and `Conflict("chassis.source_stopped")`;
        what was taken before it stays.
        """
        while deliveries:
            batch, crashes = self._watch.begin(deliveries)
            if crashes >= MOST_CRASHES and self.member.owns(batch[0].stream_id):
                bug = Internal("chassis.crash_loop", f"{crashes} processes ended while they did it")
                whole = self._park(batch[0], bug)
            else:
                whole = self._accept(batch)
            if not whole:
                return False
            deliveries = deliveries[len(batch) :]
        return True

    def redrive(self, stream_id: str) -> bool:
        """Take the first parked event of a stream; return whether the next may be tried.

        If it fails, that is noted and the next try queued. Raises an outage. For any thread.
        """
        first: Row[Any] | None = None

        def work(unit: Unit, done: frozenset[UUID]) -> bool:
            nonlocal first
            cursor = groups.owner(unit, self.group, self.source, stream_id)
            stands = cursor.hold_going(unit)
            first = parking.head(unit, cursor.key, stream_id)
            if first is None or first.dead:
                return False
            parking.remove(unit, cursor.key, first.position)
            self.reactions.react(unit, [heard(first.event)], done, forked=stands.forked)
            return True

        try:
            return self.reactions.attempt(work)
        except Exception as error:
            if first is None or is_outage(error):
                raise
            failed, why = first, error

        def note(unit: Unit, _: frozenset[UUID]) -> None:
            cursor = groups.owner(unit, self.group, self.source, stream_id)
            cursor.hold_going(unit)
            unit.on_behalf(replace(self.reactions.call(heard(failed.event)), id=ids.fresh()))
            parking.note_failure(unit, cursor.key, failed, why)

        self.reactions.attempt(note)
        return False

    def _accept(self, batch: Sequence[Heard]) -> bool:
        try:
            return self._take(batch)
        except Exception as error:
            if is_outage(error):
                raise
            if len(batch) == 1:
                return self._park(batch[0], error)
        # one of them failed: one by one, the others are taken
        return all(self._accept([each]) for each in batch)

    def _take(self, deliveries: Sequence[Heard]) -> bool:
        counts: dict[str, int] = {}

        def work(unit: Unit, done: frozenset[UUID]) -> bool:
            stands = self.own_cursor.hold_going(unit)
            taken, whole = following(stands.position, stands.event_id, deliveries)
            known = sum(each.position <= stands.position for each in deliveries)
            counts.update(taken=len(taken), parked=0, duplicate=known)
            if taken:
                parked = parking.streams(unit, self.own_cursor.key)
                if len(parked) >= parking.MOST_STREAMS:
                    reason = f"{len(parked)} streams of {self.source} have parked events"
                    raise Unavailable("chassis.too_many_parked", reason)
                own = [each for each in taken if self.member.owns(each.stream_id)]
                behind = [each for each in own if each.stream_id in parked]
                parking.park_behind(unit, self.own_cursor.key, behind)
                counts.update(taken=len(own) - len(behind), parked=len(behind))
                counts.update(passed=len(taken) - len(own))
                going = [each for each in own if each.stream_id not in parked]
                self.reactions.react(unit, going, done, forked=stands.forked)
                self.own_cursor.move(unit, taken[-1])
            return whole

        with metrics.reaction(self.name, self.source):
            whole = self.reactions.attempt(work)
        for outcome, count in counts.items():
            metrics.heard(self.name, self.source, outcome, count)
        return whole

    def _park(self, event: Heard, error: Exception) -> bool:
        def work(unit: Unit, _: frozenset[UUID]) -> bool:
            stands = self.own_cursor.hold_going(unit)
            taken, whole = following(stands.position, stands.event_id, [event])
            if taken:
                unit.on_behalf(replace(self.reactions.call(event), id=ids.fresh()))
                parking.park(unit, self.own_cursor.key, event, error)
                self.own_cursor.move(unit, event)
            return whole

        whole = self.reactions.attempt(work)
        metrics.heard(self.name, self.source, "parked", int(whole))
        return whole
