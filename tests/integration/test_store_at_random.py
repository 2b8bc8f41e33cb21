"""Units at random against a dict of lists: versions, several streams, rollbacks, repeats.

A long run: see `machines`.
"""

from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.asked import Written
from chassis.errors import Conflict, NotFound, Rejected
from chassis.unit import store
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from integration.stages import boxes, machines
from integration.stages.box_database import MINE, call, database
from servers.postgres import Server

BOXES = [UUID(int=number) for number in range(1, 5)]
some_box = st.sampled_from(BOXES)
some_boxes = st.lists(some_box, min_size=1, max_size=4)
SHOWN = text("select id, things from box")
COUNTED = text(
    "select (select coalesce(sum(cardinality(seqs)), 0) from pending),"
    " (select count(*) from events), (select count(*) from commands)"
)
by_how_much = st.sampled_from([-2, -1, 1, 2])


class Regret(Exception):
    """Raised at the end of a unit that shall leave nothing."""


class Store(RuleBasedStateMachine):
    def __init__(self, server: Server) -> None:
        super().__init__()
        self.opened = ExitStack()
        own = self.opened.enter_context(database(server))
        self.app = self.opened.enter_context(own.app(connections=2))
        self.model: dict[UUID, list[str]] = {}  # by box: a name for each of its events
        self.replies: list[tuple[Call, UUID, Any]] = []

    def teardown(self) -> None:
        self.opened.close()

    def put(self, unit: Unit, box_id: UUID, thing: str) -> int:
        if unit.state(boxes.box, box_id) is None:
            command: Any = boxes.OpenBox(workspace_id=MINE, label=str(box_id))
        else:
            command = boxes.PutIn(thing=thing, weight_g=1)
        return unit.decide(boxes.box, box_id, command).version

    @rule(box_ids=some_boxes)
    def one_unit(self, box_ids: list[UUID]) -> None:
        things = [(box_id, str(uuid4())) for box_id in box_ids]

        def work(unit: Unit) -> dict[str, Any]:
            return {"versions": [self.put(unit, *each) for each in things]}

        expected = []
        for box_id, thing in things:
            self.model.setdefault(box_id, []).append(thing)
            expected.append(len(self.model[box_id]))
        assert self.app.answer(call(), work) == {"versions": expected}

    @rule(box_ids=some_boxes)
    def one_that_is_regretted(self, box_ids: list[UUID]) -> None:
        def work(unit: Unit) -> dict[str, Any]:
            for box_id in box_ids:
                self.put(unit, box_id, str(uuid4()))
            unit.write()  # all of it is in the database; only the commit is missing
            raise Regret

        with pytest.raises(Regret):
            self.app.answer(call(), work)

    @rule(box_ids=some_boxes)
    def one_that_a_rule_refuses_at_its_end(self, box_ids: list[UUID]) -> None:
        def work(unit: Unit) -> Written:
            for box_id in box_ids:
                self.put(unit, box_id, str(uuid4()))
            return unit.decide(boxes.box, uuid4(), boxes.Seal()).written

        with pytest.raises(NotFound):
            self.app.answer(call(), work)

    @rule(box_id=some_box, keyed=st.booleans())
    def a_command_that_expects_the_version(self, box_id: UUID, keyed: bool) -> None:
        version = len(self.model.get(box_id, []))
        thing = str(uuid4())
        same = call(keyed=keyed, body=thing, expected_version=version)
        reply = self.app.answer(same, lambda unit: {"version": self.put(unit, box_id, thing)})
        self.model.setdefault(box_id, []).append(thing)
        assert reply == {"version": version + 1}
        if keyed:
            self.replies.append((same, box_id, reply))

    @rule(box_id=some_box, off=by_how_much)
    def a_command_that_expects_another(self, box_id: UUID, off: int) -> None:
        wrong = call(expected_version=len(self.model.get(box_id, [])) + off)
        with pytest.raises(Conflict):
            self.app.answer(wrong, lambda unit: {"version": self.put(unit, box_id, "never")})

    @precondition(lambda self: self.replies)
    @rule(data=st.data(), other_body=st.booleans())
    def a_repeat(self, data: st.DataObject, other_body: bool) -> None:
        same, box_id, reply = data.draw(st.sampled_from(self.replies))
        if other_body:
            with pytest.raises(Rejected):
                self.app.answer(replace(same, body_sha256="other"), lambda _: {})
            return
        again = self.app.answer(same, lambda unit: {"version": self.put(unit, box_id, "again")})
        assert again == reply

    @rule(box_id=some_box, off=by_how_much, more=st.integers(0, 2))
    def an_append_at_a_wrong_version(self, box_id: UUID, off: int, more: int) -> None:
        first = len(self.model.get(box_id, [])) + 1 + off
        if first < 1:
            return
        records = [
            store.Recorded(
                event_id=uuid4(),
                stream_id=store.stream_name("box", box_id),
                subject=box_id,
                version=first + number,
                event=boxes.BoxSealed(),
                meta=call().meta(MINE),
                recorded_at=call().at,
            )
            for number in range(more + 1)
        ]
        with (
            pytest.raises(DBAPIError, match="lies ahead" if off > 0 else "duplicate key"),
            self.app.engine.begin() as connection,
        ):
            store.append(connection, [(each, None) for each in records], [], None)

    @invariant()
    def streams_and_projections_are_the_models(self) -> None:
        streams = [store.Stream(decider=boxes.box, id=box_id) for box_id in BOXES]
        with self.app.engine.connect() as connection:
            store.read(connection, self.app.codec, streams)
            shown = {row.id: row.things for row in connection.execute(SHOWN)}
            counted = connection.execute(COUNTED).one()
        found = {each.id: (each.version, each.state.things) for each in streams if each.version}
        assert found == {
            box_id: (len(things), set(things[1:])) for box_id, things in self.model.items()
        }
        assert shown == {str(box_id): len(self.model[box_id]) - 1 for box_id in self.model}
        events = sum(len(things) for things in self.model.values())
        assert counted == (events, events, len(self.replies))


def test_units_at_random_leave_what_a_dict_of_lists_holds(postgres_server: Server) -> None:
    machines.run(lambda: Store(postgres_server), percent=8)
