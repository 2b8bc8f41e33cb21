"""One cursor at random: deliveries lost, doubled and shuffled, pages pulled, a source restored.

The model is what the source has told, and where each delivery leaves a cursor. A long run: see
`machines`.
"""

from contextlib import ExitStack
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chassis.hearing import forks
from chassis.hearing.inbox import Consumer
from chassis.unit.envelope import Heard
from chassis.unit.feed import START
from integration.stages import machines, scales
from integration.stages.box_database import database, number_all, open_box, put_in
from integration.stages.box_hearers import all_told, at, pages, restore, told_at
from servers.postgres import Server

HEARERS = 2
MANY = 6  # events of one step
some_hearer = st.integers(0, HEARERS - 1)
WEIGHED = "select (meta->'heard'->>'event_id')::uuid from events order by version"


class Hearers(RuleBasedStateMachine):
    def __init__(self, server: Server) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.teller = self.opened.enter_context(database(server))
        self.app = self.opened.enter_context(self.teller.app(connections=2))
        own = self.opened.enter_context(database(server))
        self.scales = self.opened.enter_context(own.app(scales.SERVICE, connections=2))
        self.consumers = [self.start() for _ in range(HEARERS)]
        self.boxes: list[tuple[UUID, str]] = []  # with the name of their stream
        self.told: list[Heard] = []
        self.sent: dict[UUID, Heard] = {}  # and what a restored source has forgotten
        self.stands: dict[str, Any] = dict(START)
        self.effects: list[UUID] = []
        self.stopped = False

    def teardown(self) -> None:
        self.opened.close()

    def start(self) -> Consumer:
        return Consumer(self.scales, "boxes", [scales.WEIGHT_ADDED])

    def take(self, event: Heard) -> bool:
        """Take an event as the model does; False where one is missing before it."""
        if event.position <= self.stands["position"]:
            return True
        if str(event.previous) != self.stands["event_id"]:
            return False
        if event.name == "weight_added" and event.event_id not in self.effects:
            self.effects.append(event.event_id)
        self.stands = at(event)
        return True

    @rule(count=st.integers(1, MANY), new=st.booleans())
    def tell(self, count: int, new: bool) -> None:
        if new or not self.boxes:
            box_id = open_box(self.app)
            self.boxes.append((box_id, f"box-{box_id}"))
        for number in range(count):
            put_in(self.app, self.boxes[-1][0], f"{len(self.sent)}-{number}")
        number_all(self.app)
        self.told = all_told(self.app)
        self.sent.update((each.event_id, each) for each in self.told)

    @precondition(lambda self: self.sent and not self.stopped)
    @rule(number=some_hearer, data=st.data(), shuffled=st.booleans())
    def deliver(self, number: int, data: st.DataObject, shuffled: bool) -> None:
        """Deliver some of what was ever sent; what is not drawn is lost."""
        sent = list(self.sent.values())
        near = [each for each in sent if abs(each.position - self.stands["position"]) <= MANY]
        some = st.sampled_from(near or sent)
        batch = data.draw(st.lists(some, min_size=1, max_size=MANY))
        if not shuffled:
            batch.sort(key=lambda each: each.position)
        whole = self.consumers[number].accept(batch)
        assert whole == all(self.take(each) for each in batch)

    @precondition(lambda self: self.told and not self.stopped)
    @rule(number=some_hearer)
    def deliver_all_that_is_missing(self, number: int) -> None:
        batch = [each for each in self.told if each.position > self.stands["position"]]
        whole = self.consumers[number].accept(batch)
        assert whole == all(self.take(each) for each in batch)

    @precondition(lambda self: not self.stopped)
    @rule(number=some_hearer, most=st.sampled_from([1, 3, 200]))
    def pull_a_page(self, number: int, most: int) -> None:
        forked = not self.is_known()
        consumer, read = self.consumers[number], pages(self.app, most)
        with forks.noticed(consumer, read):
            consumer.pull_page(read)
            assert not forked
            missing = [each for each in self.told if each.position > self.stands["position"]]
            assert all(self.take(each) for each in missing[:most])
        self.stopped = forked

    @precondition(lambda self: len(self.told) > 1)
    @rule(data=st.data())
    def restore_the_source(self, data: st.DataObject) -> None:
        left = data.draw(st.integers(max(0, len(self.told) - MANY), len(self.told) - 1))
        restore(self.teller, self.told[left - 1].position if left else 0)
        self.told = self.told[:left]
        kept = {each.stream_id for each in self.told if each.name == "box_appeared"}
        self.boxes = [each for each in self.boxes if each[1] in kept]

    @precondition(lambda self: self.stopped)
    @rule()
    def resume(self) -> None:
        """Go on from the last event that had an effect and that the source still knows."""
        found = forks.resume(self.scales, "scales", "boxes", "operator", told_at(self.app))
        known = [each for each in self.told if each.event_id in self.effects]
        known = [each for each in known if each.position <= self.stands["position"]]
        self.stands = at(known[-1]) if known else dict(START)
        assert found["last_known"] == self.stands
        self.stopped = False

    @rule(number=some_hearer)
    def restart(self, number: int) -> None:
        self.consumers[number] = self.start()

    @invariant()
    def cursor_and_effects_are_the_models(self) -> None:
        assert self.consumers[0].cursor() == self.stands
        assert self.consumers[0].stopped() == self.stopped
        with self.scales.engine.connect() as connection:
            effects = connection.exec_driver_sql(WEIGHED).scalars().all()
        assert effects == self.effects

    def is_known(self) -> bool:
        return self.stands == START or self.stands in [at(each) for each in self.told]


def test_a_cursor_takes_each_event_once_in_order_whatever_is_delivered(
    postgres_server: Server,
) -> None:
    machines.run(lambda: Hearers(postgres_server), percent=8)
