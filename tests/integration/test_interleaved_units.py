"""Two units in turns: what a stream that was only read is worth, and equal calls at each point.

The rival runs inside the first one's work, or while the first waits between its append and its
commit for a row that a third connection holds.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from chassis.domain import value
from chassis.errors import Rejected, ServiceError
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes
from integration.stages.box_database import Database, call, open_box
from waiting import until

KEY = UUID(int=7)


def once(work: Callable[[], object]) -> Callable[[], None]:
    """Return what does the work the first time only: a unit may run again."""
    left = [work]

    def run() -> None:
        if left:
            left.pop()()

    return run


def seal(unit: Unit, mine: UUID, other: UUID, *, pin: bool, meanwhile: Callable[[], None]) -> Any:
    """Seal a box unless the other one is sealed; with `pin` append to the other one as well."""
    if unit.state(boxes.box, other).sealed:
        raise Rejected("boxes.one_stays_open")
    if pin:
        unit.decide(boxes.box, other, boxes.PutIn(thing=f"note of {mine}", weight_g=1))
    meanwhile()
    return unit.decide(boxes.box, mine, boxes.Seal()).written


def seal_both_in_turns(app: App, *, pin: bool) -> tuple[UUID, UUID]:
    """Let each of two boxes be sealed by a unit that has seen the other one open."""
    one, other = open_box(app), open_box(app)
    rival = partial(seal, mine=other, other=one, pin=pin, meanwhile=lambda: None)
    meanwhile = once(lambda: app.answer(call(), rival))
    app.answer(call(), partial(seal, mine=one, other=other, pin=pin, meanwhile=meanwhile))
    return one, other


def test_a_stream_that_is_only_read_may_change_before_the_unit_commits(
    own: Database, app: App
) -> None:
    """Write skew: nothing is promised for it, so a rule must be right for an old version."""
    seal_both_in_turns(app, pin=False)
    assert own.rows("select status from box") == [("sealed",), ("sealed",)]


def test_a_unit_that_appends_to_what_it_read_is_decided_anew_when_that_changed(
    own: Database, app: App
) -> None:
    with pytest.raises(Rejected) as caught:
        seal_both_in_turns(app, pin=True)
    assert caught.value.code == "boxes.one_stays_open"
    assert sorted(own.rows("select status from box")) == [("open",), ("sealed",)]


@value
class PutIn:
    id: UUID
    version: int
    made: UUID


def put_in(app: App, box_id: UUID, thing: str, meanwhile: Callable[[], object]) -> dict[str, Any]:
    """Put a thing in under the one key; the reply says which run of the work gave it."""
    same = call(id=KEY, body=thing, keyed=True)
    made = uuid4()

    def work(unit: Unit) -> PutIn:
        meanwhile()
        command = boxes.PutIn(thing=thing, weight_g=1)
        put = unit.decide(boxes.box, box_id, command)
        return PutIn(id=put.id, version=put.version, made=made)

    return app.answer(same, work)


def nothing() -> None:
    """Nothing happens meanwhile."""


def outcome(work: Callable[[], dict[str, Any]]) -> Any:
    try:
        return work()
    except ServiceError as error:
        return error.code


@contextmanager
def held(own: Database, box_id: UUID) -> Iterator[psycopg.Connection]:
    """Hold a box's row: who projects onto it waits, having appended and stored its reply."""
    with psycopg.connect(own.owner_url) as holder:
        holder.execute("select from box where id = %s for update", [str(box_id)])
        yield holder


def who_wait(own: Database) -> list[int]:
    """Return the backends that wait for a lock, in the order in which they began to."""
    query = "select pid from pg_locks where not granted order by waitstart"
    return [pid for (pid,) in own.rows(query)]


def things(own: Database) -> list[str]:
    return [
        thing
        for (thing,) in own.rows("select data->>'thing' from events where type = 'ThingPutIn'")
    ]


MISMATCH = "chassis.idempotency_mismatch"


@pytest.mark.parametrize("body", ["lamp", "vase"])
def test_a_call_overtaken_before_it_wrote_gives_the_rivals_reply(
    own: Database, app: App, body: str
) -> None:
    box_id, replies = open_box(app), list[Any]()
    rival = once(lambda: replies.append(put_in(app, box_id, body, nothing)))
    first = outcome(lambda: put_in(app, box_id, "lamp", rival))
    assert first == (replies[0] if body == "lamp" else MISMATCH)
    assert things(own) == [body]


@pytest.mark.parametrize("body", ["lamp", "vase"])
def test_a_repeat_of_what_is_about_to_commit_waits_and_gives_its_reply(
    own: Database, app: App, body: str
) -> None:
    box_id = open_box(app)
    with ThreadPoolExecutor(2) as threads, held(own, box_id) as holder:
        first = threads.submit(put_in, app, box_id, "lamp", nothing)
        until(lambda: len(who_wait(own)) == 1)
        rival = threads.submit(outcome, partial(put_in, app, box_id, body, nothing))
        until(lambda: len(who_wait(own)) == 2)
        holder.rollback()
        reply = first.result()
        assert rival.result() == (reply if body == "lamp" else MISMATCH)
    assert things(own) == ["lamp"]


@pytest.mark.parametrize("body", ["lamp", "vase"])
def test_a_repeat_of_what_is_rolled_back_after_all_is_done_instead(
    own: Database, app: App, body: str
) -> None:
    box_id = open_box(app)
    with ThreadPoolExecutor(2) as threads, held(own, box_id) as holder:
        first = threads.submit(outcome, partial(put_in, app, box_id, "lamp", nothing))
        until(lambda: len(who_wait(own)) == 1)
        dying = who_wait(own)
        rival = threads.submit(put_in, app, box_id, body, nothing)
        until(lambda: len(who_wait(own)) == 2)
        with psycopg.connect(own.admin_url, autocommit=True) as admin:
            admin.execute("select pg_terminate_backend(%s)", dying)
        assert first.result() == "chassis.database_unavailable"
        holder.rollback()
        reply = rival.result()
    assert things(own) == [body]
    again = outcome(lambda: put_in(app, box_id, "lamp", nothing))
    assert again == (reply if body == "lamp" else MISMATCH)


def test_a_call_whose_answer_was_lost_after_its_commit_is_answered_the_same(
    own: Database, app: App
) -> None:
    box_id, said = open_box(app), list[object]()

    def lose() -> None:
        said.extend(own.rows("select reply from commands"))
        raise ConnectionError

    app.committed = lose
    with pytest.raises(ConnectionError):
        put_in(app, box_id, "lamp", nothing)
    app.committed = nothing
    assert [(put_in(app, box_id, "lamp", nothing),)] == said
    assert things(own) == ["lamp"]


def test_a_key_whose_call_was_rejected_is_free_for_another_body(own: Database, app: App) -> None:
    box_id = open_box(app)
    app.handle(boxes.box, box_id, boxes.Seal(), call())
    assert outcome(lambda: put_in(app, box_id, "lamp", nothing)) == "boxes.sealed"
    app.handle(boxes.box, box_id, boxes.Unseal(), call())
    put_in(app, box_id, "vase", nothing)
    assert things(own) == ["vase"]
