"""On whose behalf: what an admin begins as somebody names all three, however far it goes on."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from chassis.errors import Rejected, ServiceError, Unavailable
from chassis.hearing import parking
from chassis.hearing.inbox import Consumer
from chassis.identity import ANYONE, Actor, service_actor
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, Worker
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.handling import App
from contract.envelopes import ON_BEHALF, PLAIN, Stored, kept
from integration.stages import boxes, scales
from integration.stages.box_database import (
    Database,
    call,
    database,
    number_all,
    open_box,
    person,
    told,
)
from integration.stages.box_hearers import all_told, parked, redrive, tally
from servers.postgres import Server

ADMIN, SESSION = UUID(int=77), UUID(int=78)
USER = person()
AS_USER = replace(USER, impersonated_by=ADMIN, session_id=SESSION)
BEHALF = {
    "on_behalf_of": f"person:{ADMIN} as {USER.id}",
    "subject": USER.id,
    "impersonation": str(SESSION),
}
NAMES = tuple(BEHALF)


@pytest.fixture
def hearer(postgres_server: Server) -> Iterator[Database]:
    with database(postgres_server) as own:
        yield own


@pytest.fixture
def consumer(hearer: Database) -> Iterator[Consumer]:
    with hearer.app(scales.SERVICE) as app:
        yield Consumer(app, "boxes", [scales.WEIGHT_ADDED])


def packed_by(app: App, actor: Actor, weights: tuple[int, ...] = (5,)) -> list[Heard]:
    """Return all that is told, with things that `actor` has put into a box of ours."""
    box_id = open_box(app)
    for each in weights:
        app.handle(boxes.box, box_id, boxes.PutIn(thing=str(each), weight_g=each), call(actor))
    number_all(app)
    return all_told(app)


def behalf(meta: Mapping[str, Any]) -> dict[str, Any]:
    return {name: meta[name] for name in NAMES if name in meta}


def metas(own: Database, table: str = "events", where: str = "true") -> list[dict[str, Any]]:
    return [meta for (meta,) in own.rows(f"select meta from {table} where {where}")]


def test_an_admins_call_as_somebody_names_both_and_the_session(own: Database, app: App) -> None:
    packed_by(app, AS_USER)
    (meta,) = metas(own, where="type = 'ThingPutIn'")
    assert meta["actor"] == BEHALF["on_behalf_of"]
    assert behalf(meta) == {name: BEHALF[name] for name in ("subject", "impersonation")}
    item = told(app)[-1]
    assert (item["actor"], item["impersonation"]) == (meta["actor"], str(SESSION))
    assert "onbehalfof" not in item


@pytest.mark.parametrize("actor", [USER, ANYONE, service_actor("boxes")])
def test_what_is_done_by_nobody_else_names_nobody_else(
    own: Database, app: App, actor: Actor
) -> None:
    app.handle(boxes.box, uuid4(), boxes.OpenBox(workspace_id=UUID(int=1), label="x"), call(actor))
    number_all(app)
    assert behalf(*metas(own)) == {}
    assert told(app)[-1].keys().isdisjoint({"onbehalfof", "impersonation"})


def test_what_an_event_causes_is_on_behalf_of_who_caused_it(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    consumer.accept(packed_by(app, AS_USER))
    (meta,) = metas(hearer)
    assert meta["actor"] == "service:scales"
    assert behalf(meta) == BEHALF


@pytest.mark.parametrize(
    "actor,whose",
    [(USER, str(USER)), (ANYONE, "anyone:anonymous"), (service_actor("boxes"), None)],
)
def test_what_a_person_causes_is_on_their_behalf_and_what_a_service_causes_on_nobodys(
    app: App, hearer: Database, consumer: Consumer, actor: Actor, whose: str | None
) -> None:
    consumer.accept(packed_by(app, actor))
    assert behalf(*metas(hearer)) == ({"on_behalf_of": whose} if whose else {})


def test_what_a_service_has_told_on_behalf_goes_on_in_the_same_name(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    behind = BEHALF["on_behalf_of"]
    events = packed_by(app, AS_USER)
    consumer.accept([replace(each, actor="service:boxes", on_behalf_of=behind) for each in events])
    assert behalf(*metas(hearer)) == BEHALF


def test_a_parked_event_is_redriven_on_behalf_of_who_caused_it(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    failing = [replace(scales.WEIGHT_ADDED, react=_broken)]
    Consumer(consumer.app, "boxes", failing).accept(packed_by(app, AS_USER, (5, 7)))
    assert [attempts for _, attempts, _ in parked(hearer)] == [1, 0]
    assert behalf(*metas(hearer, "jobs")) == BEHALF
    assert redrive(hearer, Consumer(consumer.app, "boxes", failing)) == 1  # fails again
    assert [behalf(each) for each in metas(hearer, "jobs")] == [BEHALF] * 2
    stream_id = hearer.one("select distinct stream_id from parked")
    parking.retry(consumer.app, "scales", "boxes", stream_id, "kari")
    assert behalf(*metas(hearer, "jobs", "state = 'waiting'")) == {}  # the operator's own
    assert redrive(hearer, consumer) == 1
    assert tally(hearer) == (2, 12)
    assert [behalf(each) for each in metas(hearer)] == [BEHALF] * 2


@pytest.mark.parametrize("number,by", [(1, PLAIN), (2, ON_BEHALF)])
def test_what_was_ever_parked_is_redriven(
    hearer: Database, consumer: Consumer, number: int, by: Stored
) -> None:
    row = kept(number)["parked"]
    with consumer.app.engine.begin() as connection:
        connection.execute(
            _PARK, {"position": row["position"], "stream_id": row["partitionkey"], "event": row}
        )
    assert consumer.redrive(row["partitionkey"])
    assert parked(hearer) == []
    assert tally(hearer) == (1, 700)
    assert behalf(*metas(hearer)) == behalf(by.meta)


def test_a_jobs_result_is_on_behalf_of_who_queued_it_after_a_second_attempt_too(
    own: Database, app: App
) -> None:
    errors = [Unavailable("weights.away")]

    def run(task: Task, control: Control) -> str:
        if errors:
            raise errors.pop()
        return "weighed"

    box_id, worker = _queued(app), Worker(app, [_kind(run)])
    for _ in range(2):
        own.change("update jobs set run_at = now()")
        assert worker.work()
    assert behalf(*metas(own, where=f"stream_id = 'box-{box_id}' and version = 2")) == BEHALF


def test_a_job_given_up_is_on_behalf_of_who_queued_it(own: Database, app: App) -> None:
    def run(task: Task, control: Control) -> str:
        raise Rejected("weights.no")

    box_id = _queued(app)
    assert Worker(app, [_kind(run)]).work()
    (meta,) = metas(own, where=f"stream_id = 'box-{box_id}' and version = 2")
    assert (meta["actor"], behalf(meta)) == ("service:boxes", BEHALF)


def test_the_successors_of_a_job_are_on_behalf_of_who_queued_the_first(
    own: Database, app: App
) -> None:
    left = [1, 2]

    def again(unit: Unit, task: Task, result: Any) -> None:
        if left:
            unit.queue(Job(kind="weigh", subject=UUID(int=left.pop()), args=task.args))
        else:
            _finish(unit, task, result)

    box_id = _queued(app)
    worker = Worker(app, [replace(_kind(lambda task, control: "weighed"), finish=again)])
    while worker.work():
        pass
    first, *successors = metas(own, "jobs")
    assert first["actor"] == BEHALF["on_behalf_of"]
    assert [(each["actor"], behalf(each)) for each in successors] == [("service:boxes", BEHALF)] * 2
    assert behalf(*metas(own, where=f"stream_id = 'box-{box_id}' and version = 2")) == BEHALF


def _broken(unit: Unit, event: Heard) -> None:
    raise ValueError("the scales show nothing")


def _queued(app: App) -> UUID:
    """Queue a job on behalf of the user, about a box of ours; return the box's id."""
    box_id = open_box(app)

    def work(unit: Unit) -> dict[str, Any]:
        unit.queue(Job(kind="weigh", subject=uuid4(), args={"box": box_id}))
        return {}

    app.answer(call(AS_USER), work)
    return box_id


def _kind(run: Any) -> Kind:
    return Kind(name="weigh", run=run, finish=_finish, give_up=_give_up)


def _finish(unit: Unit, task: Task, result: Any) -> None:
    unit.decide(boxes.box, UUID(task.args["box"]), boxes.PutIn(thing=result, weight_g=1))


def _give_up(unit: Unit, task: Task, error: ServiceError) -> None:
    _finish(unit, task, error.code)


_PARK = text(
    "insert into parked (consumer, source, position, stream_id, event, attempts, dead)"
    " values ('scales', 'boxes', :position, :stream_id, cast(:event as jsonb), 1, false)"
)
