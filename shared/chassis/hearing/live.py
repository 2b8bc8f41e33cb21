"""Hearing live: one consumer at its queue, and at its source where something is missing.

What the broker delivers is taken and then acknowledged; what it has lost is noticed, by the event
that does not follow or by asking the source now and then, and pulled.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any

from chassis.broker.rabbit import Receiver
from chassis.errors import NotFound, ServiceError, Unavailable
from chassis.hearing import forks
from chassis.hearing.failures import is_outage
from chassis.hearing.inbox import Consumer, Read
from chassis.trouble import Trouble

EVERY_S = 60.0
AWAY_S = 2.0  # how long a source that did not answer is not asked again

log = logging.getLogger(__name__)


class Hearing:
    """One consumer hearing one source over RabbitMQ. For one thread."""

    def __init__(
        self, consumer: Consumer, receiver: Receiver, read: Read, every_s: float = EVERY_S
    ) -> None:
        """`read(after)` is the source's `events_read`, asked at the start and every `every_s`."""
        self.consumer, self.receiver, self.every_s = consumer, receiver, every_s
        self._read = read
        self._ask_at = 0.0  # when the source is asked next, by the monotonic clock
        self._away_until = 0.0
        self._at_head = False  # as far as is known
        self._full = False  # whether the last batch was: more of the same waits in the queue
        self._absence = Trouble(log)  # the source's

    def turn(self, wait_s: float) -> bool:
        """Take what comes within `wait_s`, or a page of what is missing; True if there was any.

        Raises an outage of the database or of the broker, and what else is no event's fault: what
        was not acknowledged is delivered again, to whoever comes first.
        """
        try:
            stopped = self.consumer.stopped()
        except NotFound:  # its group has other members by now: the queue is nobody's
            self.close()
            raise
        if stopped:
            self.close()
            return False
        # the queue first: it exists, then, before the source is asked what was told until now
        try:
            came = self._take(0 if self._due() else wait_s)
        except Unavailable:
            if self._due():
                self._pull()  # it may be this queue alone that is broken
                self.close()  # what is told until there is one again is asked for then
            raise
        return bool(self._pull()) or came if self._due() else came

    def close(self) -> None:
        """Close the connection; the broker's next consumer goes on from here."""
        self.receiver.close()
        self._at_head, self._full, self._ask_at = False, False, 0.0

    def _take(self, wait_s: float) -> bool:
        try:
            batch = self.receiver.receive(wait_s)
            whole = self.consumer.accept(batch)
            self.receiver.acknowledge()  # a gap too: the pull brings what came after it
        except BaseException:
            self.close()
            raise
        self._full = whole and len(batch) == self.receiver.prefetch
        if not whole:
            self._at_head, self._ask_at = False, 0.0
        elif batch and self._at_head:
            self.consumer.own_cursor.note_checked()
        return bool(batch)

    def _due(self) -> bool:
        # what the queue is full of need not be pulled; it tells itself whether it has lost some
        return not self._full and time.monotonic() >= max(self._ask_at, self._away_until)

    def _pull(self) -> int:
        """Take a page of what the source has told beyond the cursor; return how many events."""
        count = 0
        try:
            with forks.noticed(self.consumer, self._ask):
                count = self.consumer.pull_page(self._ask)
                self._at_head = count == 0
            self._absence.went_well()
        except _Away as away:
            # what the queue holds is taken without the source
            self._away_until = time.monotonic() + AWAY_S
            self._absence.failed("the source is away", away.error)
        if self._at_head:
            self._ask_at = time.monotonic() + self.every_s
        return count

    def _ask(self, after: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return self._read(after)
        except ServiceError as error:
            if not is_outage(error):
                raise
            raise _Away(error) from error


class _Away(Exception):
    """The source does not answer, which is no reason not to hear what it has told."""

    def __init__(self, error: ServiceError) -> None:
        super().__init__(error.code)
        self.error = error
