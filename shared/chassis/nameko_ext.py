"""nameko's only home in the frame: the entrypoints, and what a worker is given."""

import logging
import math
import re
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from typing import Any

# nameko stands on eventlet, which is deprecated upstream: known, and why the edge is thin
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import nameko.messaging
import nameko.rpc
from amqp.exceptions import AMQPError, ChannelError
from kombu.exceptions import OperationalError
from nameko.amqp.publish import Publisher
from nameko.containers import ServiceContainer
from nameko.exceptions import MalformedRequest, get_module_path, registry
from nameko.extensions import DependencyProvider
from nameko.rpc import get_rpc_exchange

from chassis import edge, link
from chassis.edge import KEY, Caller, Door
from chassis.errors import KINDS, ServiceError, from_wire
from chassis.link import require_exchange

UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
REPLY_KEY = re.compile(rf"(reply\.[a-z_.]+\.)?{UUID}")  # ours; a plain nameko client's has no name
REPLY_LIVES_S = 60  # in the queue of a caller that does not fetch it
HEARTBEAT_S = 10

log = logging.getLogger(__name__)


def container(facade: type[Any], amqp_uri: str, door: Door, max_workers: int) -> ServiceContainer:
    """Return what serves the methods of `facade`, at most `max_workers` calls at once."""
    config = {
        "AMQP_URI": amqp_uri,
        "HEARTBEAT": HEARTBEAT_S,
        "max_workers": max_workers,
        "door": door,
    }
    return ServiceContainer(facade, config)


class DoorProvider(DependencyProvider):
    """Gives a worker its service's door, which whoever starts the container has built."""

    def get_dependency(self, worker_ctx: Any) -> Door:
        """Return the door from the container's configuration."""
        door: Door = self.container.config["door"]
        return door


class CallerProvider(DependencyProvider):
    """Gives a worker who calls, and how long they wait."""

    def get_dependency(self, worker_ctx: Any) -> Caller:
        """Return the caller of this call."""
        return Caller(**{name: worker_ctx.data.get(name) for name in CALLER})


CALLER = ("auth_token", "service", "correlation_id", "call_id", "deadline_s")


class QueueConsumer(nameko.messaging.QueueConsumer):
    """nameko's, which neither logs nor dies of what it cannot read, nor of a lost connection."""

    @property
    def connection(self) -> Any:
        """The connection's parameters, for kombu."""
        connection = super().connection
        options = {**connection.transport_options, "frame_handler": link.frame_handler}
        connection.transport_options = options
        return connection

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """Return the consumers on a new connection, to a broker that may be a new one as well."""
        require_exchange(channel, get_rpc_exchange(self.container.config).name)
        return super().get_consumers(consumer_cls, channel)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Hand on a message whose body is no JSON: who sent it is told so."""
        for provider in self._providers:
            self.handle_message(provider, None, message)

    def ack_message(self, message: Any) -> None:
        """Acknowledge; where the connection is lost, the broker delivers again."""
        with suppress(OSError):
            super().ack_message(message)

    def requeue_message(self, message: Any) -> None:
        """Give back; where the connection is lost, the broker has it back already."""
        with suppress(OSError):
            super().requeue_message(message)


class Responder(nameko.rpc.Responder):
    """nameko's, whose replies are not kept longer than anybody waits for them, nor on a disk."""

    publisher_cls = partial(Publisher, delivery_mode=1, expiration=REPLY_LIVES_S)


