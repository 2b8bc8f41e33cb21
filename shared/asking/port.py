"""What a service orders of a provider, and what it does with what comes."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from chassis.domain import value
from chassis.jobs.control import Control
from chassis.jobs.jobs import Task
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from gateways.port import Blobs
from gateways.provider import Provider, Work


@value
class Order:
    """What a provider is to do for a job, and what it is sent.

    The keys of all `files` begin with `sent_prefix`, which is of this call alone; `sent_url` leads
    to one of them and stands in no other call: by it the call is found again.
    """

    work: Work
    owner_id: UUID  # of what it is paid for: a project, a video
    sent_prefix: str
    sent_url: str = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)


@value
class Ended:
    """How a job's work ended; `attempts`: at which of its tries."""

    result: Any  # what `Orders.stored` has returned; None where nothing was made
    word: str  # why nothing was; one of `words`
    cost_micro_usd: int
    attempts: int


class Orders(Protocol):
    """What a service has a provider do, a job each. A job's subject is what is made.

    Its arguments have `retries`: for which try of that subject it is.
    """

    patience: timedelta  # until nobody waits for an answer any more
    look_s: int  # the longest that one look may take, with what it fetches and stores

    def hold(self, unit: Unit, task: Task) -> None:
        """Hold the stream by which `waits` is told."""
        ...

    def waits(self, unit: Unit, task: Task) -> bool:
        """Return whether the subject is being made, and by that very try."""
        ...

    def order(self, task: Task, control: Control, call_id: UUID) -> Order:
        """Return what is to be done and sent. Nothing of it is stored or sent yet."""
        ...

    def stored(self, task: Task, control: Control, endpoint: str, made: Path) -> Any:
        """Store what was made, a file in a scratch folder, as ours; return of it what `end` needs.

        That is JSON. Raises `ServiceError`, of code `<service>.bad_output` for what is of no use.
        """
        ...

    def end(self, unit: Unit, task: Task, ended: Ended) -> None:
        """Record how the work ended that somebody waits for."""
        ...

    def late(self, unit: Unit, task: Task, cost_micro_usd: int) -> None:
        """Record what was paid for that nobody waits for any more."""
        ...


@value
class Asking:
    """Who is asked for what, and where they tell us of it."""

    app: App
    blobs: Blobs
    work: Path  # below it lies what is being fetched
    provider: Provider
    public_url: str
    orders: Orders
