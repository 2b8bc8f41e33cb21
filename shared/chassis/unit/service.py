"""What a service consists of: the lists that its `app.py` writes out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any

from chassis.codec import Upcaster
from chassis.domain import Decider, value
from chassis.unit.calls import CancelJobs, Job
from chassis.unit.projection import Projection
from chassis.unit.standing import Effect
from chassis.unit.store import Recorded


@value
class Invariant:
    """What holds in a database at every moment: a name, a sentence, a query for what breaks it."""

    name: str
    holds: str
    query: str


@value
class Agreement:
    """What follows here from what another service tells: an invariant across two databases.

    The query gets `told`, what was heard as a JSON list of `{id, time, data}`; it returns a row for
    each of these without its consequence.
    """

    name: str
    holds: str
    source: str
    type: str  # "media.project_completed"
    query: str


@value
class Awaited:
    """What a service waits for a person to say: while the query returns rows, it is wanted."""

    name: str
    wanted: str  # in words, with the command that says it
    query: str


@value
class Figure:
    """A number that a service's database is asked for now and then: a gauge for Prometheus."""

    name: str  # 'ledger_imbalance_ore'
    meaning: str
    query: str  # returns it


@value
class Service:
    """One service: what decides, what is shown, what is told, what is to be done."""

    name: str
    version: str
    deciders: tuple[Decider[Any, Any, Any], ...]
    projections: tuple[Projection, ...]
    outbound: Callable[[Recorded, Any], Any]
    jobs: Callable[[Recorded, Any], Iterable[Job | CancelJobs]] = lambda recorded, state: ()
    publishes: tuple[type[Any], ...] = ()
    revokes: Mapping[type[Any], Effect] = field(default_factory=dict)  # of what it tells, here too
    upcasters: Mapping[tuple[str, int], Upcaster] = field(default_factory=dict)
    invariants: tuple[Invariant, ...] = ()  # of its own tables, beside the frame's
    agreements: tuple[Agreement, ...] = ()  # with those whom it hears
    awaited: tuple[Awaited, ...] = ()  # of people
    figures: tuple[Figure, ...] = ()  # too dear to be read at every scrape
