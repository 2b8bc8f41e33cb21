"""The events of all services as entries of one list: each as its service's store has it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from chassis.domain import value

QUERY = """
select p.position, e.event_id::text, e.stream_id, e.type, e.outbox->>'type' as told, e.meta,
       e.recorded_at, c.method
from events e join positions p using (seq)
     left join commands c on c.id = (e.meta->>'call')::uuid
order by p.position
"""

Row = Mapping[str, Any]


@value
class Entry:
    """One event; `told` is what others heard of it ('billing.invoice_paid'), None if private."""

    number: int  # its place among all events, from 0
    service: str
    type: str  # 'InvoicePaid'
    told: str | None
    event_id: str
    stream: str  # 'invoice'
    subject: str  # the id in its stream
    actor: str  # 'person', 'service' or 'anyone'
    correlation: str
    heard: str | None  # the event of another service that it reacts to
    method: str | None  # the command that it answers
    at_ms: float  # since the first event


def in_order(rows: Mapping[str, Sequence[Row]]) -> tuple[Entry, ...]:
    """Return all events by time; within one moment, each service's in its own order.

    Raises `ValueError` where there are none.
    """
    found = sorted(
        ((service, row) for service in rows for row in rows[service]),
        key=lambda each: (each[1]["recorded_at"], each[0], each[1]["position"]),
    )
    if not found:
        raise ValueError("nothing has happened yet")
    start = found[0][1]["recorded_at"]
    return tuple(
        _entry(number, service, row, row["recorded_at"] - start)
        for number, (service, row) in enumerate(found)
    )


def _entry(number: int, service: str, row: Row, since: timedelta) -> Entry:
    meta = row["meta"]
    return Entry(
        number=number,
        service=service,
        type=row["type"],
        told=row["told"],
        event_id=row["event_id"],
        stream=row["stream_id"][:-37],
        subject=row["stream_id"][-36:],
        actor=meta["actor"].partition(":")[0],
        correlation=meta["correlation"],
        heard=meta["heard"]["event_id"] if "heard" in meta else None,
        method=row["method"],
        at_ms=since / timedelta(milliseconds=1),
    )
