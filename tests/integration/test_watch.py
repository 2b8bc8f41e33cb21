"""The watch: what it finds waiting, and whom it wakes."""

from uuid import uuid4

import pytest
from sqlalchemy import Connection

from chassis.database import postgres
from chassis.running.loops import Loops
from chassis.running.watch import _BY_INDEX, Watch
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages.box_database import Database, call, number_all, open_box

PATIENCE_S = 60.0
SCANS = "select coalesce(sum(seq_scan), 0) from pg_stat_xact_user_tables"


class Looked:
    """A watch over the boxes, and what it has signalled."""

    def __init__(self, app: App) -> None:
        self.app, self.watch = app, Watch(app.engine, ["weigh"])
        self.untold, self.due = self.watch.untold.listen(), self.watch.due.listen()

    def __call__(self) -> list[str]:
        """Look once; return what was found waiting."""
        self.untold.clear()
        self.due.clear()
        with postgres.autocommit(self.app.engine) as connection:
            self.watch.look(connection)
        found = {"untold": self.untold, "due": self.due}
        return [name for name, event in found.items() if event.is_set()]


@pytest.fixture
def look(app: App) -> Looked:
    return Looked(app)


def queue(app: App, kind: str, delay_s: int = 0) -> None:
    def work(unit: Unit) -> None:
        unit.queue(Job(kind=kind, subject=uuid4(), args={}, delay_s=delay_s))

    app.attempt(call(), work)


def test_nothing_waits_in_an_empty_database(look: Looked) -> None:
    assert look() == []


def test_an_append_waits_until_it_is_numbered_and_told(
    app: App, own: Database, look: Looked
) -> None:
    open_box(app)
    assert look() == ["untold"]
    number_all(app)
    assert look() == ["untold"]
    own.change("insert into relay select 'rabbitmq', max(position) from positions")
    assert look() == []
    open_box(app)
    assert look() == ["untold"]


def test_a_job_waits_once_it_is_due(app: App, own: Database, look: Looked) -> None:
    queue(app, "weigh", delay_s=3_600)
    assert look() == []
    own.change("update jobs set run_at = now()")
    assert look() == ["due"]
    own.change("update jobs set state = 'claimed', run_at = now() + interval '1 hour'")
    assert look() == []
    own.change("update jobs set run_at = now()")  # its claim has run out
    assert look() == ["due"]
    own.change("update jobs set state = 'done'")
    assert look() == []


def test_a_job_that_nobody_does_here_is_not_looked_at(app: App, look: Looked) -> None:
    queue(app, "something else")
    assert look() == []


def test_a_look_reads_no_table_from_end_to_end(app: App, own: Database) -> None:
    for _ in range(20):
        open_box(app)
    number_all(app)
    own.change("vacuum analyze pending")  # that it is empty is what the planner knows of it
    with app.engine.begin() as connection:
        connection.exec_driver_sql(_BY_INDEX)
        before = connection.exec_driver_sql(SCANS).scalar_one()
        Watch(app.engine, ["weigh"]).look(connection)
        assert connection.exec_driver_sql(SCANS).scalar_one() == before


def test_it_looks_again_and_again_and_leaves_no_setting_behind(app: App, own: Database) -> None:
    with own.app(connections=1) as watching:
        watch, loops = Watch(watching.engine, ["weigh"]), Loops()
        untold, due = watch.untold.listen(), watch.due.listen()
        loops.spawn("watch", lambda: watch.watch(lambda: loops.stopping))
        open_box(app)
        assert untold.wait(PATIENCE_S)
        queue(app, "weigh")
        assert due.wait(PATIENCE_S)
        loops.tell_to_stop()
        assert loops.join(PATIENCE_S) == []
        assert watching.query(_setting) == "on"


def test_it_goes_on_with_another_connection_where_its_own_was_cut(app: App, own: Database) -> None:
    watch, loops = Watch(app.engine, ["weigh"]), Loops()
    untold = watch.untold.listen()
    loops.spawn("watch", lambda: watch.watch(lambda: loops.stopping))
    open_box(app)
    assert untold.wait(PATIENCE_S)
    own.cut_connections()
    untold.clear()
    assert untold.wait(PATIENCE_S)
    loops.tell_to_stop()
    assert loops.join(PATIENCE_S) == []


def _setting(connection: Connection) -> str:
    return str(connection.exec_driver_sql("show enable_seqscan").scalar_one())
