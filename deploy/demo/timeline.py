"""What happened over all services, in time order: who told what, who reacted, how long after."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from statistics import median

from chassis.domain import value
from demo.entries import QUERY, Entry, Row, in_order


@value
class Reaction:
    """What one service did on hearing an event, and how long after it was recorded."""

    service: str
    after_ms: float
    entries: tuple[Entry, ...]

    @property
    def counts(self) -> Mapping[tuple[str, str | None], int]:
        """How often each kind of event, as (type, told) in order of appearance."""
        return Counter((entry.type, entry.told) for entry in self.entries)


@value
class Telling:
    """An event told to all, with what came of it."""

    entry: Entry
    reactions: tuple[Reaction, ...]


@value
class Quiet:
    """Private events between two tellings that no other service's event led to."""

    entries: tuple[Entry, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each service."""
        return Counter(entry.service for entry in self.entries)


@value
class Chain:
    """Everything that followed from one call: the events of one correlation id."""

    correlation: str
    first: Entry
    services: tuple[str, ...]
    count: int
    lasted_ms: float
    links: tuple[Telling | Quiet, ...]

    @property
    def tells(self) -> bool:
        """Whether others heard anything of it."""
        return any(isinstance(link, Telling) for link in self.links)


@value
class Total:
    """One service's events, and how soon it reacts; None where it never did."""

    service: str
    told: int
    private: int
    reactions: int
    median_ms: float | None
    p95_ms: float | None


@value
class Timeline:
    """All events, the chains they form, and totals: of each service, and `overall`."""

    started_at: datetime
    entries: tuple[Entry, ...]
    chains: tuple[Chain, ...]
    totals: tuple[Total, ...]
    overall: Total


def read(sql: Callable[[str, str], Sequence[Row]], services: Iterable[str]) -> Timeline:
    """Return what the services' databases say; `sql(service, query)` returns rows."""
    return timeline({service: sql(service, QUERY) for service in services})


def timeline(rows: Mapping[str, Sequence[Row]]) -> Timeline:
    """Put rows of `QUERY`, by service, together. Raises `ValueError` where there are none."""
    entries = in_order(rows)
    reactions = _reactions(entries)
    chains = defaultdict(list)
    for entry in entries:
        chains[entry.correlation].append(entry)
    every = [reaction for found in reactions.values() for reaction in found]
    return Timeline(
        started_at=min(row["recorded_at"] for found in rows.values() for row in found),
        entries=entries,
        chains=tuple(_chain(found, reactions) for found in chains.values()),
        totals=tuple(
            _total(
                service,
                [entry for entry in entries if entry.service == service],
                [reaction for reaction in every if reaction.service == service],
            )
            for service in rows
        ),
        overall=_total("all", entries, every),
    )


def _reactions(entries: Sequence[Entry]) -> dict[str, tuple[Reaction, ...]]:
    """Return the reactions to each told event by its id, the soonest first."""
    told = {entry.event_id: entry for entry in entries if entry.told}
    hearers: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        if entry.heard in told and told[entry.heard].service != entry.service:
            hearers[entry.heard][entry.service].append(entry)
    return {
        event_id: tuple(
            Reaction(
                service=service,
                after_ms=found[0].at_ms - told[event_id].at_ms,
                entries=tuple(found),
            )
            for service, found in by_service.items()
        )
        for event_id, by_service in hearers.items()
    }


def _chain(entries: Sequence[Entry], reactions: Mapping[str, tuple[Reaction, ...]]) -> Chain:
    shown_below = {
        entry.event_id for found in reactions.values() for each in found for entry in each.entries
    }
    links: list[Telling | Quiet] = []
    own = [entry for entry in entries if entry.told or entry.event_id not in shown_below]
    for told, run in groupby(own, key=lambda entry: entry.told is not None):
        if told:
            links += [Telling(entry=e, reactions=reactions.get(e.event_id, ())) for e in run]
        else:
            links.append(Quiet(entries=tuple(run)))
    return Chain(
        correlation=entries[0].correlation,
        first=entries[0],
        services=tuple(dict.fromkeys(map(attrgetter("service"), entries))),
        count=len(entries),
        lasted_ms=entries[-1].at_ms - entries[0].at_ms,
        links=tuple(links),
    )


def _total(service: str, entries: Sequence[Entry], reactions: Sequence[Reaction]) -> Total:
    told = sum(entry.told is not None for entry in entries)
    after = sorted(reaction.after_ms for reaction in reactions)
    return Total(
        service=service,
        told=told,
        private=len(entries) - told,
        reactions=len(after),
        median_ms=median(after) if after else None,
        p95_ms=after[math.ceil(0.95 * len(after)) - 1] if after else None,  # by nearest rank
    )
