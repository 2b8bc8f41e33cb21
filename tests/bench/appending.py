"""Appending: saves of two events of a new stream, a commit each, by one writer and by sixteen.

Ours is `store.append`, with the numbering in a process of its own as `work` does it. The peers are
the recorder of `eventsourcing`, as it comes, and a plain INSERT into the same columns and keys.
Writers are processes with a connection each; all of them encode what they save.
"""

import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from bench.stage import per_second, together
from chassis import codec
from chassis.database import postgres
from chassis.running.loops import BUSY_S
from chassis.unit import feed, store
from chassis.unit.store import Recorded
from integration.stages import boxes
from integration.stages.box_database import MINE, NOON, Database, call

EVENTS = (
    boxes.BoxOpened(workspace_id=MINE, label="a box in the hall", at=NOON),
    boxes.ThingPutIn(thing="a lamp with a green shade", weight_g=1_200),
)
OUTBOX = {
    "type": "boxes.weight_added",
    "data": {"box_id": str(MINE), "workspace_id": str(MINE), "weight_g": 1_200},
}
META = call().meta(MINE)
COLUMNS = "event_id, stream_id, version, type, schema_version, data, meta, outbox, recorded_at"
PLAIN = """
create table plain (seq bigint generated always as identity primary key,
    event_id uuid not null unique, stream_id text not null, version int not null,
    type text not null, schema_version int not null, data jsonb not null, meta jsonb not null,
    outbox jsonb, recorded_at timestamptz not null, unique (stream_id, version))
"""

Saves = Callable[[str], Callable[[], int]]  # url -> save two events of a new stream; 2


def contest(own: Database, writers: int, seconds: float) -> Mapping[str, Callable[[], float]]:
    """Return who appends: by name, a round of it, which gives events committed in a second."""
    own.change(PLAIN)
    PostgresApplicationRecorder(_datastore(own.owner_url)).create_table()
    return {
        "ours": partial(_round, own.app_url, _ours, writers, seconds, numbered=True),
        "eventsourcing": partial(_round, own.owner_url, _eventsourcing, writers, seconds),
        "insert": partial(_round, own.owner_url, _insert, writers, seconds),
    }


def append_alone(own: Database, seconds: float) -> float:
    """Return how many events one writer of ours commits in a second, numbered meanwhile."""
    return _round(own.app_url, _ours, 1, seconds, numbered=True)


def _round(url: str, saves: Saves, writers: int, seconds: float, numbered: bool = False) -> float:
    works: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (_write, (url, saves, seconds)) for _ in range(writers)
    ]
    rates: list[float] = together(works + [(_number, (url, seconds))] * numbered)[:writers]
    return sum(rates)


def _write(start: Any, url: str, saves: Saves, seconds: float) -> float:
    save = saves(url)
    save()  # what is prepared once is prepared
    start.wait()
    return per_second(save, seconds)


def _number(start: Any, url: str, seconds: float) -> None:
    engine = postgres.engine(url, name="numbering")
    feed.number(engine)
    start.wait()
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        # as in `work`, which relays between two turns, a turn finds more than one append
        if feed.number(engine) < feed.BATCH:
            time.sleep(BUSY_S)


def _ours(url: str) -> Callable[[], int]:
    engine = postgres.engine(url, name="writer")
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def save() -> int:
        subject = uuid4()
        recorded = [
            Recorded(
                event_id=uuid4(),
                stream_id=store.stream_name("box", subject),
                subject=subject,
                version=version,
                event=event,
                meta=META,
                recorded_at=NOON,
            )
            for version, event in enumerate(EVENTS, 1)
        ]
        store.append(connection, list(zip(recorded, (None, OUTBOX), strict=True)), (), None)
        return 2

    return save


def _eventsourcing(url: str) -> Callable[[], int]:
    recorder = PostgresApplicationRecorder(_datastore(url))

    def save() -> int:
        id = uuid4()
        recorder.insert_events(
            [
                StoredEvent(
                    originator_id=id,
                    originator_version=version,
                    topic=type(event).__name__,
                    state=json.dumps(
                        {"data": codec.dump(event), "meta": META, "outbox": outbox}
                    ).encode(),
                )
                for version, (event, outbox) in enumerate(
                    zip(EVENTS, (None, OUTBOX), strict=True), 1
                )
            ]
        )
        return 2

    return save


def _insert(url: str) -> Callable[[], int]:
    connection = psycopg.connect(url, autocommit=True)
    row = "(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
    statement = f"insert into plain ({COLUMNS}) values {row}, {row}"

    def values(stream: str, version: int, outbox: Any) -> tuple[UUID | str | int | None, ...]:
        event, told = EVENTS[version - 1], json.dumps(outbox) if outbox else None
        data, meta = json.dumps(codec.dump(event)), json.dumps(META)
        at = NOON.isoformat()
        return (uuid4(), stream, version, type(event).__name__, 1, data, meta, told, at)

    def save() -> int:
        stream = f"box-{uuid4()}"
        saved = (*values(stream, 1, None), *values(stream, 2, OUTBOX))
        connection.execute(statement.encode(), saved)
        return 2

    return save


def _datastore(url: str) -> PostgresDatastore:
    given = conninfo_to_dict(url)
    return PostgresDatastore(
        dbname=str(given["dbname"]),
        host=str(given["host"]),
        port=str(given.get("port", 5432)),
        user=str(given["user"]),
        password=str(given["password"]),
    )
