"""How replies to calls go out: by one connection, which may hang or be lost."""

from typing import Any

from kombu.pools import producers
from nameko.constants import DEFAULT_RETRY_POLICY, DEFAULT_TRANSPORT_OPTIONS

from chassis.broker import address, link

LIVES_S = 60  # in the queue of a caller that does not fetch it


class Replies:
    """nameko's publisher of replies, made once, as each would describe its connection anew.

    They are not kept longer than anybody waits for them, nor on a disk.
    """

    def __init__(self, amqp_uri: str) -> None:
        """Connect when first needed."""
        options = {**DEFAULT_TRANSPORT_OPTIONS, "confirm_publish": True}
        self._producers = producers[address.client(amqp_uri, transport_options=options)]

    def publish(self, payload: Any, **options: Any) -> None:
        """Return when the broker has confirmed; where a connection is lost, by another one.

        One that hangs is lost too: it must not keep a worker for ever, and in the end all of them.
        """
        with self._producers.acquire(block=True) as producer:
            producer.publish(
                payload,
                delivery_mode=1,
                expiration=LIVES_S,
                timeout=link.TIMEOUT_S,
                retry=True,
                retry_policy=DEFAULT_RETRY_POLICY,
                **options,
            )
