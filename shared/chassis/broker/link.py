"""One connection to RabbitMQ with one channel, for one thread: what telling, hearing, RPC stand on.

A connection that fails is dropped at once, and nothing is assumed of what was on it.
"""

import math
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import amqp
from amqp.exceptions import AccessRefused, AMQPError, MessageNacked, NotFound

from chassis import deadline
from chassis.broker import address, frames
from chassis.errors import Unavailable

TIMEOUT_S = 10.0  # for a connection, an answer of the broker, a batch's confirms
CLOSE_S = 1.0  # a broker that hangs is not waited for
IDLE_S = 300  # heartbeat of what may lie unused: the broker closes it after 10 to 15 min
SHORT_S = 0.001  # not 0: amqp would spin while only the half of a frame is there
BEAT_S = 3.0  # no wait is longer without a look at the heartbeat
TRUSTED_S = 0.5  # a broker that said something so lately is not asked whether it takes messages
BLOCKED = "chassis.broker_blocked"


class Link:
    """One connection with one channel, opened when needed and dropped at the first failure."""

    def __init__(
        self, uri: str, prepare: Callable[[amqp.Channel], None], heartbeat_s: int = IDLE_S
    ) -> None:
        """`prepare(channel)` makes a new channel ready for its use.

        A peer that was silent for two to three times `heartbeat_s` is given up by the broker.
        Nothing beats in the background: who holds messages must come back to the link before
        twice `heartbeat_s` is over, or loses them to another consumer.
        """
        self._open_until = math.inf  # by the monotonic clock
        options = {
            "frame_handler": partial(frames.handler, until=lambda: self._open_until),
            "on_blocked": self._note_blocked,
            "on_unblocked": self._note_free,
        }
        self._client: Any = address.client(uri, heartbeat=heartbeat_s, transport_options=options)
        self._prepare = prepare
        self._connection: Any = None  # amqp's, as is the channel
        self._channel: Any = None
        self._probe: Any = None  # another channel, as what is refused closes its own
        self._returned = False  # whether the probe's message has come back
        self._blocked = False  # whether the broker has said that it takes no messages
        self._heard_at = 0.0  # by the monotonic clock

    @contextmanager
    def channel(self) -> Iterator[amqp.Channel]:
        """Yield the channel; a new one if the broker has closed the last one meanwhile.

        Raises `Unavailable` for whatever the broker or the net refuses; `__cause__` says what.
        While the broker takes no messages it is `chassis.broker_blocked`, and the connection is
        kept: by it the broker says when it takes them again, and it would not notice its end.
        """
        try:
            if self._channel is not None and not self._is_open():
                self._drop()
            if self._channel is None:
                self._open()
            self.must_not_be_blocked()
            yield self._channel
        except Unavailable as error:
            if error.code != BLOCKED:
                self._drop()
            raise
        except (AMQPError, MessageNacked, OSError) as error:
            self._drop()
            reason = f"{type(error).__name__}: {error}"
            raise Unavailable("chassis.broker_unavailable", reason) from error
        except BaseException:
            self._drop()  # what was under way on it is unknown
            raise

    def wait(self, timeout_s: float) -> bool:
        """Handle the next thing that the broker says; False if it says nothing in time.

        Only inside `channel()`.
        """
        until = time.monotonic() + timeout_s
        while True:
            rest_s = max(0.0, until - time.monotonic())
            try:
                self._connection.drain_events(timeout=max(SHORT_S, min(rest_s, BEAT_S)))
            except TimeoutError:
                self._connection.heartbeat_tick()
                if rest_s <= BEAT_S:
                    return False
            else:
                self._heard_at = time.monotonic()
                return True

    def must_take(self, exchange: str, key: str) -> None:
        """Find out whether the broker takes messages, unless it has said something lately.

        It tells only who publishes, so a message goes to nobody: `key` is one that no queue is
        bound by. Without this the first message of a connection would wait in the broker, and be
        delivered when its sender has long given up. Only inside `channel()`; raises `Unavailable`.
        """
        if time.monotonic() - self._heard_at < TRUSTED_S:
            return
        if self._probe is None or not self._probe.is_open:
            self._probe = self._connection.channel()
            self._probe.events["basic_return"].add(self._note_return)
        self._returned = False
        with suppress(AccessRefused, NotFound):  # it has read the message, then
            # with a body, which a blocked broker leaves unread: a refusal would wait for an answer
            message = amqp.Message("?")
            self._probe.basic_publish(message, exchange, routing_key=key, mandatory=True)
            until = time.monotonic() + _soon_s()
            while not self._returned:
                if not self.wait(until - time.monotonic()):
                    raise TimeoutError("the broker does not say whether it takes messages")
                self.must_not_be_blocked()

    def must_not_be_blocked(self) -> None:
        """Raise `Unavailable("chassis.broker_blocked")` if the broker takes no messages."""
        if self._blocked:
            raise Unavailable(
                BLOCKED, "the broker is short of memory or disk: it takes no messages"
            )

    def must_answer(self) -> None:
        """Ask the broker something, as a connection that hangs looks like one that is quiet.

        Only inside `channel()`, which then drops it and raises `Unavailable`.
        """
        self._connection.sock.settimeout(_soon_s())
        self._channel.flow(True)
        self._connection.sock.settimeout(TIMEOUT_S)

    def close(self) -> None:
        """Close the connection, if there is one, in the orderly way."""
        if self._connection is not None:
            close(self._connection)
        self._drop()

    def _is_open(self) -> bool:
        """Handle what has come meanwhile, which may be that the broker has gone; beat."""
        try:
            with suppress(TimeoutError):
                while self._has_something():
                    self._connection.drain_events(timeout=SHORT_S)
            self._connection.heartbeat_tick()
        except (AMQPError, OSError):
            return False
        return True

    def _has_something(self) -> bool:
        sock = self._connection.sock
        decrypted = getattr(sock, "pending", int)()  # by TLS, and no longer at the socket
        return bool(decrypted or select.select([sock], [], [], 0)[0])

    def _note_return(self, *_returned: Any) -> None:
        self._returned = True

    def _note_blocked(self, _reason: str) -> None:
        self._blocked = True

    def _note_free(self) -> None:
        self._blocked = False

    def _open(self) -> None:
        rest_s = deadline.remaining()
        patience_s = TIMEOUT_S if rest_s is None else max(0.001, min(rest_s, TIMEOUT_S))
        self._open_until = time.monotonic() + patience_s
        self._connect(patience_s)
        # not the system's own time limits, which eventlet does not know
        self._connection.sock.settimeout(patience_s)
        self._channel = self._connection.channel()
        self._prepare(self._channel)
        self._open_until = math.inf
        self._connection.sock.settimeout(TIMEOUT_S)

    def _connect(self, patience_s: float) -> None:
        """Connect to the host of last time, else to the next one; raise what one of them said."""
        said: Exception | None = None
        others = len(self._client.alt) - 1
        for left in range(others, -1, -1):
            self._client.connect_timeout = patience_s / (others + 1)
            try:
                self._connection = self._client.transport.establish_connection()
                return
            except (AMQPError, OSError) as error:
                self._client.maybe_switch_next()
                said = error if isinstance(error, AMQPError) else said
                if not left:
                    raise said or error from None

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.collect()
        self._connection = self._channel = self._probe = None
        self._blocked, self._heard_at, self._open_until = False, 0.0, math.inf


def _soon_s() -> float:
    """Return how long a broker that lives may take for an answer, in seconds."""
    rest_s = deadline.remaining()
    return CLOSE_S if rest_s is None else min(rest_s, CLOSE_S)


def close(connection: Any) -> None:
    """Close a connection of amqp's in the orderly way, if the broker answers at once."""
    if connection.sock is not None:
        with suppress(AMQPError, OSError):
            connection.sock.settimeout(CLOSE_S)
            connection.close()
    connection.collect()
