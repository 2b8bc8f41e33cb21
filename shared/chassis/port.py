"""How a service is called: the same over RabbitMQ and in the embedded suite."""

from typing import Any, Protocol


class Port(Protocol):
    """A way to call one service."""

    def call(self, method: str, /, **arguments: Any) -> Any:
        """Call a method by its name; arguments and reply are JSON. Raises `ServiceError`."""


class Ports(Protocol):
    """What gives ports to all services, as `chassis.broker.rpc.Rpc` does."""

    def port(
        self, service: str, *, auth_token: str | None = None, timeout_s: float | None = None
    ) -> Port:
        """Return the port to a service for whoever the access token speaks for.

        A call by it ends within `timeout_s` seconds; None: within what is usual there.
        """
