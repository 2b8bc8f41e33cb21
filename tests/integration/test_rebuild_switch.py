"""The switch of a rebuild: readers and writers on the table go on, and nothing is lost."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from chassis.asked import Written
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes
from integration.stages.box_database import (
    MINE,
    Database,
    call,
    open_box,
    put_in,
)
from integration.stages.rebuilds import (
    DEADLINE_S,
    differences,
    holds,
    many_boxes,
    oid,
    rebuild,
)
from waiting import until

# Fifty switches in five histories: what is written in one has to be replayed at its next switch.
HISTORIES, SWITCHES, WRITERS, READERS = 5, 10, 3, 2


class Traffic:
    """Threads that work on boxes without a pause while the gate is open."""

    def __init__(self, app: App) -> None:
        self.app, self.gate, self.ended = app, threading.Event(), False
        self.shelf_id = uuid4()
        self.boxes: dict[int, UUID] = {}
        self.done = [0] * (WRITERS + READERS)
        self.errors: list[Exception] = []
        self.prepared = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        works = [self._write] * WRITERS + [self._read] * READERS
        with ThreadPoolExecutor(len(works)) as threads:
            for number, work in enumerate(works):
                threads.submit(self._repeat, number, work)
            try:
                yield
            finally:
                self.ended = True
                self.gate.set()

    def flow_once_caught_up(self, applied: int, of: int) -> None:
        """Begin when the switch is near, so that the history stays short."""
        if applied == of:
            self.gate.set()

    def wait_until_everybody_worked(self) -> None:
        before = list(self.done)
        until(lambda: bool(self.errors) or all(map(int.__lt__, before, self.done)))

    def _repeat(self, number: int, work: Callable[[int, int], None]) -> None:
        try:
            while self.gate.wait() and not self.ended:
                work(number, self.done[number])
                self.done[number] += 1
        except Exception as error:
            self.errors.append(error)

    def _write(self, number: int, turn: int) -> None:
        """Open a box, put it on the shelf that all share, and things into it."""
        if turn % 8 == 0:
            self.boxes[number] = open_box(self.app)
        elif turn % 8 == 1:
            shelve = boxes.Shelve(shelf_id=self.shelf_id)
            self.app.handle(boxes.box, self.boxes[number], shelve, call())
        else:
            put_in(self.app, self.boxes[number], str(turn))

    def _read(self, number: int, turn: int) -> None:
        table, shelves = boxes.box_table, boxes.shelf_table

        def read(connection: Any) -> None:
            rows = connection.execute(select(table).order_by(table.c.opened_at).limit(50)).all()
            assert rows, "the table is empty"
            things = select(func.sum(table.c.things)).scalar_subquery()
            assert connection.execute(select(shelves.c.boxes, things)).one()
            count = text("select count(*) from pg_prepared_statements")
            self.prepared = max(self.prepared, connection.execute(count).scalar_one())

        self.app.query(read)


@pytest.mark.parametrize(
    "history",
    [0, 1, *(pytest.param(each, marks=pytest.mark.long) for each in range(2, HISTORIES))],
)
def test_switches_under_load_fail_no_command_and_no_query(
    own: Database,
    app: App,
    history: int,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    traffic = Traffic(app)
    app.handle(boxes.shelf, traffic.shelf_id, boxes.Build(workspace_id=MINE), call())
    many_boxes(app)
    reports = []
    with traffic.running():
        for _ in range(SWITCHES):
            reports.append(rebuild(own, app, on_progress=traffic.flow_once_caught_up))
            traffic.wait_until_everybody_worked()  # on the new tables
            traffic.gate.clear()
    assert traffic.errors == []
    assert traffic.prepared > 0  # statements, for tables that are gone
    assert own.one("select sum(things) from box") > SWITCHES
    assert differences(own, app) == []
    figures = {
        "longest_pause_ms": round(1_000 * max(each.longest_pause_s for each in reports), 1),
        "tries": sum(each.tries for each in reports),
        "events": reports[-1].events,
        "commands": sum(traffic.done[:WRITERS]),
        "queries": sum(traffic.done[WRITERS:]),
    }
    record_testsuite_property(f"switches_{history}", figures)


def test_a_unit_that_has_read_a_projection_before_it_appends_goes_first(
    own: Database, app: App
) -> None:
    """It holds the table and waits for `events`, the switch the other way round."""
    box_id, read = open_box(app), threading.Event()

    def work(unit: Unit) -> Written:
        unit.connection.execute(select(boxes.box_table)).all()
        read.set()
        until(lambda: holds(own, "AccessExclusiveLock", "box"))
        return unit.decide(boxes.box, box_id, boxes.PutIn(thing="saw", weight_g=1)).written

    with ThreadPoolExecutor(2) as threads:
        unit = threads.submit(app.answer, call(), work)
        assert read.wait(DEADLINE_S)
        report = threads.submit(rebuild, own, app).result()
        assert unit.result()["version"] == 2
    assert report.tries > 1
    assert own.rows("select things from box") == [(1,)]
    assert differences(own, app) == []


def test_a_long_query_delays_the_switch_and_nobody_else(own: Database, app: App) -> None:
    box_id, old = open_box(app), oid(own, "box")
    with ThreadPoolExecutor(1) as threads:
        with app.engine.begin() as connection:
            connection.execute(select(boxes.box_table)).all()
            report = threads.submit(rebuild, own, app)
            for number in range(5):
                until(lambda: holds(own, "AccessExclusiveLock", "box"))
                put_in(app, box_id, str(number))
                assert app.query(lambda c: c.execute(select(boxes.box_table)).one().things) > 0
            assert oid(own, "box") == old
        assert report.result().tries > 1
    assert oid(own, "box") != old
    assert differences(own, app) == []
