"""The relay: copies told events to RabbitMQ, in the order of their positions.

The store is the outbox. How far the broker has confirmed stands in the table `relay`, saved after
the confirms; so a crash in between only tells some events twice, and hearers know them by their
position. One relay at a time is enough for a service; a second one only makes duplicates.
"""

from sqlalchemy import Engine, text

from chassis import metrics
from chassis.broker.rabbit import Publisher
from chassis.database import postgres
from chassis.unit.envelope import attributes

NAME = "rabbitmq"
BATCH = 200  # 50 to 200 at a time: fewer cost throughput, more cost latency


def relay(engine: Engine, publisher: Publisher, limit: int = BATCH) -> int:
    """Tell the next `limit` events, at most; return how many there were.

    Raises `Unavailable` without broker or database: what is not known to be confirmed is told
    again.
    """
    with postgres.autocommit(engine) as connection:
        rows = connection.execute(_NEXT, {"name": NAME, "most": limit}).all()
    if not rows:
        return 0
    publisher.publish(
        {**attributes(publisher.service, row), "data": row.outbox["data"]} for row in rows
    )
    with postgres.autocommit(engine) as connection:
        connection.execute(_SAVE, {"name": NAME, "position": rows[-1].position})
    metrics.relayed(publisher.service, len(rows))
    return len(rows)


_NEXT = text(
    "select p.position, p.previous,"
    " e.event_id, e.stream_id, e.version, e.recorded_at, e.meta, e.outbox"
    " from positions p join events e using (seq)"
    " where p.previous is not null"
    " and p.position > coalesce((select position from relay where name = :name), 0)"
    " order by p.position limit :most"
)
_SAVE = text(
    "insert into relay (name, position) values (:name, :position)"
    " on conflict (name) do update set position = greatest(relay.position, excluded.position)"
)
