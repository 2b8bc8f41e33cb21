"""How calls come off nameko's queue: whatever a message says, and whatever the broker does."""

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

# nameko stands on eventlet, which is deprecated upstream: known, and why the edge is thin
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import kombu.mixins
import nameko.messaging
import nameko.rpc
from amqp.exceptions import AMQPError, ChannelError, MessageNacked, RecoverableConnectionError
from kombu.exceptions import OperationalError
from nameko.constants import (
    DEFAULT_HEARTBEAT,
    DEFAULT_TRANSPORT_OPTIONS,
    HEARTBEAT_CONFIG_KEY,
)
from nameko.rpc import Responder, get_rpc_exchange

from chassis.broker import address, detours, frames, link, queues
from chassis.broker.detours import Detours
from chassis.broker.queues import require_exchange
from chassis.door import bodies
from chassis.errors import Invalid, Unavailable
from chassis.green.nameko_message import Message
from chassis.green.nameko_replies import Replies
from chassis.trouble import Trouble

UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
REPLY_KEY = re.compile(rf"(reply\.[a-z_.]+\.)?{UUID}")  # ours; a plain nameko client's has no name
RECONNECT_S = 2  # between attempts, however long the broker has been away

log = logging.getLogger(__name__)

# each time with a traceback: `consume` tells it, in few lines
logging.getLogger("kombu.mixins").addFilter(lambda record: record.msg != kombu.mixins.W_CONN_LOST)


