"""Ports to the services of an embedded suite."""

from dataclasses import dataclass, field
from typing import Any

from demo.suite import Suite


@dataclass
class SuitePorts:
    """Gives ports as `chassis.broker.rpc.Rpc` does; keeps the names of the methods called."""

    suite: Suite
    called: list[str] = field(default_factory=list)

    def port(
        self, service: str, *, auth_token: str | None = None, timeout_s: float | None = None
    ) -> "SuitePort":
        return SuitePort(self, service, auth_token)


@dataclass
class SuitePort:
    """The port to one service for whoever the access token speaks for."""

    ports: SuitePorts
    service: str
    token: str | None

    def call(self, method: str, /, **arguments: Any) -> Any:
        self.ports.called.append(f"{self.service}.{method}")
        return self.ports.suite.call(self.service, method, self.token, **arguments)