class RpcConsumer(nameko.rpc.RpcConsumer):
    """nameko's, but whatever a message says, it is answered or dropped, and the service lives."""

    queue_consumer = QueueConsumer()

    def setup(self) -> None:
        """Name the queue; its exchange is the consumer's to require."""
        super().setup()
        self.queue.exchange.no_declare = True

    def handle_message(self, body: Any, message: Any) -> None:
        """Run a call, if there is somewhere to reply to.

        The reply is published with this service's rights: to a key that is no caller's, it would
        be a message of ours to whoever the sender chooses.
        """
        if REPLY_KEY.fullmatch(message.properties.get("reply_to") or ""):
            super().handle_message(body, message)
        else:
            log.warning("dropped a call that names no reply queue")
            self.queue_consumer.ack_message(message)

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        """Reply and acknowledge; where the broker is away, the call is delivered again."""
        message.properties["content_type"] = "application/json"  # of the reply, as of all replies
        config = self.container.config
        exchange = get_rpc_exchange(config)
        responder = Responder(config["AMQP_URI"], exchange, "json", message)
        try:
            result, exc_info = responder.send_response(result, exc_info)
        except ChannelError:
            log.warning("the broker refuses a reply", exc_info=True)
        except (AMQPError, OperationalError, OSError):
            log.warning("the broker is away, and so a reply is lost", exc_info=True)
            self.queue_consumer.requeue_message(message)
            return result, exc_info
        self.queue_consumer.ack_message(message)
        return result, exc_info


class Rpc(nameko.rpc.Rpc):
    """nameko's entrypoint, to which a call's sender, id and deadline are known."""

    rpc_consumer = RpcConsumer()

    def handle_message(self, body: Any, message: Any) -> None:
        """Start a worker. Raises `MalformedRequest` for what is no call."""
        if not (
            isinstance(body, dict)
            and isinstance(body.get("args"), list)
            and isinstance(body.get("kwargs"), dict)
        ):
            raise MalformedRequest("a call is a JSON object of `args` and `kwargs`")
        super().handle_message(body, message)

    def unpack_message_headers(self, message: Any) -> dict[str, Any]:
        """Return what a worker knows of its call, taken from where it cannot be forged.

        Only what the frame uses, and of the right form: nameko's own worker would fail on the
        rest, and take the service with it.
        """
        headers, properties = message.headers, message.properties
        stack = headers.get("nameko.call_id_stack")
        return {
            "call_id_stack": [each for each in stack if isinstance(each, str)]
            if isinstance(stack, list)
            else [],
            "auth_token": headers.get("nameko.auth_token"),
            "service": properties.get("user_id"),  # the broker has compared it with the connection
            "correlation_id": _text(headers.get("nameko.correlation_id")),
            "call_id": _text(properties.get("correlation_id")),
            "deadline_s": _seconds(headers.get("nameko.deadline_s")),
        }


def _text(given: Any) -> str | None:
    return given if isinstance(given, str) and KEY.fullmatch(given) else None


def _seconds(given: Any) -> float | None:
    return given if isinstance(given, int | float) and not math.isnan(given) else None


def command(
    request: type[Any], *, key_required: bool = False, sensitive: tuple[str, ...] = ()
) -> Callable[[Any], Any]:
    """Declare a method `(self, request, call)` that changes something.

    `request` is a marshmallow schema class; besides its fields callers may give
    `idempotency_key` and `expected_version`. `sensitive` arguments are never logged or hashed.
    """

    def declare(work: Callable[..., Any]) -> Any:
        method = edge.Method(
            name=work.__name__,
            request=request(),
            work=work,
            writes=True,
            key_required=key_required,
            sensitive=sensitive,
        )
        return _entrypoint(method, work)

    return declare


def query(request: type[Any]) -> Callable[[Any], Any]:
    """Declare a method `(self, request, call)` that only reads."""

    def declare(work: Callable[..., Any]) -> Any:
        method = edge.Method(name=work.__name__, request=request(), work=work, writes=False)
        return _entrypoint(method, work)

    return declare


def _entrypoint(method: edge.Method, work: Callable[..., Any]) -> Any:
    @wraps(work)
    def entry(self: Any, /, *args: Any, **arguments: Any) -> Any:
        return edge.serve(method, self, args, arguments)

    del entry.__wrapped__  # nameko checks what callers may pass
    entry.method = method  # type: ignore[attr-defined]
    return Rpc.decorator(
        entry,
        sensitive_arguments=method.sensitive,
        expected_exceptions=ServiceError,
    )


def register_errors() -> None:
    """Let nameko's proxies in this process raise our errors as what they were."""
    for name, kind in KINDS.items():
        registry[get_module_path(kind)] = partial(from_wire, name)