class QueueConsumer(nameko.messaging.QueueConsumer):
    """nameko's, which neither logs nor dies of what it cannot read, nor of a lost connection."""

    def __init__(self) -> None:
        """Nothing is heard yet."""
        super().__init__()
        self._channel: Any = None  # what is consumed on
        self._under_way: set[Any] = set()  # what is neither acknowledged nor given back
        self._deafness = Trouble(log)
        self.detours: Detours  # those of the broker that is consumed from

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:
        """Yield a connection, soon after there is a broker; kombu would wait longer and longer."""
        with self.create_connection() as connection:
            connection.ensure_connection(self.on_connection_error, interval_max=RECONNECT_S)
            opened = connection.connection
            opened.sock.settimeout(link.TIMEOUT_S)
            try:
                yield connection
            finally:
                link.close(opened)  # kombu would wait for one that hangs for ever

    def consume(self, *args: Any, **options: Any) -> Iterator[None]:
        """Drain what comes, until the connection is lost; kombu then begins anew."""
        try:
            yield from super().consume(*args, **options)
        except (AMQPError, OSError) as error:
            self._deafness.failed("calls are not heard", _away(error))
            raise

    def on_connection_error(self, exc: Exception, interval: float) -> None:
        """Tell that the broker is away; nameko would do so each time."""
        self._deafness.failed("calls are not heard", _away(exc))

    @contextmanager
    def consumer_context(self, **options: Any) -> Iterator[Any]:
        """Yield what is consumed with."""
        with super().consumer_context(**options) as opened:
            _, self._channel, _ = opened
            try:
                yield opened
            finally:
                self._channel = None

    @property
    def hears(self) -> bool:
        """Whether calls are delivered now."""
        connection = self._channel and self._channel.connection
        return bool(connection and connection.connected)

    @property
    def connection(self) -> Any:
        """The connection's parameters, for kombu."""
        heartbeat_s = self.container.config.get(HEARTBEAT_CONFIG_KEY, DEFAULT_HEARTBEAT)
        options = {**DEFAULT_TRANSPORT_OPTIONS, "frame_handler": frames.handler}
        return address.client(self.amqp_uri, heartbeat=heartbeat_s, transport_options=options)

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """Return the consumers on a new connection, to a broker that may be a new one as well."""
        require_exchange(channel, get_rpc_exchange(self.container.config).name)
        channel.Message = partial(Message, most_bytes=self.container.config["max_request_bytes"])
        channel.auto_decode = False  # a body is bytes until it is read
        self.detours = detours.of(channel)
        for provider in self._providers:
            provider.make_ready(channel)
        return super().get_consumers(consumer_cls, channel)

    def on_iteration(self) -> None:
        """End with the last consumer, but not before all is answered: it would be run again.

        Whoever sees a connection break, be it for an acknowledgement, lets kombu open another one
        (celery/kombu#220). Nobody consumes on that one: raises, so that all begins anew.
        """
        if not self.hears:
            raise RecoverableConnectionError("the connection that was consumed on is lost")
        self._deafness.went_well()
        super().on_iteration()
        if not self._consumers and self._under_way:
            self.should_stop = False

    def handle_message(self, provider: Any, body: Any, message: Any) -> None:
        """Start a worker."""
        self._under_way.add(message)
        super().handle_message(provider, body, message)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Hand on, in place of its body, why a message cannot be read: who sent it is told so."""
        why = exc if isinstance(exc, Invalid) else bodies.malformed()
        for provider in self._providers:
            self.handle_message(provider, why, message)

    def ack_message(self, message: Any) -> None:
        """Acknowledge; where the connection is lost, the broker delivers again."""
        with suppress(OSError):
            super().ack_message(message)
        self._under_way.discard(message)

    def requeue_message(self, message: Any) -> None:
        """Give back; where the connection is lost, the broker has it back already."""
        with suppress(OSError):
            super().requeue_message(message)
        self._under_way.discard(message)


class RpcConsumer(nameko.rpc.RpcConsumer):
    """nameko's, but whatever a message says, it is answered or dropped, and the service lives."""

    queue_consumer = QueueConsumer()

    def setup(self) -> None:
        """Name the queue; its exchange is the consumer's to require."""
        super().setup()
        self.queue.exchange.no_declare = True
        self._replies = Replies(self.container.config["AMQP_URI"])
        self._loss, self._refusal = Trouble(log), Trouble(log)  # of replies

    def make_ready(self, channel: Any) -> None:
        """Let the queue be of the form that this broker has for calls."""
        form = queues.form_of_calls(channel, self.queue.name)
        self.queue.durable, self.queue.queue_arguments = form.durable, form.arguments

    def handle_message(self, body: Any, message: Any) -> None:
        """Run a call, if it came straight and there is somewhere to reply to.

        The reply is published with this service's rights: to a key that is no caller's, it would
        be a message of ours to whoever the sender chooses.
        """
        if way := self._detour(message):
            detours.note(self.queue.name, way, message.properties.get("user_id"))
            self.queue_consumer.ack_message(message)
        elif REPLY_KEY.fullmatch(message.properties.get("reply_to") or ""):
            super().handle_message(body, message)
        else:
            log.warning("dropped a call that names no reply queue")
            self.queue_consumer.ack_message(message)

    def _detour(self, message: Any) -> str | None:
        key, own = message.delivery_info["routing_key"], f"{self.container.service_name}."
        return self.queue_consumer.detours.taken(message.headers, key, own)

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        """Reply and acknowledge; where the broker is away, the call is delivered again."""
        message.properties["content_type"] = "application/json"  # of the reply, as of all replies
        config = self.container.config
        exchange = get_rpc_exchange(config)
        responder = Responder(config["AMQP_URI"], exchange, "json", message)
        responder.publisher_cls = lambda *_, **__: self._replies
        try:
            result, exc_info = responder.send_response(result, exc_info)
        except (AMQPError, OperationalError, OSError) as error:
            if not _refused(error):
                self._loss.failed("the broker is away, and so a reply is lost", _away(error))
                self.queue_consumer.requeue_message(message)
                return result, exc_info
            self._refusal.failed("the broker refuses a reply", _away(error))
        else:
            self._loss.went_well()
            self._refusal.went_well()
        self.queue_consumer.ack_message(message)
        return result, exc_info


def _away(error: Exception) -> Unavailable:
    return Unavailable("chassis.broker_unavailable", f"{type(error).__name__}: {error}")


def _refused(error: Exception) -> bool:
    """Return whether the broker has said no: to the reply, or for the queue that it is for."""
    refusals = ChannelError | MessageNacked
    return isinstance(error, refusals) or isinstance(error.__cause__, refusals)
