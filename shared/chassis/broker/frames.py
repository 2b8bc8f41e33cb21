"""How frames are read off a connection to RabbitMQ, whatever somebody has put into them."""

import math
import time
from collections.abc import Callable
from typing import Any

import amqp
from amqp import method_framing

# of AMQP 0-9-1:
HEADER_FRAME, BEFORE_PROPERTIES, NO_PROPERTIES = 2, 12, b"\0\0"
METHOD_FRAME, DELIVER, TAG_AND_FLAG = 1, b"\0\x3c\0\x3c", 9


def never() -> float:
    """Return the moment until which a broker that beats is waited for without an end."""
    return math.inf


def handler(
    connection: Any, callback: Callable[..., Any], until: Callable[[], float] = never
) -> Callable[[Any], Any]:
    """Return amqp's reader of frames, which is spared properties and keys that it cannot read.

    It would fail outside of any handler, and again for whoever is delivered the message next. A
    socket's time limit begins anew with each heartbeat; what comes after `until()`, by the
    monotonic clock, is a `TimeoutError`.
    """
    read = method_framing.frame_handler(connection, callback)

    def on_frame(frame: tuple[int, int, bytes]) -> Any:
        if time.monotonic() > until():
            raise TimeoutError("the broker beats and does not answer")
        kind, channel, content = frame
        if kind == METHOD_FRAME and content.startswith(DELIVER):
            content = _with_a_key_of_text(content)
        try:
            return read((kind, channel, content))
        except Exception:
            if kind != HEADER_FRAME or _is_readable(content):
                raise
        return read((kind, channel, content[:BEFORE_PROPERTIES] + NO_PROPERTIES))

    return on_frame


def _with_a_key_of_text(deliver: bytes) -> bytes:
    """Return a delivery with a question mark for each byte of its routing key that is not ASCII."""
    at = len(DELIVER)
    at += 1 + deliver[at] + TAG_AND_FLAG  # after the consumer's name
    at += 1 + deliver[at] + 1  # after the exchange's; the key is the last field
    return deliver[:at] + deliver[at:].decode("ascii", "replace").encode("ascii", "replace")


def _is_readable(header: bytes) -> bool:
    try:
        amqp.Message().inbound_header(header)
    except Exception:  # of many kinds: no text, no date, no type
        return False
    return True
