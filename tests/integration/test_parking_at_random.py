"""Parking at random: events that fail for a while or for good, redrives, what operators do.

Each stream's effects come in its order, each once, whatever else waits. A long run: see `machines`.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chassis.errors import Rejected, Unavailable
from chassis.hearing import parking
from chassis.hearing.failures import is_final
from chassis.hearing.inbox import Consumer
from chassis.jobs.jobs import Worker
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from integration.stages import machines, scales
from integration.stages.box_database import database, number_all, open_box, put_in
from integration.stages.box_hearers import all_told, make_due, pages, parked
from servers.postgres import Server

BOXES = 4
some_box = st.integers(0, BOXES - 1)
ERRORS: list[Callable[[], Exception]] = [
    lambda: ValueError("the scales show nothing"),
    lambda: Rejected("scales.not_yet", retryable=True),
    lambda: Rejected("scales.no"),
]
DUE = "select args->>'stream_id' from jobs where state = 'waiting' order by run_at, id"
WAITING = "select args->>'stream_id' from jobs where state = 'waiting' order by 1"
WEIGHED = "select (meta->'heard'->>'position')::int from events order by version"


@dataclass
class Parked:
    """An event that waits, as the model has it."""

    event: Heard
    attempts: int
    dead: bool


class Parking(RuleBasedStateMachine):
    def __init__(self, server: Server) -> None:
        super().__init__()
        self.opened = ExitStack()
        teller = self.opened.enter_context(database(server))
        self.app = self.opened.enter_context(teller.app(connections=2))
        self.own = self.opened.enter_context(database(server))
        app = self.opened.enter_context(self.own.app(scales.SERVICE, connections=3))
        reaction = replace(scales.WEIGHT_ADDED, react=self.weigh)
        self.consumer = Consumer(app, "boxes", [reaction])
        self.worker = Worker(app, [parking.kind([self.consumer])])
        self.boxes = [open_box(self.app) for _ in range(BOXES)]
        self.weights = count(1)  # each thing has its own
        self.failing: dict[int, Callable[[], Exception]] = {}
        self.outage = False
        self.heard = 0  # events, of all that is told
        self.parked: dict[str, list[Parked]] = defaultdict(list)  # by stream
        self.redrives: set[str] = set()
        self.effects: list[int] = []  # positions
        number_all(self.app)

    def teardown(self) -> None:
        self.opened.close()

    def weigh(self, unit: Unit, event: Heard) -> object:
        if self.outage:
            raise Unavailable("scales.away")
        if event.event.weight_g in self.failing:
            raise self.failing[event.event.weight_g]()
        return scales.weigh(unit, event)

    def look(self, query: str) -> list[Any]:
        with self.consumer.app.engine.connect() as connection:
            return list(connection.exec_driver_sql(query).scalars())

    def error(self, event: Heard) -> Exception | None:
        """Return what the reaction to an event raises as things stand."""
        made = self.failing.get(event.data.get("weight_g", 0))
        return made() if made else None

    @rule(box=some_box, errors=st.lists(st.sampled_from([None, None, *ERRORS]), min_size=1))
    def tell(self, box: int, errors: list[Callable[[], Exception] | None]) -> None:
        for error in errors[:3]:
            weight_g = next(self.weights)
            if error:
                self.failing[weight_g] = error
            put_in(self.app, self.boxes[box], str(weight_g), weight_g)
        number_all(self.app)

    @rule(most=st.sampled_from([1, 3, 200]))
    def hear(self, most: int) -> None:
        missing = all_told(self.app)[self.heard :][:most]
        assert self.consumer.pull_page(pages(self.app, most)) == len(missing)
        self.heard += len(missing)
        for event in missing:
            self.take(event)

    def take(self, event: Heard) -> None:
        error = self.error(event)
        waiting = self.parked[event.stream_id]
        if waiting:
            waiting.append(Parked(event, 0, False))
        elif error is None:
            self.done(event)
        else:
            waiting.append(Parked(event, 1, is_final(error)))
            if not is_final(error):
                self.redrives.add(event.stream_id)

    def done(self, event: Heard) -> None:
        if event.name == "weight_added":
            self.effects.append(event.position)

    @precondition(lambda self: self.failing)
    @rule(data=st.data())
    def mend(self, data: st.DataObject) -> None:
        """Let an event be taken from now on."""
        del self.failing[data.draw(st.sampled_from(sorted(self.failing)))]

    @precondition(lambda self: self.redrives)
    @rule()
    def redrive(self) -> None:
        """Do each redrive that waits, once."""
        make_due(self.own)
        for stream_id in self.claimed():
            self.redrives.remove(stream_id)
            waiting = self.parked[stream_id]
            while waiting and not waiting[0].dead:
                error = self.error(waiting[0].event)
                if error is not None:
                    self.fail(stream_id, waiting[0], error)
                    break
                self.done(waiting.pop(0).event)

    def claimed(self) -> list[str]:
        """Work off what is due, one by one; return whose turn it was."""
        due = self.look(DUE)
        for _ in due:
            assert self.worker.work()
        return due

    def fail(self, stream_id: str, first: Parked, error: Exception) -> None:
        first.attempts += 1
        first.dead = is_final(error) or first.attempts > len(parking.BACKOFF_S)
        if not first.dead:
            self.redrives.add(stream_id)

    @rule(most=st.sampled_from([1, 200]))
    def hear_in_an_outage(self, most: int) -> None:
        """Nothing parks: either nothing was there to do, or the source pauses."""
        self.outage = True
        try:
            missing = all_told(self.app)[self.heard :][:most]
            reacted = [each for each in missing if self.would_react(each)]
            try:
                self.consumer.pull_page(pages(self.app, most))
            except Unavailable:
                assert reacted
            else:
                assert not reacted
                self.heard += len(missing)
                for event in missing:
                    self.take(event)
        finally:
            self.outage = False

    def would_react(self, event: Heard) -> bool:
        return event.name == "weight_added" and not self.parked[event.stream_id]

    @precondition(lambda self: any(self.parked.values()))
    @rule(data=st.data())
    def skip(self, data: st.DataObject) -> None:
        stream_id = self.draw_parked(data)
        first = self.parked[stream_id].pop(0)
        parking.skip(self.consumer.app, "scales", "boxes", first.event.position, "operator")
        self.redrives.add(stream_id)

    @precondition(lambda self: any(self.parked.values()))
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        stream_id = self.draw_parked(data)
        parking.retry(self.consumer.app, "scales", "boxes", stream_id)
        first = self.parked[stream_id][0]
        first.attempts, first.dead = 0, False
        self.redrives.add(stream_id)

    def draw_parked(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(each for each in self.parked if self.parked[each])))

    @invariant()
    def what_is_parked_is_the_models(self) -> None:
        expected = [
            (each.event.position, each.attempts, each.dead)
            for waiting in self.parked.values()
            for each in waiting
        ]
        assert parked(self.own) == sorted(expected)

    @invariant()
    def effects_are_the_models(self) -> None:
        assert self.look(WEIGHED) == self.effects

    @invariant()
    def what_can_be_tried_again_will_be_and_once(self) -> None:
        assert self.look(WAITING) == sorted(self.redrives)
        for stream_id, waiting in self.parked.items():
            assert not waiting or waiting[0].dead or stream_id in self.redrives


def test_each_stream_keeps_its_order_whatever_fails_and_whoever_helps(
    postgres_server: Server,
) -> None:
    machines.run(lambda: Parking(postgres_server), percent=6)
