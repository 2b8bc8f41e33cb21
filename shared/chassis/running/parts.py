"""What a service's `app.py` builds, and what runs it: the same in every process and embedded."""

from collections.abc import Callable, Mapping

from chassis.domain import value
from chassis.door import revocations
from chassis.door.edge import Door
from chassis.door.web import PublicDoor
from chassis.hearing.inbox import Consumer
from chassis.hearing.member import ALONE, Member
from chassis.hearing.reacting import Reaction
from chassis.jobs.jobs import Kind
from chassis.jobs.schedules import Schedule
from chassis.port import Port
from chassis.unit.handling import App

__all__ = ["Parts", "Peers", "Port"]

Peers = Callable[[str], Port]  # the port to a service, by its name


@value
class Parts:
    """One service, built."""

    app: App
    door: Door
    reactions: tuple[Reaction, ...]
    revocations: tuple[Reaction, ...]  # heard by a consumer of their own, ahead of other work
    kinds: tuple[Kind, ...]
    schedules: tuple[Schedule, ...]
    web: PublicDoor
    closing: tuple[Callable[[], None], ...] = ()  # what the service holds besides its database

    def close(self) -> None:
        """Let go of what the service holds."""
        for end in (*self.closing, self.app.engine.dispose):
            end()

    def sources(self) -> Mapping[str, tuple[Reaction, ...]]:
        """Return the reactions by the service they hear."""
        names = dict.fromkeys(reaction.source for reaction in self.reactions)
        return {
            name: tuple(each for each in self.reactions if each.source == name) for name in names
        }

    def consumers(self, member: Member = ALONE) -> list[Consumer]:
        """Return what hears each source, as that member of the service's group.

        Who is revoked is heard apart from all other work, by each whole. Raises
        `Conflict("chassis.not_a_member")`.
        """
        consumers = [
            Consumer(self.app, source, reactions, member=member)
            for source, reactions in self.sources().items()
        ]
        if self.revocations:
            name = revocations.consumer_name(self.app.service.name)
            consumers.append(Consumer(self.app, revocations.SOURCE, self.revocations, name))
        return consumers
