"""A call as it comes off the queue: nothing of it is unpacked, nor read if it is too long."""

from typing import Any

from kombu.exceptions import DecodeError
from kombu.transport import pyamqp

from chassis.door import bodies


class Message(pyamqp.Message):
    """kombu's, which unpacks nothing: what is small when sent may be larger than the memory.

    Nor is a body read that is too large, or no JSON; kombu would make objects of what it reads.
    """

    def __init__(self, msg: Any, channel: Any = None, *, most_bytes: int, **options: Any) -> None:
        """Take a message as amqp delivers it; a packed one is one that cannot be read."""
        self._most_bytes = most_bytes
        headers = msg.properties.get("application_headers") or {}
        packed = headers.pop("compression", None)
        super().__init__(msg, channel=channel, **options)
        if packed is not None:
            why: Any = (DecodeError, DecodeError("a packed body"), None)
            self.errors.append(why)

    def decode(self) -> dict[str, Any]:
        """Return the call in the body. Raises `Invalid`."""
        if self.content_type != "application/json":
            raise bodies.malformed()
        return bodies.read(self.body, self._most_bytes)
