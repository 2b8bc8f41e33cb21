"""Work that comes round: a job that queues its successor."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from chassis import ids
from chassis.domain import value
from chassis.identity import service_actor
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Call, Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App


@value
class Schedule:
    """Work that comes round every `every_s` seconds: `at_s` after each multiple, of 1970 in UTC."""

    name: str
    every_s: int
    run: Callable[[App], None]
    at_s: int = 0
    makes_up: bool = False  # the last turn is done at the start, where nobody has


def kinds(app: App, schedules: Iterable[Schedule]) -> tuple[Kind, ...]:
    """Return the kinds of job that do what is scheduled."""
    return tuple(_kind(app, schedule) for schedule in schedules)


def queue(app: App, schedules: Iterable[Schedule]) -> None:
    """Queue the next turn of each schedule, unless it is queued."""
    now = app.clock()
    call = Call(
        id=ids.fresh(), at=now, actor=service_actor(app.service.name), correlation_id="schedules"
    )

    def work(unit: Unit) -> None:
        for schedule in schedules:
            _queue_turn(unit, schedule, after=now)
            if schedule.makes_up:
                _queue_turn(unit, schedule, after=now, turns=0)

    app.attempt(call, work)


def _kind(app: App, schedule: Schedule) -> Kind:
    def run(task: Task, control: Control) -> None:
        schedule.run(app)

    def again(unit: Unit, task: Task, result: Any) -> None:
        # never the same turn again, even if a clock was set back meanwhile
        _queue_turn(unit, schedule, after=datetime.fromisoformat(task.args["due"]))

    return Kind(name=f"schedule:{schedule.name}", run=run, finish=again, give_up=again)


def _queue_turn(unit: Unit, schedule: Schedule, after: datetime, turns: int = 1) -> None:
    now = unit.call.at
    past = (int(max(now, after).timestamp()) - schedule.at_s) // schedule.every_s + turns
    due = datetime.fromtimestamp(past * schedule.every_s + schedule.at_s, now.tzinfo)
    # one job for each time it is due, whoever queues it
    subject = ids.derive(ids.ROOT, unit.app.service.name, schedule.name, due.isoformat())
    wait = max(timedelta(), due - now)
    job = Job(
        kind=f"schedule:{schedule.name}",
        subject=subject,
        args={"due": due.isoformat()},
        delay_s=int(wait.total_seconds()) + 1,
    )
    unit.jobs.queue(job.row_of(subject, unit.call.meta(None)))
