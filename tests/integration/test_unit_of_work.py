"""The unit: repeats, rivals, other tenants, failures, and that nothing is ever done by half."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from chassis.asked import Written
from chassis.codec import plain
from chassis.domain import sensitive, value
from chassis.errors import Conflict, NotFound, Rejected, ServiceError, Unavailable
from chassis.identity import Actor, service_actor
from chassis.personal import keep
from chassis.unit import store
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes
from integration.stages.box_database import (
    MINE,
    NOON,
    THEIRS,
    Database,
    all_at_once,
    call,
    open_box,
    person,
    put_in,
)

WRITTEN = ("events", "pending", "positions", "jobs", "commands", "personal", "box", "shelf")


def counts(own: Database) -> dict[str, int]:
    return {table: own.one(f"select count(*) from {table}") for table in WRITTEN}


def opening(label: str = "tools") -> boxes.OpenBox:
    return boxes.OpenBox(workspace_id=MINE, label=label)


def test_a_stream_that_is_taken_for_new_and_is_not_gets_no_second_beginning(
    own: Database, app: App
) -> None:
    box_id = uuid4()
    tried: list[Unit] = []

    def begin(unit: Unit) -> Written:
        tried.append(unit)
        unit.begin(boxes.box, box_id)
        return unit.decide(boxes.box, box_id, opening()).written

    assert app.unit(call(), begin, Written) == Written(id=box_id, version=1)
    with pytest.raises(Conflict, match=r"chassis\.busy"):
        app.unit(call(), begin, Written)
    assert len(tried) > 2  # what it was taken for may have been so until a rival came
    assert own.one("select count(*) from events") == 1


def test_a_command_appends_projects_and_replies(own: Database, app: App) -> None:
    told = []
    app.committed = lambda: told.append(True)
    box_id = uuid4()
    assert app.handle(boxes.box, box_id, opening(), call()) == Written(id=box_id, version=1)
    assert own.one("select status from box where id = %(id)s", id=str(box_id)) == "open"
    ((meta, outbox),) = own.rows("select meta, outbox from events")
    assert meta["actor"] == str(person())
    assert meta["workspace"] == str(MINE)
    assert meta["correlation"] == "the-correlation"
    assert outbox["type"] == "boxes.box_appeared"
    assert told == [True]


def test_a_repeat_with_the_same_body_is_given_the_first_reply(own: Database, app: App) -> None:
    box_id, key = uuid4(), uuid4()
    first = app.handle(boxes.box, box_id, opening(), call(id=key, body="a", keyed=True))
    put_in(app, box_id, "saw")
    assert app.handle(boxes.box, box_id, opening(), call(id=key, body="a", keyed=True)) == first
    assert own.one("select count(*) from events where type = 'BoxOpened'") == 1


def test_a_repeat_that_its_faster_rival_left_nothing_to_do_is_given_the_first_reply(
    own: Database, app: App
) -> None:
    same, given = call(id=uuid4(), body="a", keyed=True), list[Written]()

    def work(unit: Unit) -> dict[str, Any]:
        # it commits after the look for its reply, and has spent what this one needs
        given.append(app.handle(boxes.box, uuid4(), opening(), same))
        raise Rejected("boxes.spent")

    assert app.answer(same, work) == plain(given[0])
    assert own.one("select count(*) from events") == 1


def test_a_key_that_stands_for_another_body_is_rejected(own: Database, app: App) -> None:
    box_id, key = uuid4(), uuid4()
    app.handle(boxes.box, box_id, opening(), call(id=key, body="a", keyed=True))
    before = counts(own)
    with pytest.raises(Rejected) as caught:
        app.handle(boxes.box, box_id, boxes.Seal(), call(id=key, body="b", keyed=True))
    assert caught.value.code == "chassis.idempotency_mismatch"
    assert counts(own) == before


def test_equal_calls_at_once_have_one_effect_and_equal_replies(own: Database, app: App) -> None:
    box_id, same = uuid4(), call(id=uuid4(), body="a", keyed=True)
    replies = all_at_once([lambda: app.handle(boxes.box, box_id, opening(), same)] * 20)
    assert replies == [Written(id=box_id, version=1)] * 20
    assert own.one("select count(*) from events") == 1
    assert own.one("select count(*) from commands") == 1


def test_fifty_edits_of_one_stream_at_once_all_succeed(own: Database, app: App) -> None:
    box_id = open_box(app)
    done = all_at_once([partial(put_in, app, box_id, f"thing {n}") for n in range(50)])
    assert done == [None] * 50
    assert own.rows("select things, weight_g from box") == [(50, 50)]
    assert own.one("select max(version) from events") == 51


def refused(app: App, box_id: UUID, command: Any, actor: Actor | None = None) -> tuple[str, ...]:
    with pytest.raises(NotFound) as caught:
        app.handle(boxes.box, box_id, command, call(actor))
    return caught.value.code, caught.value.message, str(caught.value.details)


@pytest.mark.parametrize("command", [boxes.Seal(), boxes.PutIn(thing="saw", weight_g=1)])
def test_what_is_not_there_and_what_is_somebody_elses_look_alike(app: App, command: Any) -> None:
    theirs = open_box(app, workspace_id=THEIRS)
    not_there = refused(app, uuid4(), command)
    assert not_there == refused(app, theirs, command)
    assert not_there[0] == "boxes.box_not_found"


def test_an_id_taken_elsewhere_is_not_told_apart_either(own: Database, app: App) -> None:
    theirs = open_box(app, workspace_id=THEIRS)
    before = counts(own)
    assert refused(app, theirs, opening()) == refused(app, uuid4(), boxes.Seal())
    assert counts(own) == before


def test_somebody_without_a_workspace_sees_nothing_and_a_system_admin_all(app: App) -> None:
    box_id = open_box(app)
    lonely = Actor(kind="person", id=str(uuid4()))
    assert refused(app, box_id, boxes.Seal(), lonely)[0] == "boxes.box_not_found"
    admin = Actor(kind="person", id=str(uuid4()), is_system_admin=True)
    assert app.handle(boxes.box, box_id, boxes.Seal(), call(admin)).version == 2
    other = service_actor("scales")
    assert app.handle(boxes.box, box_id, boxes.Unseal(), call(other)).version == 3


def test_another_version_than_expected_is_a_conflict_that_names_the_version(app: App) -> None:
    box_id = open_box(app)
    put_in(app, box_id, "saw")
    for expected in (0, 1, 3):
        with pytest.raises(Conflict) as caught:
            app.handle(boxes.box, box_id, boxes.Seal(), call(expected_version=expected))
        assert caught.value.code == "chassis.version_mismatch"
        assert caught.value.details == {"current_version": 2}
        assert not caught.value.retryable
    assert app.handle(boxes.box, box_id, boxes.Seal(), call(expected_version=2)).version == 3


def test_of_rivals_that_expect_the_same_version_one_wins(own: Database, app: App) -> None:
    box_id = open_box(app)

    def edit(number: int) -> Any:
        command = boxes.PutIn(thing=f"thing {number}", weight_g=1)
        return app.handle(boxes.box, box_id, command, call(expected_version=1))

    replies = all_at_once([partial(edit, number) for number in range(10)])
    assert [each for each in replies if isinstance(each, Written)] == [
        Written(id=box_id, version=2)
    ]
    lost = [each for each in replies if isinstance(each, Conflict)]
    assert len(lost) == 9
    assert own.one("select things from box") == 1


@pytest.mark.parametrize("error", [Rejected("boxes.no"), ZeroDivisionError()])
def test_a_failed_unit_leaves_nothing(own: Database, app: App, error: Exception) -> None:
    box_id = open_box(app)
    before = counts(own)

    def work(unit: Unit) -> dict[str, Any]:
        unit.execute(keep(box_id, uuid4(), {"owner": "Ada"}))
        unit.decide(boxes.box, box_id, boxes.Seal())
        unit.queue(Job(kind="weigh", subject=uuid4()))
        raise error

    with pytest.raises(type(error)):
        app.answer(call(id=uuid4(), keyed=True), work)
    assert counts(own) == before


def test_a_statement_that_fails_at_the_very_end_leaves_nothing(own: Database, app: App) -> None:
    open_box(app, "tools")
    before = counts(own)

    def work(unit: Unit) -> Written:
        unit.execute(keep(uuid4(), uuid4(), {"owner": "Ada"}))
        unit.decide(boxes.shelf, uuid4(), boxes.Build(workspace_id=MINE))
        return unit.decide(boxes.box, uuid4(), opening("tools")).written

    with pytest.raises(Rejected) as caught:
        app.answer(call(id=uuid4(), keyed=True), work)
    assert caught.value.code == "boxes.label_taken"
    assert counts(own) == before


def test_each_unique_index_has_its_own_code(app: App) -> None:
    def open_for(email: str, unit: Unit) -> Written:
        box_id = uuid4()
        unit.execute(keep(box_id, box_id, {"owner_email": email}))
        return unit.decide(boxes.box, box_id, opening(str(box_id))).written

    app.answer(call(), partial(open_for, "ada@example.com"))
    app.answer(call(), partial(open_for, "eve@example.com"))
    with pytest.raises(Rejected) as caught:
        app.answer(call(), partial(open_for, "ada@example.com"))
    assert caught.value.code == "boxes.owner_taken"


def test_of_rivals_for_one_label_one_wins(own: Database, app: App) -> None:
    replies = all_at_once([partial(open_box, app, "tools")] * 8)
    assert sum(isinstance(each, UUID) for each in replies) == 1
    lost = [each.code for each in replies if isinstance(each, ServiceError)]
    assert lost == ["boxes.label_taken"] * 7
    assert own.one("select count(*) from events") == 1


@value
class Spare:
    token: str | None = sensitive()


@value
class Shown:
    id: UUID
    token: str | None = sensitive()
    hint: str
    spare: tuple[Spare, ...] = ()


def test_secret_fields_of_a_reply_are_stored_as_null(own: Database, app: App) -> None:
    same, box_id = call(id=uuid4(), keyed=True), uuid4()
    shown = Shown(id=box_id, token="raw", hint="seen", spare=(Spare(token="raw"),))

    def work(unit: Unit) -> Shown:
        unit.decide(boxes.box, box_id, opening())
        return shown

    assert app.unit(same, work, Shown) == shown
    assert app.unit(same, work, Shown) == replace(shown, token=None, spare=(Spare(token=None),))
    assert "raw" not in str(own.rows("select reply from commands"))


def test_two_streams_in_one_unit_are_written_together(own: Database, app: App) -> None:
    box_id, shelf_id = open_box(app), uuid4()

    def work(unit: Unit) -> dict[str, Any]:
        unit.decide(boxes.shelf, shelf_id, boxes.Build(workspace_id=MINE))
        unit.decide(boxes.box, box_id, boxes.Shelve(shelf_id=shelf_id))
        unit.decide(boxes.box, box_id, boxes.Seal())
        return {"sealed": unit.state(boxes.box, box_id).sealed}

    assert app.answer(call(), work) == {"sealed": True}
    assert own.one("select boxes from shelf") == 1
    assert own.one("select count(distinct xmin::text) from events where version > 1") == 1
    with pytest.raises(Rejected):
        app.answer(call(), work)
    assert own.one("select boxes from shelf") == 1


def test_units_that_take_streams_in_opposite_order_all_succeed(own: Database, app: App) -> None:
    one, other = open_box(app), open_box(app)

    def work(number: int, unit: Unit) -> dict[str, Any]:
        for box_id in (one, other) if number % 2 else (other, one):
            unit.decide(boxes.box, box_id, boxes.PutIn(thing=str(number), weight_g=number))
        return {}

    units = [partial(app.answer, call(), partial(work, number)) for number in range(12)]
    assert all_at_once(units) == [{}] * 12
    assert own.rows("select things, weight_g from box") == [(12, 66)] * 2


def test_recorded_at_never_goes_back_within_a_stream(own: Database, app: App) -> None:
    box_id = open_box(app)
    for minutes in (5, -60, 10, 7):
        thing = boxes.PutIn(thing=str(minutes), weight_g=1)
        app.handle(boxes.box, box_id, thing, call(at=NOON + timedelta(minutes=minutes)))
    stored = own.rows("select recorded_at from events order by version")
    minutes_after = [int((at - NOON).total_seconds()) // 60 for (at,) in stored]
    assert minutes_after == [0, 5, 5, 10, 10]


def test_serial_numbers_have_no_gap_even_where_units_fail(own: Database, app: App) -> None:
    series, turns = uuid4(), list[int]()

    def take(number: int, unit: Unit) -> dict[str, Any]:
        turns.append(number)
        taken = unit.decide(boxes.tickets, series, boxes.TakeTicket(workspace_id=MINE))
        if number % 3 == 0:
            raise Rejected("boxes.no")
        return {"number": taken.state.last}

    units = [partial(app.answer, call(), partial(take, number)) for number in range(30)]
    replies = all_at_once(units)
    taken = sorted(each["number"] for each in replies if isinstance(each, dict))
    assert taken == list(range(1, 21))
    assert own.one("select count(*) from events") == 20
    assert sorted(turns) == list(range(30))  # each waited for its turn, and none ran twice


def test_a_job_that_a_unit_queues_after_it_cancelled_others_stays(own: Database, app: App) -> None:
    box_id = open_box(app)
    app.handle(boxes.box, box_id, boxes.Seal(), call())

    def work(unit: Unit) -> Written:
        for command in (boxes.Unseal(), boxes.Seal(), boxes.Unseal(), boxes.Seal()):
            written = unit.decide(boxes.box, box_id, command)
        return written.written

    app.answer(call(), work)
    assert own.rows("select state from jobs order by state") == [("cancelled",), ("waiting",)]


def test_a_job_is_queued_with_its_event_and_cancelled_with_another(own: Database, app: App) -> None:
    box_id = open_box(app)
    app.handle(boxes.box, box_id, boxes.Seal(), call())
    ((kind, subject, args, state, workspace),) = own.rows(
        "select kind, subject, args, state, workspace_id from jobs"
    )
    assert (kind, subject, args, state) == ("weigh", str(box_id), {"things": 0}, "waiting")
    assert workspace == str(MINE)
    app.handle(boxes.box, box_id, boxes.Unseal(), call())
    assert own.one("select state from jobs") == "cancelled"


def test_a_cancellation_leaves_the_jobs_of_others_alone(own: Database, app: App) -> None:
    one, other = open_box(app), open_box(app)
    for box_id in (one, other):
        app.handle(boxes.box, box_id, boxes.Seal(), call())
    app.handle(boxes.box, one, boxes.Unseal(), call())
    states = own.rows("select subject, state from jobs")
    assert sorted(states) == sorted([(str(one), "cancelled"), (str(other), "waiting")])


KILL = text("select pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize("before", [True, False])
def test_a_connection_cut_in_mid_unit_leaves_nothing_and_the_repeat_succeeds(
    own: Database, app: App, before: bool
) -> None:
    box_id, same = uuid4(), call(id=uuid4(), keyed=True)
    nothing = counts(own)

    def work(unit: Unit, cut: bool) -> Written:
        if cut and before:
            unit.execute(KILL)
        unit.execute(keep(box_id, box_id, {"owner": "Ada"}))
        reply = unit.decide(boxes.box, box_id, opening()).written
        if cut:
            unit.write()  # everything is appended and projected; only the commit is missing
            unit.execute(KILL)
        return reply

    with pytest.raises(Unavailable) as caught:
        app.answer(same, partial(work, cut=True))
    assert caught.value.code == "chassis.database_unavailable"
    assert caught.value.retryable
    assert counts(own) == nothing
    assert app.answer(same, partial(work, cut=False))["version"] == 1
    assert own.one("select owner from box") == "Ada"


def test_connections_cut_at_random_never_leave_half_a_unit(own: Database, app: App) -> None:
    shelf_id = uuid4()
    app.handle(boxes.shelf, shelf_id, boxes.Build(workspace_id=MINE), call())

    def add(number: int) -> str:
        def work(unit: Unit) -> Written:
            box_id = unit.call.id
            unit.execute(keep(box_id, box_id, {"owner": "Ada"}))
            unit.decide(boxes.box, box_id, opening(str(number)))
            unit.decide(boxes.box, box_id, boxes.Shelve(shelf_id=shelf_id))
            return unit.decide(boxes.box, box_id, boxes.Seal()).written

        try:
            app.answer(call(id=uuid4(), keyed=True), work)
        except Unavailable:
            return "unavailable"
        return "done"

    def cut() -> str:
        for _ in range(20):
            own.cut_connections()
        return "cut"

    works: list[Callable[[], str]] = [*(partial(add, number) for number in range(40)), cut]
    ended = all_at_once(works)
    assert set(ended) <= {"done", "unavailable", "cut"}, ended
    done = own.one("select count(*) from commands")
    assert done >= ended.count("done")  # a commit may have come through although its answer did not
    found = counts(own)
    assert (found["box"], found["personal"], found["jobs"]) == (done, done, done)
    assert found["pending"] == done + 1  # a unit appends once
    assert found["events"] == 3 * done + 1
    assert own.one("select boxes from shelf") == done


def test_without_a_database_a_unit_and_a_query_are_unavailable(own: Database) -> None:
    nowhere = replace(own, app_url=own.app_url.replace(own.name, "nowhere"))
    with nowhere.app() as app:
        with pytest.raises(Unavailable):
            app.handle(boxes.box, uuid4(), opening(), call())
        with pytest.raises(Unavailable):
            app.query(lambda connection: connection.execute(text("select 1")))


def test_a_statement_that_the_operator_stops_is_unavailable(app: App) -> None:
    def work(unit: Unit) -> dict[str, Any]:
        unit.execute(text("select pg_cancel_backend(pg_backend_pid()), pg_sleep(5)"))
        return {}

    with pytest.raises(Unavailable):
        app.answer(call(), work)


def test_who_waits_too_long_for_the_same_call_is_told_that_it_is_in_progress(app: App) -> None:
    same = call(id=uuid4(), keyed=True)

    def impatient(unit: Unit) -> Written:
        unit.execute(text("set local lock_timeout = '50ms'"))
        return unit.decide(boxes.box, uuid4(), opening()).written

    with app.engine.connect() as first, first.begin():
        store.append(first, [], [], same.row({"version": 7}))
        with pytest.raises(Conflict) as caught:
            app.answer(same, impatient)
    assert caught.value.code == "chassis.in_progress"
    assert app.answer(same, impatient) == {"version": 7}
