"""What a process counts as it goes, for Prometheus. No label holds an id.

What is read from the database when it is asked for stands in `chassis.database.backlog`.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

from chassis.errors import ServiceError

_LONG_S = (0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)

RPC = Histogram(
    "service_rpc_seconds",
    "Calls answered; outcome is ok or the kind of the error",
    ("service", "method", "outcome"),
)
REPEATED = Counter(
    "service_rpc_repeated_total",
    "Calls answered with the reply stored for their idempotency key",
    ("service", "method"),
)
HEARD = Counter(
    "service_events_heard_total",
    "Events heard; outcome is taken, duplicate, parked or passed: another member's",
    ("consumer", "source", "outcome"),
)
PULLED = Counter(
    "service_events_pulled_total",
    "Those of them that came because the source was asked, not over the broker",
    ("consumer", "source"),
)
REACTION = Histogram(
    "service_reaction_batch_seconds",
    "Batches of events heard, each one transaction; outcome is ok or the kind of the error",
    ("consumer", "source", "outcome"),
)
JOB = Histogram(
    "service_job_seconds",
    "Attempts at jobs; outcome is done, again, dead, stopped or broken",
    ("service", "kind", "outcome"),
    buckets=_LONG_S,
)
RPC_CONSUMERS = Gauge(
    "service_rpc_consumers",
    "Who consumes the calls to the service, as the broker counts; not there without a broker",
    ("service",),
)
BROKER_BLOCKED = Gauge(
    "service_broker_blocked",
    "1 while the broker takes no messages, for want of memory or disk; not there without a broker",
    ("service",),
)
RPC_WAITING = Gauge(
    "service_rpc_waiting",
    "Calls to the service that nobody has taken yet, as the broker counts",
    ("service",),
)
NUMBERED = Counter("service_events_numbered_total", "Events given a position", ("service",))
RELAYED = Counter("service_events_relayed_total", "Events the broker confirmed", ("service",))
RELAY_BATCHES = Counter("service_relay_batches_total", "Batches it confirmed", ("service",))

REFUSED = Counter(
    "service_messages_refused_total",
    "Messages dropped unread, as they came past topic rights; way is CC, x-death or key (BCC)",
    ("queue", "way"),
)

PRUNED = Counter(
    "service_rows_pruned_total",
    "Rows that had ended, deleted or emptied by a schedule",
    ("service", "schedule"),
)


@contextmanager
def rpc(service: str, method: str) -> Iterator[None]:
    """Time one call."""
    with _timed(RPC, service, method):
        yield


def repeated(service: str, method: str) -> None:
    """Count a call that was answered with a stored reply."""
    REPEATED.labels(service, method).inc()


def rpc_queue(service: str, counted: tuple[int, int] | None) -> None:
    """Set how many consume the calls to a service and how many wait; None: the broker is away."""
    for gauge, count in zip((RPC_CONSUMERS, RPC_WAITING), counted or (None, None), strict=True):
        _set(gauge, service, count)


def broker_blocked(service: str, blocked: bool | None) -> None:
    """Set whether the broker takes no messages; None if it does not say."""
    _set(BROKER_BLOCKED, service, blocked)


def heard(consumer: str, source: str, outcome: str, count: int = 1) -> None:
    """Count events of a committed batch: taken, duplicate, parked or passed."""
    HEARD.labels(consumer, source, outcome).inc(count)


def pulled(consumer: str, source: str, count: int) -> None:
    """Count events that the source was asked for; `heard` counts them as well."""
    PULLED.labels(consumer, source).inc(count)


@contextmanager
def reaction(consumer: str, source: str) -> Iterator[None]:
    """Time one batch of events heard."""
    with _timed(REACTION, consumer, source):
        yield


class Attempt:
    """One attempt at a job."""

    outcome = "broken"  # unless its end could be recorded


@contextmanager
def job(service: str, kind: str) -> Iterator[Attempt]:
    """Time one attempt at a job; its end sets the outcome."""
    attempt, started = Attempt(), time.perf_counter()
    try:
        yield attempt
    finally:
        JOB.labels(service, kind, attempt.outcome).observe(time.perf_counter() - started)


def numbered(service: str, count: int) -> None:
    """Count events that were given a position."""
    NUMBERED.labels(service).inc(count)


def relayed(service: str, count: int) -> None:
    """Count a batch that the broker has confirmed."""
    RELAYED.labels(service).inc(count)
    RELAY_BATCHES.labels(service).inc()


def refused(queue: str, way: str) -> None:
    """Count a message that was not taken, for the way it came."""
    REFUSED.labels(queue, way).inc()


def pruned(service: str, schedule: str, count: int) -> None:
    """Count rows that a schedule has deleted or emptied."""
    PRUNED.labels(service, schedule).inc(count)


def _set(gauge: Gauge, service: str, figure: float | None) -> None:
    if figure is None:
        gauge.clear()
    else:
        gauge.labels(service).set(figure)


@contextmanager
def _timed(seconds: Histogram, *labels: str) -> Iterator[None]:
    started, outcome = time.perf_counter(), "Internal"
    try:
        yield
        outcome = "ok"
    except ServiceError as error:
        outcome = type(error).__name__
        raise
    finally:
        seconds.labels(*labels, outcome).observe(time.perf_counter() - started)
