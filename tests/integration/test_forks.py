"""A source that was restored from a backup: the hearer stops, says what is lost, and goes on."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import text

from chassis.errors import Conflict, NotFound, Rejected, Unavailable
from chassis.hearing import forgotten, forks, parking
from chassis.hearing.inbox import Consumer
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard, item
from chassis.unit.feed import START
from chassis.unit.handling import App
from embedded.rest import SourceStopped, raise_stopped
from integration.stages import boxes, scales
from integration.stages.box_database import Database, call, database, number_all, put_in
from integration.stages.box_hearers import (
    Read,
    all_told,
    at,
    pack,
    packed,
    pages,
    parked,
    redrive,
    restore,
    tally,
    told_at,
    weighed,
)
from servers.postgres import Server
from suitectl.invariants import FRAME

KEY = ("scales", "boxes")


@pytest.fixture
def teller(postgres_server: Server) -> Iterator[Database]:
    with database(postgres_server) as own:
        yield own


@pytest.fixture
def app(teller: Database) -> Iterator[App]:
    with teller.app() as app:
        yield app


@pytest.fixture
def hearer(postgres_server: Server) -> Iterator[Database]:
    with database(postgres_server) as own:
        yield own


@pytest.fixture
def scales_app(hearer: Database) -> Iterator[App]:
    with hearer.app(scales.SERVICE) as app:
        yield app


@pytest.fixture
def consumer(scales_app: App) -> Consumer:
    return Consumer(scales_app, "boxes", [scales.WEIGHT_ADDED])


def pull(consumer: Consumer, read: Read) -> int:
    with forks.noticed(consumer, read):
        return consumer.pull(read)
    return 0


def stopped(hearer: Database) -> dict[str, Any]:
    found: dict[str, Any] = hearer.one("select stopped from cursors where source = 'boxes'")
    return found


def test_a_source_restored_and_grown_past_its_hearer_is_stopped_and_what_is_lost_is_said(
    app: App,
    teller: Database,
    hearer: Database,
    scales_app: App,
    consumer: Consumer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    past = packed(app, [1, 2, 3, 4, 5])
    pull(consumer, pages(app))
    restore(teller, past[3].position)
    future = packed(app, [10, 20, 30, 40, 50])
    assert future[-1].position > past[-1].position
    assert pull(consumer, pages(app)) == 0
    found = stopped(hearer)
    lost = hearer.rows("select event_id, stream_id from events where version > 3 order by version")
    assert found["code"] == "chassis.forked"
    assert found["cursor"] == at(past[-1])
    assert found["last_known"] == at(past[3])
    assert found["beyond"] == [
        {
            "event_id": str(event_id),
            "type": "Weighed",
            "stream_id": stream_id,
            "heard": {**at(heard), "type": "boxes.weight_added"},
        }
        for (event_id, stream_id), heard in zip(lost, past[4:], strict=True)
    ]
    (line,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert all(str(event_id) in line.getMessage() for event_id, _ in lost)
    for _ in range(2):  # after a restart too
        with pytest.raises(Conflict, match="source_stopped"):
            consumer.accept(future)
        assert pull_nothing(consumer, app)
        consumer = Consumer(scales_app, "boxes", [scales.WEIGHT_ADDED])
    with pytest.raises(SourceStopped, match=r"scales stopped hearing boxes: .*chassis\.forked"):
        raise_stopped({"scales": scales_app.engine})
    assert tally(hearer) == (5, 15)


def pull_nothing(consumer: Consumer, app: App) -> bool:
    """Return whether a stopped consumer stays where it is, whoever asks it to pull."""
    stands = consumer.cursor()
    assert pull(consumer, pages(app)) == 0
    return consumer.stopped() and consumer.cursor() == stands


def test_a_resumed_source_is_heard_from_the_last_event_that_both_know(
    app: App, teller: Database, hearer: Database, scales_app: App, consumer: Consumer
) -> None:
    past = packed(app, [1, 2, 3])
    pull(consumer, pages(app))
    restore(teller, past[1].position)
    packed(app, [10, 20, 30])
    pull(consumer, pages(app))
    was = forks.resume(scales_app, *KEY, "kari", told_at(app))
    assert was == hearer.one("select details - 'consumer' - 'source' - 'beyond' from audit")
    assert hearer.rows("select who, did from audit") == [("kari", "fork")]
    assert consumer.cursor() == at(past[1])
    assert pull(consumer, pages(app)) == 4
    assert not consumer.stopped()
    assert tally(hearer) == (6, 66)  # what the lost ones caused stays, for people to judge
    with pytest.raises(Rejected, match="not_stopped"):
        forks.resume(scales_app, *KEY, "kari", told_at(app))


def put_in_as(app: App, box_id: UUID, key: int, weight_g: int = 0) -> None:
    """Put a thing in by a call that may be repeated: then it is the same event."""
    command = boxes.PutIn(thing=f"thing {key}", weight_g=weight_g or key)
    app.handle(boxes.box, box_id, command, call(id=UUID(int=key)))
    number_all(app)


def test_what_the_source_does_again_and_tells_again_has_its_effects_once(
    app: App, teller: Database, hearer: Database, scales_app: App, consumer: Consumer
) -> None:
    box_id = pack(app, [1])
    for key in (100, 200, 300):
        put_in_as(app, box_id, key)
    past = all_told(app)
    pull(consumer, pages(app))
    restore(teller, past[1].position)
    pack(app, [2])
    for key in (200, 400, 300):  # callers repeat what they had no reply to
        put_in_as(app, box_id, key)
    future = all_told(app)
    again = {each.event_id for each in future[2:]} & {each.event_id for each in past[2:]}
    assert len(again) == 2
    pull(consumer, pages(app))
    forks.resume(scales_app, *KEY, "kari", told_at(app))
    pull(consumer, pages(app))
    assert consumer.cursor() == at(future[-1])
    assert tally(hearer) == (6, 1 + 100 + 200 + 300 + 2 + 400)
    assert parked(hearer) == []


def keyed(app: App, keys: Sequence[int]) -> list[Heard]:
    """Return all that is told, with a box into which things are put by calls of these keys."""
    box_id = pack(app, [1])
    for key in keys:
        put_in_as(app, box_id, key)
    return all_told(app)


def of(lost: Mapping[str, Any]) -> list[str]:
    """Return the events that a source has lost, by what was made of them."""
    return [each["heard"]["event_id"] for each in lost["lost"]]


def unsettled(app: App) -> list[str]:
    rows = app.query(forgotten.unsettled)
    return [each["heard"]["event_id"] for each in rows]


def broken(hearer: Database) -> set[str]:
    """Return the names of the frame's invariants that do not hold."""
    return {each.name for each in FRAME if hearer.rows(each.query)}


