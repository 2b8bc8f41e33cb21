"""What a service's `app.py` builds, and what runs it: the same in every process and embedded."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from chassis.domain import value
from chassis.edge import Door
from chassis.handling import App
from chassis.inbox import Reaction
from chassis.jobs import Kind
from chassis.schedules import Schedule
from chassis.web import PublicDoor


class Port(Protocol):
    """A way to call one service: over RabbitMQ, or directly in the embedded suite."""

    def call(self, method: str, /, **arguments: Any) -> Any:
        """Call a method by its name; arguments and reply are JSON. Raises `ServiceError`."""


Peers = Callable[[str], Port]  # the port to a service, by its name


@value
class Parts:
    """One service, built."""

    app: App
    door: Door
    reactions: tuple[Reaction, ...]
    kinds: tuple[Kind, ...]
    schedules: tuple[Schedule, ...]
    web: PublicDoor

    def sources(self) -> Mapping[str, tuple[Reaction, ...]]:
        """Return the reactions by the service they hear."""
        names = dict.fromkeys(reaction.source for reaction in self.reactions)
        return {
            name: tuple(each for each in self.reactions if each.source == name) for name in names
        }
