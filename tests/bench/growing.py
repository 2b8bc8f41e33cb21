"""Growing: one writer appends to a store of ten million events, and to one of ten thousand."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import psycopg
from psycopg import sql

from bench.appending import append_alone
from bench.stage import Stage
from integration.stages.box_database import Database, database

SMALL, LARGE = 10_000, 10_000_000
SLICE = 500_000  # events filled in at a time
FILL = """
with filled as (
    insert into events (event_id, stream_id, version, type, schema_version, data, meta, outbox,
                        recorded_at)
    select gen_random_uuid(), 'box-' || md5((n / 20)::text)::uuid, n % 20 + 1, 'ThingPutIn', 1,
        jsonb_build_object('thing', 'thing ' || n, 'weight_g', n % 900 + 100),
        jsonb_build_object('call', gen_random_uuid(), 'causation', null, 'correlation', 'filled',
            'actor', 'person:' || md5((n / 90)::text)::uuid,
            'workspace', md5((n / 500)::text)::uuid),
        jsonb_build_object('type', 'boxes.weight_added', 'data',
            jsonb_build_object('box_id', md5((n / 20)::text)::uuid, 'weight_g', n % 900 + 100)),
        timestamptz '2026-03-01' + n * interval '1 second'
    from generate_series({first}, {last}) as n
    returning seq, event_id
)
insert into positions select seq, seq, event_id from filled
"""  # who told what before is of no account here: `previous` is any event


@contextmanager
def contest(
    stage: Stage, seconds: float, note: Callable[[str], object]
) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield two stores: by name, a round of one writer, which gives events in a second."""
    with database(stage.server) as small, database(stage.server) as large:
        _fill(small, SMALL, note)
        _fill(large, LARGE, note)
        yield {
            "10k": partial(append_alone, small, seconds),
            "10m": partial(append_alone, large, seconds),
        }


def _fill(own: Database, events: int, note: Callable[[str], object]) -> None:
    with psycopg.connect(own.owner_url, autocommit=True) as owner:
        for first in range(0, events, SLICE):
            last = min(first + SLICE, events) - 1
            owner.execute(sql.SQL(FILL).format(first=first, last=last))
            note(f"filled {last + 1:,} of {events:,} events")
        owner.execute("vacuum analyze")
    with psycopg.connect(own.admin_url, autocommit=True) as admin:
        admin.execute("checkpoint")  # not while it is measured
