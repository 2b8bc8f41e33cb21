"""The help with which reactions are tested: it fails where the reaction does another thing."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.domain import Decider, value
from chassis.errors import Rejected
from chassis.hearing.reacting import Reaction
from chassis.testing.heard import HEARD_AT, SUBJECT, TOLD_AT, Hearing, heard
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.service import Service

BOX, LID = UUID(int=1), UUID(int=2)


@value
class Filled:
    by: int


@value
class Fill:
    by: int


@value
class Box:
    full: int
    workspace_id: None = None


@value
class Told:
    by: int


def decide(box: Box | None, command: Fill) -> list[Filled]:
    full = box.full if box else 0
    if full + command.by > 9:
        raise Rejected("boxes.too_full")
    return [Filled(by=command.by)] if command.by else []


def evolve(box: Box | None, event: Filled) -> Box:
    return Box(full=(box.full if box else 0) + event.by)


decider = Decider(name="box", decide=decide, evolve=evolve, events=(Filled,), creates=(Fill,))
SERVICE = Service(
    name="boxes",
    version="1",
    deciders=(decider,),
    projections=(),
    outbound=lambda recorded, state: None,
)
SEEN: list[tuple[Unit, Heard]] = []


def fill(unit: Unit, heard: Heard) -> None:
    unit.decide(decider, BOX, Fill(by=heard.event.by))


def look_into_another(unit: Unit, heard: Heard) -> None:
    fill(unit, heard)
    unit.state(decider, LID)


def write_beside(unit: Unit, heard: Heard) -> None:
    unit.execute(text("delete from lids"))


def see(unit: Unit, heard: Heard) -> None:
    SEEN.append((unit, heard))


def hears(by: int, react: Any = fill, declared: tuple[UUID, ...] = (BOX,)) -> Hearing:
    reaction = Reaction(
        source="lids",
        hears=Told,
        react=react,
        streams=lambda heard: [(decider, id) for id in declared],
    )
    return heard(SERVICE, [reaction], Told(by=by))


def test_what_was_decided_is_compared_with_what_was_expected() -> None:
    hears(2).then({(decider, BOX): [Filled(by=2)]})
    hears(0).then_nothing()
    for wrong in ({}, {(decider, BOX): [Filled(by=3)]}, {(decider, LID): [Filled(by=2)]}):
        with pytest.raises(AssertionError):
            hears(2).then(wrong)


def test_the_streams_are_those_that_are_given() -> None:
    hears(2).given({(decider, BOX): [Filled(by=4), Filled(by=4)]}).then_refused("boxes.too_full")
    hears(2).given({(decider, LID): [Filled(by=9)]}).then({(decider, BOX): [Filled(by=2)]})
    with pytest.raises(AssertionError, match="was expected"):
        hears(2).then_refused("boxes.too_full")


def test_a_stream_that_is_neither_declared_nor_expected_may_not_be_read() -> None:
    decided = {(decider, BOX): [Filled(by=2)]}
    with pytest.raises(AssertionError):
        hears(2, declared=()).then(decided)
    with pytest.raises(AssertionError):
        hears(2, look_into_another).then(decided)
    hears(2, look_into_another).reading((decider, LID)).then(decided)
    hears(2, look_into_another, declared=(BOX, LID)).then(decided)
    with pytest.raises(AssertionError):
        hears(2).reading((decider, LID)).then(decided)


def test_two_streams_read_one_by_one_are_not_read_in_one_go() -> None:
    decided = {(decider, BOX): [Filled(by=2)]}
    both = hears(2, look_into_another, declared=())
    with pytest.raises(AssertionError):
        both.reading((decider, BOX), (decider, LID)).then(decided)
    one_by_one = hears(2, look_into_another, declared=())
    one_by_one.reading((decider, BOX)).reading((decider, LID)).then(decided)


def test_an_event_of_somebody_else_is_not_worth_a_read() -> None:
    hears(0, see, declared=()).then_not_even_read()
    with pytest.raises(AssertionError):
        hears(0, see).then_not_even_read()


def test_no_table_is_there_that_was_not_given() -> None:
    with pytest.raises(AssertionError, match="no table is given"):
        hears(2, write_beside).then_nothing()


def test_an_event_that_nobody_hears_is_a_mistake_of_the_test() -> None:
    with pytest.raises(AssertionError, match="boxes does not hear"):
        heard(SERVICE, [], Told(by=2))


def test_the_event_comes_as_a_consumer_has_it() -> None:
    SEEN.clear()
    hears(2, see).then_nothing()
    unit, told = SEEN[0]
    assert (told.source, told.type, told.event) == ("lids", "lids.told", Told(by=2))
    assert (told.time, told.stream_id) == (TOLD_AT, f"subject-{SUBJECT}")
    assert (unit.call.at, str(unit.call.actor)) == (HEARD_AT, "service:boxes")