def test_lost_is_what_the_source_does_not_know_now_and_goes_when_it_is_told_again(
    app: App, teller: Database, hearer: Database, scales_app: App, consumer: Consumer
) -> None:
    past = keyed(app, [100, 200, 300])
    box_id = UUID(past[0].stream_id[-36:])
    ids = [str(each.event_id) for each in past[2:]]
    pull(consumer, pages(app))
    restore(teller, past[1].position)
    pack(app, [2])
    put_in_as(app, box_id, 200)
    pull(consumer, pages(app))
    assert [each["heard"]["event_id"] for each in stopped(hearer)["beyond"]] == ids
    assert of(forks.lost(scales_app, *KEY, told_at(app))) == [ids[0], ids[2]]
    put_in_as(app, box_id, 300)
    assert of(forks.resume(scales_app, *KEY, "kari", told_at(app))) == [ids[0]]
    pull(consumer, pages(app))
    assert unsettled(scales_app) == [ids[0]]
    assert broken(hearer) == {"settled"}
    put_in_as(app, box_id, 100)
    pull(consumer, pages(app))
    assert (unsettled(scales_app), broken(hearer)) == ([], set())
    assert (tally(hearer), parked(hearer)) == ((5, 1 + 100 + 200 + 300 + 2), [])


def test_what_is_lost_again_after_it_was_told_again_is_lost(
    app: App, teller: Database, scales_app: App, consumer: Consumer
) -> None:
    past = keyed(app, [100, 200])
    box_id, known = UUID(past[0].stream_id[-36:]), past[1].position
    for _ in range(2):
        pull(consumer, pages(app))
        restore(teller, known)
        known = packed(app, [2])[-1].position
        pull(consumer, pages(app))
        found = forks.resume(scales_app, *KEY, "kari", told_at(app))
        assert of(found) == [str(each.event_id) for each in past[2:]]
        for key in (100, 200):
            put_in_as(app, box_id, key)
        pull(consumer, pages(app))
        assert unsettled(scales_app) == []


