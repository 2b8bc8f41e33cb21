"""What waits in a service's database, read when Prometheus asks: lag, parked events, jobs.

Without a database only `service_database_up` is there, and 0.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from chassis.database import postgres
from chassis.errors import ServiceError

TIMEOUT_MS = 5_000  # of a statement: a scrape is given up after 10 s
NEVER_S = float("inf")
SLICE = 1_000_000  # positions counted at a time

OF_SERVICE = {
    "service_database_up": "1 if the database answered this scrape, else 0",
    "service_events_unnumbered": "Committed events without a position",
    "service_events_unnumbered_oldest_seconds": "Age of the oldest of them, 0 without any",
    "service_events_unrelayed": "Told events that the broker has not confirmed",
    "service_events_unrelayed_oldest_seconds": "Age of the oldest of them, 0 without any",
    "service_head_position": "Position of the last told event",
    "service_position_gaps": "Positions that are missing; must be 0",
    "service_snapshot_oldest_seconds": "Age of the oldest transaction of this service's role",
}
OF_SOURCE = {
    "service_cursor_position": "Position of the last event heard",
    "service_source_stopped": "1 if a fork stopped the hearing until a person has looked, else 0",
    "service_source_checked_seconds": "Since the consumer was last known to stand at the head",
    "service_parked_streams": "Streams with parked events",
    "service_parked_streams_dead": "Those of them that wait for a person",
}
OF_PERSON = {"service_person_awaited": "What waits for a person to say something; 0 for nothing"}
OF_KIND = {
    "service_jobs_due": "Jobs that may start",
    "service_jobs_claimed": "Jobs under way, or left by a process that died",
    "service_jobs_dead": "Jobs given up after their last attempt",
}


class Backlog(Collector):
    """The gauges of one service."""

    def __init__(
        self, engine: Engine, service: str, awaited: Mapping[str, str] | None = None
    ) -> None:
        """Ask this service's database at each scrape; a connection is borrowed meanwhile.

        `awaited`: a query by name; a row it returns waits for a person.
        """
        self._engine, self._service, self._awaited = engine, service, awaited or {}
        self._counting = threading.Lock()
        self._counted = self._known = 0  # how many positions there are, up to this one

    def describe(self) -> Iterable[Metric]:
        """Return the gauges without values, so that registering one asks no database."""
        return self._families().values()

    def collect(self) -> Iterable[Metric]:
        """Return the gauges as they are now."""
        families = self._families()
        try:
            with self._engine.begin() as connection:
                connection.execute(_BUDGET)
                for name, labels, value in self._read(connection):
                    families[name].add_metric(labels, value)
        except SQLAlchemyError as error:
            families = self._families()
            if not isinstance(postgres.meaning(error), ServiceError):
                raise
            families["service_database_up"].add_metric([self._service], 0)
        return families.values()

    def _families(self) -> dict[str, GaugeMetricFamily]:
        labelled = (
            (OF_SERVICE, ("service",)),
            (OF_SOURCE, ("consumer", "source")),
            (OF_KIND, ("service", "kind")),
            (OF_PERSON, ("service", "awaited")),
        )
        return {
            name: GaugeMetricFamily(name, meaning, labels=labels)
            for names, labels in labelled
            for name, meaning in names.items()
        }

    def _read(self, connection: Connection) -> Iterator[tuple[str, tuple[str, ...], float]]:
        own = connection.execute(_OWN).one()
        for name in OF_SERVICE:
            if hasattr(own, name):
                yield name, (self._service,), float(getattr(own, name))
        yield "service_database_up", (self._service,), 1
        yield "service_position_gaps", (self._service,), self._gaps(connection)
        for row in connection.execute(_SOURCES):
            for name in OF_SOURCE:
                value = getattr(row, name)
                yield name, (row.consumer, row.source), NEVER_S if value is None else float(value)
        for row in connection.execute(_JOBS):
            for name in OF_KIND:
                yield name, (self._service, row.kind), float(getattr(row, name))

        for awaited, query in self._awaited.items():
            count = len(connection.exec_driver_sql(query).all())
            for name in OF_PERSON:
                yield name, (self._service, awaited), float(count)

    def _gaps(self, connection: Connection) -> int:
        """Return how many positions are missing; what was counted once never changes again."""
        with self._counting:
            last = connection.execute(_LAST).scalar_one()
            if last < self._known:  # an older database was restored
                self._counted = self._known = 0
            while self._known < last:
                # in slices, each of which is kept, and far from a statement's time limit
                upto = min(last, self._known + SLICE)
                more = {"known": self._known, "last": upto}
                self._counted += connection.execute(_COUNTED, more).scalar_one()
                self._known = upto
            return int(last - self._counted)


def relay_lag_s(connection: Connection) -> float:
    """Return the age in seconds of the oldest told event not confirmed by the broker; else 0."""
    own: Any = connection.execute(_OWN).one()
    return float(own.service_events_unrelayed_oldest_seconds)


_BUDGET = text(f"set local statement_timeout = {TIMEOUT_MS}")
_LAST = text("select coalesce(max(position), 0) from positions")
_COUNTED = text("select count(*) from positions where position > :known and position <= :last")
_OWN = text(
    "with relayed as (select coalesce(max(position), 0) as position from relay"
    "  where name = 'rabbitmq'),"
    " unrelayed as (select count(*), min(p.position) as first from positions p, relayed"
    "  where p.previous is not null and p.position > relayed.position),"
    " unnumbered as (select coalesce(sum(cardinality(seqs)), 0) as count,"
    "  min(seq) as first from pending)"
    " select unnumbered.count as service_events_unnumbered,"
    "  coalesce((select extract(epoch from clock_timestamp() - recorded_at) from events"
    "   where seq = unnumbered.first), 0) as service_events_unnumbered_oldest_seconds,"
    "  unrelayed.count as service_events_unrelayed,"
    "  coalesce((select extract(epoch from clock_timestamp() - e.recorded_at)"
    "   from positions p join events e using (seq) where p.position = unrelayed.first), 0)"
    "   as service_events_unrelayed_oldest_seconds,"
    "  coalesce((select max(position) from positions where previous is not null), 0)"
    "   as service_head_position,"
    "  (select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)"
    "   from pg_stat_activity where datname = current_database())"
    "   as service_snapshot_oldest_seconds"
    " from unrelayed, unnumbered"
)
_SOURCES = text(
    "select c.consumer, c.source, c.position as service_cursor_position,"
    "  (c.stopped is not null)::int as service_source_stopped,"
    "  extract(epoch from clock_timestamp() - c.checked_at) as service_source_checked_seconds,"
    "  count(distinct p.stream_id) as service_parked_streams,"
    "  count(distinct p.stream_id) filter (where p.dead) as service_parked_streams_dead"
    " from cursors c left join parked p using (consumer, source)"
    " group by c.consumer, c.source"
)
_JOBS = text(
    "select kind, count(*) filter (where state = 'waiting' and run_at <= now())"
    "   as service_jobs_due,"
    "  count(*) filter (where state = 'claimed') as service_jobs_claimed,"
    "  count(*) filter (where state = 'dead') as service_jobs_dead"
    " from jobs where state in ('waiting', 'claimed', 'dead') group by kind"
)
