"""The suite, called through the typed clients, and what they make of its replies."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from chassis.asked import OPTIONS
from chassis.codec import load_with, plain
from chassis.door.edge import Method
from chassis.port import Port
from demo.suite import Suite
from integration.stages.suite_ports import SuitePorts
from unit.clients.signatures import PAIRS, served


class Kept:
    """A port that keeps the last reply as it came."""

    def __init__(self, port: Port) -> None:
        self.port, self.reply = port, None

    def call(self, method: str, /, **arguments: Any) -> Any:
        self.reply = self.port.call(method, **arguments)
        return self.reply


class TypedSuite:
    """A suite whose every call goes through a typed client."""

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        self.called: Counter[str] = Counter()
        self.differing: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.suite, name)

    def call(self, service: str, method: str, access_token: str | None, /, **arguments: Any) -> Any:
        """Call a client's method; return the reply as it came."""
        port = SuitePorts(self.suite).port(service, auth_token=access_token)
        return self.by(port, service, method, arguments)

    def by(self, port: Port, service: str, method: str, arguments: dict[str, Any]) -> Any:
        """Call a client's method over a port; note where its reply is not what came."""
        kept = Kept(port)
        facade, client = PAIRS[service]
        reply = getattr(client(kept), method)(**typed(served(facade)[method], arguments))
        self.called[f"{service}.{method}"] += 1
        self.differing += differences(kept.reply, plain(asdict(reply)), f"{service}.{method}")
        return kept.reply


def typed(method: Method, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return JSON arguments as the client's method takes them."""
    options = {name: arguments[name] for name in OPTIONS if name in arguments}
    own = {name: each for name, each in arguments.items() if name not in options}
    loaded = load_with(method.request, own)
    return {name: loaded[name] for name in own} | options


def differences(came: Any, read: Any, where: str) -> Iterator[str]:
    """Yield the places where a client's reply lacks something that came, or has it otherwise."""
    if isinstance(came, dict) and isinstance(read, dict):
        for name in came.keys() | read.keys():
            yield from differences(came.get(name), read.get(name), f"{where}.{name}")
    elif isinstance(came, list) and isinstance(read, list) and len(came) == len(read):
        for at, (one, other) in enumerate(zip(came, read, strict=True)):
            yield from differences(one, other, f"{where}.{at}")
    elif came != read and not same_moment(came, read):
        yield f"{where}: {came!r} came, {read!r} was read"


def same_moment(one: Any, other: Any) -> bool:
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except (TypeError, ValueError):
        return False
