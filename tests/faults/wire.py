"""Just enough of two protocols: where a message ends, and which one commits or confirms."""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

POSTGRES, AMQP = "postgres", "amqp"
PROTOCOL_HEADER = 8  # bytes with which a client of AMQP begins
# class and method of AMQP 0-9-1, after a method frame's type, channel and size
PUBLISH, DELIVER, ACK = b"\0\x3c\0\x28", b"\0\x3c\0\x3c", b"\0\x3c\0\x50"
COMMIT = re.compile(rb"[QP]....[^\0]{0,32}\0?COMMIT\0", re.DOTALL)
COMMITTED = re.compile(rb"C....COMMIT\0", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Point:
    """A kind of message on the way from a service (or to it), which a cut keeps from passing."""

    protocol: str
    from_service: bool
    is_it: Callable[[bytes], bool]


def _method(name: bytes) -> Callable[[bytes], bool]:
    return lambda message: message[:1] == b"\1" and message[7:11] == name


POINTS = {
    # PostgreSQL never sees the COMMIT
    "commit_unseen": Point(POSTGRES, True, lambda message: COMMIT.match(message) is not None),
    # it has committed, and nobody is told
    "commit_unanswered": Point(
        POSTGRES, False, lambda message: COMMITTED.match(message) is not None
    ),
    # a statement was done, be it in a transaction or by itself, as the numbering is
    "statement_unanswered": Point(POSTGRES, False, lambda message: message[:1] == b"C"),
    "publish_unsent": Point(AMQP, True, _method(PUBLISH)),
    "confirm_lost": Point(AMQP, False, _method(ACK)),
    "delivery_lost": Point(AMQP, False, _method(DELIVER)),
    "acknowledgement_lost": Point(AMQP, True, _method(ACK)),
}


class Messages:
    """Takes what comes from one side of a connection apart into whole messages."""

    def __init__(self, protocol: str, from_service: bool) -> None:
        self._length = _postgres if protocol == POSTGRES else _amqp
        self._first, self._rest = from_service, b""

    def feed(self, came: bytes) -> list[bytes]:
        """Return the messages that are whole by now; a part of one waits for the rest of it."""
        buffer, at, whole = self._rest + came, 0, []
        while (length := self._length(buffer, at, self._first)) is not None:
            if len(buffer) - at < length:
                break
            whole.append(buffer[at : at + length])
            at, self._first = at + length, False
        self._rest = buffer[at:]
        return whole


def _postgres(buffer: bytes, at: int, first: bool) -> int | None:
    """Return how long the message at that place is; None while that is not known."""
    tag = 0 if first else 1  # the start-up message has no type
    if len(buffer) - at < tag + 4:
        return None
    length: int = struct.unpack_from(">I", buffer, at + tag)[0]
    return tag + length


def _amqp(buffer: bytes, at: int, first: bool) -> int | None:
    if first:
        return PROTOCOL_HEADER
    if len(buffer) - at < 7:
        return None
    size: int = struct.unpack_from(">I", buffer, at + 3)[0]
    return 7 + size + 1  # the frame's end is one byte