def test_a_person_settles_what_is_not_told_again_and_it_is_written_down(
    app: App, teller: Database, hearer: Database, scales_app: App, consumer: Consumer
) -> None:
    past = keyed(app, [100, 200])
    pull(consumer, pages(app))
    restore(teller, past[1].position)
    packed(app, [2, 3])
    pull(consumer, pages(app))
    lost = forks.resume(scales_app, *KEY, "kari", told_at(app))["lost"]
    one, other = (UUID(each["event_id"]) for each in lost)
    assert forgotten.settle(scales_app, *KEY, [one], "ola") == [str(one)]
    with pytest.raises(NotFound, match=str(one)):
        forgotten.settle(scales_app, *KEY, [one, other], "ola")
    assert broken(hearer) == {"settled"}
    assert forgotten.settle(scales_app, *KEY, None, "ola") == [str(other)]
    with pytest.raises(NotFound):
        forgotten.settle(scales_app, *KEY, None, "ola")
    assert (unsettled(scales_app), broken(hearer)) == ([], set())
    query = "select who, did, details->'settled' from audit order by id offset 1"
    assert hearer.rows(query) == [
        ("ola", "fork settled", [str(one)]),
        ("ola", "fork settled", [str(other)]),
    ]


def test_the_same_event_with_other_data_is_parked_with_both_and_what_stands_on_it(
    app: App, teller: Database, hearer: Database, scales_app: App, consumer: Consumer
) -> None:
    past = keyed(app, [100, 200, 300])
    box_id = UUID(past[0].stream_id[-36:])
    pull(consumer, pages(app))
    restore(teller, past[1].position)
    put_in_as(app, box_id, 100)
    pack(app, [2])
    put_in_as(app, box_id, 200, weight_g=999)
    put_in_as(app, box_id, 300)
    pull(consumer, pages(app))
    assert of(forks.resume(scales_app, *KEY, "kari", told_at(app))) == []
    pull(consumer, pages(app))
    future = all_told(app)
    otherwise, behind = future[-2:]
    assert otherwise.event_id == past[3].event_id
    assert tally(hearer) == (5, 1 + 100 + 200 + 300 + 2)  # others flow
    assert parked(hearer) == [
        (otherwise.position, 1, True),
        (behind.position, 0, False),  # its stream waits behind it
    ]
    error = hearer.one("select error from parked where dead")
    ((effect, stream_id),) = hearer.rows(
        "select event_id::text, stream_id from events"
        f" where meta->'heard'->>'event_id' = '{otherwise.event_id}'"
    )
    assert error["code"] == "chassis.told_otherwise"
    assert error["details"] == {
        "before": {"position": past[3].position, "sha256": forgotten.digest(past[3].data)},
        "now": {"position": otherwise.position, "sha256": forgotten.digest(otherwise.data)},
        "effects": [{"event_id": effect, "type": "Weighed", "stream_id": stream_id}],
    }
    assert broken(hearer) == {"settled"}
    parking.retry(scales_app, *KEY, otherwise.stream_id)
    redrive(hearer, consumer)
    assert parked(hearer)[0] == (otherwise.position, 1, True)
    parking.skip(scales_app, *KEY, otherwise.position, "kari")
    redrive(hearer, consumer)
    assert parked(hearer) == []
    assert unsettled(scales_app) == [str(otherwise.event_id)]
    assert tally(hearer) == (5, 1 + 100 + 200 + 300 + 2)


