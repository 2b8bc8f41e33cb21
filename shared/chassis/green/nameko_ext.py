"""nameko's home in the frame: the entrypoints, and what a worker is given."""

import logging
import math
from functools import partial
from typing import Any

from chassis.green.nameko_queue import QueueConsumer, RpcConsumer  # first: it filters a warning

# isort: split
import nameko.rpc
from nameko.containers import ServiceContainer
from nameko.exceptions import get_module_path, registry
from nameko.extensions import DependencyProvider

from chassis import ids
from chassis.broker import address
from chassis.door.bodies import MOST_BYTES
from chassis.door.edge import KEY, Caller, Door
from chassis.errors import KINDS, Invalid, from_wire

HEARTBEAT_S = 10

log = logging.getLogger(__name__)

# `edge` has logged it already, in one line
logging.getLogger("nameko.containers").addFilter(
    lambda record: not str(record.msg).startswith("(expected) error handling worker")
)


def container(
    facade: type[Any],
    amqp_uri: str,
    door: Door,
    max_workers: int,
    max_request_bytes: int = MOST_BYTES,
) -> ServiceContainer:
    """Return what serves the methods of `facade`, at most `max_workers` calls at once.

    A call whose body has more than `max_request_bytes` is refused before it is read.
    """
    config = {
        "AMQP_URI": amqp_uri,
        "prefix": address.prefix(amqp_uri, facade.name) or "",
        "HEARTBEAT": HEARTBEAT_S,
        "max_workers": max_workers,
        "max_request_bytes": max_request_bytes,
        "door": door,
    }
    return ServiceContainer(facade, config)


def hears(container: ServiceContainer) -> bool:
    """Return whether calls are delivered to that container now."""
    queues = [each for each in container.subextensions if isinstance(each, QueueConsumer)]
    return all(each.hears for each in queues)


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


class Entrypoint(nameko.rpc.Rpc):
    """nameko's entrypoint, to which a call's sender, id and deadline are known."""

    rpc_consumer = RpcConsumer()

    def handle_message(self, body: Any, message: Any) -> None:
        """Start a worker. Raises `Invalid` for what is no call."""
        if isinstance(body, Invalid):
            call_id = _text(message.properties.get("correlation_id")) or str(ids.fresh())
            log.info("refused", extra={"request_id": call_id, "code": body.code})
            body.of(call_id)
            raise body
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
            # the broker has compared it with the connection
            "service": address.without(self.container.config["prefix"], properties.get("user_id")),
            "correlation_id": _text(headers.get("nameko.correlation_id")),
            "call_id": _text(properties.get("correlation_id")),
            "deadline_s": _seconds(headers.get("nameko.deadline_s")),
        }


def _text(given: Any) -> str | None:
    return given if isinstance(given, str) and KEY.fullmatch(given) else None


def _seconds(given: Any) -> float | None:
    return given if isinstance(given, int | float) and not math.isnan(given) else None


def register_errors() -> None:
    """Let nameko's proxies in this process raise our errors as what they were."""
    for name, kind in KINDS.items():
        registry[get_module_path(kind)] = partial(from_wire, name)