def test_other_data_under_a_known_id_is_noticed_without_a_fork_and_none_where_none_was_kept(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    events = packed(app, [1])
    consumer.accept(events)
    again = replace(
        events[-1],
        position=events[-1].position + 1,
        previous=events[-1].event_id,
        data={**events[-1].data, "weight_g": 7},
    )
    assert consumer.accept([again])
    assert (parked(hearer), tally(hearer)) == ([(again.position, 1, True)], (1, 1))
    hearer.change("delete from parked")
    with psycopg.connect(hearer.admin_url, dbname=hearer.name, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")  # no trigger fires
        admin.execute("update events set meta = meta #- '{heard,sha256}'")
    later = replace(again, position=again.position + 1, previous=again.event_id)
    assert consumer.accept([later])
    assert (parked(hearer), tally(hearer)) == ([], (1, 1))


def test_what_is_done_already_is_passed_over_in_a_redrive_too(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    events = packed(app, [1, 2])
    consumer.accept(events)
    with hearer.owner() as engine, engine.begin() as connection:
        # the same event at another position, as after a fork, whose stream waits
        connection.exec_driver_sql(
            "insert into parked (consumer, source, position, stream_id, event, attempts)"
            " values ('scales', 'boxes', 99, 'a box', %(event)s, 0)",
            {"event": Jsonb(item(events[2]))},
        )
    assert not consumer.redrive("another box")
    assert consumer.redrive("a box")
    assert (tally(hearer), parked(hearer)) == ((2, 3), [])


def test_a_second_fork_is_found_although_the_first_left_its_lost_events_behind(
    app: App, teller: Database, hearer: Database, scales_app: App, consumer: Consumer
) -> None:
    first = packed(app, list(range(1, 9)))
    pull(consumer, pages(app))
    restore(teller, first[2].position)
    packed(app, [10])
    pull(consumer, pages(app))
    first_lost = forks.resume(scales_app, *KEY, "kari", told_at(app))["lost"]
    forgotten.settle(scales_app, *KEY, [UUID(first_lost[0]["event_id"])], "kari")
    second = packed(app, [20, 21, 22])
    pull(consumer, pages(app))
    kept = second[6]
    restore(teller, kept.position)
    packed(app, [30, 31, 32])
    pull(consumer, pages(app))
    found = stopped(hearer)
    assert found["last_known"] == at(kept)
    assert [each["heard"]["position"] for each in found["beyond"]] == [
        each.position for each in second[7:]
    ]
    lost = forks.lost(scales_app, *KEY, told_at(app))["lost"]  # but what is settled
    assert sorted(each["event_id"] for each in lost) == sorted(
        each["event_id"] for each in [*first_lost[1:], *found["beyond"]]
    )


def test_of_two_consumers_each_goes_back_to_what_it_knows_itself(
    app: App, teller: Database, hearer: Database, scales_app: App, consumer: Consumer
) -> None:
    def note(unit: Unit, heard: Heard) -> None:  # as a revocation is: a kept table, no event
        unit.execute(_NOTE.bindparams(id=str(heard.event_id)))

    ahead = Consumer(
        scales_app, "boxes", [replace(scales.WEIGHT_ADDED, react=note)], name="scales.ahead"
    )
    past = packed(app, [1, 2, 3, 4, 5])
    pull(ahead, pages(app))
    consumer.accept(past[:3])  # it lags, and so is not forked: it goes on in the new time
    restore(teller, past[2].position)
    pack(app, [10, 20])
    pull(consumer, pages(app))
    pull(ahead, pages(app))
    forks.resume(scales_app, "scales.ahead", "boxes", "kari", told_at(app))
    pull(ahead, pages(app))
    added = {str(each.event_id) for each in all_told(app) if each.name == "weight_added"}
    noted = {id for (id,) in hearer.rows("select id from revoked")}
    assert added <= noted
    assert tally(hearer) == (4, 33)


_NOTE = text("insert into revoked values ('user', :id, now()) on conflict do nothing")


def test_of_many_events_a_few_are_asked_for(
    app: App, teller: Database, hearer: Database, consumer: Consumer
) -> None:
    past = packed(app, [1] * 150)
    pull(consumer, pages(app))
    restore(teller, past[97].position)
    read, asked = pages(app), list[Mapping[str, Any]]()

    def counting(after: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(after)
        return read(after)

    pull(consumer, counting)
    assert stopped(hearer)["last_known"] == at(past[97])
    assert len(asked) <= 10


def test_a_source_that_has_forgotten_all_is_heard_from_the_beginning(
    app: App, teller: Database, hearer: Database, scales_app: App, consumer: Consumer
) -> None:
    packed(app, [1, 2])
    pull(consumer, pages(app))
    restore(teller, 0)
    packed(app, [5])
    pull(consumer, pages(app))
    assert stopped(hearer)["last_known"] == START
    forks.resume(scales_app, *KEY, "kari", told_at(app))
    pull(consumer, pages(app))
    assert tally(hearer) == (3, 8)


def test_a_message_of_the_new_time_looks_heard_already_and_the_head_tells(
    app: App, teller: Database, hearer: Database, consumer: Consumer
) -> None:
    past = packed(app, [1, 2, 3, 4])
    pull(consumer, pages(app))
    restore(teller, past[1].position)
    future = packed(app, [10])
    assert future[-1].position <= past[-1].position
    assert consumer.accept(future[2:])
    assert (tally(hearer), consumer.stopped()) == ((4, 10), False)
    pull(consumer, pages(app))
    assert consumer.stopped()


def test_what_was_parked_of_the_lost_time_is_dropped_and_what_is_told_again_parks_again(
    app: App, teller: Database, hearer: Database, scales_app: App, consumer: Consumer
) -> None:
    bad = scales.TOO_HEAVY_G
    early = pack(app, [bad, 1])
    known = pack(app, [2])
    put_in(app, known, "refused", bad)
    put_in(app, early, "behind", 3)
    number_all(app)
    kept = all_told(app)
    pack(app, [bad])
    pull(consumer, pages(app))
    waits = [each for each, *_ in parked(hearer)]
    assert len(waits) == 5
    restore(teller, kept[-1].position)
    pack(app, [4])
    pull(consumer, pages(app))
    with pytest.raises(Conflict, match="source_stopped"):
        consumer.redrive(kept[0].stream_id)
    forks.resume(scales_app, *KEY, "kari", told_at(app))
    pull(consumer, pages(app))
    assert [each for each, *_ in parked(hearer)] == waits[:4]
    assert redrive(hearer, consumer) == 0  # dead, as before
    assert weighed(hearer) == [kept[4].position, all_told(app)[-1].position]


def test_a_source_that_goes_away_while_it_is_asked_is_not_stopped_yet(
    app: App, teller: Database, consumer: Consumer
) -> None:
    past = packed(app, [1, 2, 3])
    pull(consumer, pages(app))
    restore(teller, past[1].position)
    read, asked = pages(app), list[Mapping[str, Any]]()

    def leaving(after: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(after)
        if len(asked) > 1:
            raise Unavailable("boxes.away")
        return read(after)

    with pytest.raises(Unavailable):
        pull(consumer, leaving)
    assert not consumer.stopped()
    pull(consumer, read)
    assert consumer.stopped()
