"""A consumer group: its members share the streams, change together, and lose or double nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.errors import Conflict, NotFound, Rejected
from chassis.hearing import forks, groups, member, parking
from chassis.hearing.cursors import Cursor
from chassis.hearing.inbox import Consumer
from chassis.hearing.member import ALONE, Member
from chassis.jobs.jobs import Worker
from chassis.unit import feed
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.feed import START
from chassis.unit.handling import App
from integration.stages import boxes, scales
from integration.stages.box_database import (
    MINE,
    Database,
    all_at_once,
    call,
    database,
    number_all,
    put_in,
)
from integration.stages.box_hearers import (
    all_told,
    at,
    make_due,
    pack,
    pages,
    parked,
    redrive,
    restore,
    tally,
    told_at,
)
from integration.stages.group_members import cursors, effects, expected
from servers.postgres import Server

FIRST, SECOND = member.members(2)
BAD = 13


@pytest.fixture
def hearer(postgres_server: Server) -> Iterator[Database]:
    with database(postgres_server) as own:
        yield own


@pytest.fixture
def hearing(hearer: Database) -> Iterator[App]:
    with hearer.app(scales.SERVICE) as app:
        yield app


class Moods:
    """The scales' reaction, which fails at a bad weight for as long as its mood is bad."""

    def __init__(self) -> None:
        self.bad, self.tried = True, list[str]()

    def weigh(self, unit: Unit, event: Heard) -> object:
        self.tried.append(event.stream_id)
        if self.bad and event.event.weight_g == BAD:
            raise ValueError("the scales show nothing")
        return scales.weigh(unit, event)


@pytest.fixture
def moods() -> Moods:
    return Moods()


Make = Callable[[Member], Consumer]


@pytest.fixture
def make(hearing: App, moods: Moods) -> Make:
    """Make a member's consumer as its process does."""
    reactions = [replace(scales.WEIGHT_ADDED, react=moods.weigh)]
    return lambda own: Consumer(hearing, "boxes", reactions, member=own)


def box_of(app: App, own: Member, weights: list[int]) -> str:
    """Pack a box that is this member's to hear of; return its stream."""
    box_id = next(each for each in iter(uuid4, None) if own.owns(f"box-{each}"))
    command = boxes.OpenBox(workspace_id=MINE, label=str(box_id))
    app.handle(boxes.box, box_id, command, call())
    for number, weight_g in enumerate(weights):
        put_in(app, box_id, str(number), weight_g)
    number_all(app)
    return f"box-{box_id}"


def change(hearing: App, of: int) -> None:
    groups.replace(hearing, "scales", ["boxes"], of, "kari")


def forgot(after: Mapping[str, Any]) -> Mapping[str, Any]:
    raise Conflict("chassis.forked", retryable=False)


def test_each_member_hears_all_and_acts_on_the_streams_of_its_own(
    app: App, hearer: Database, moods: Moods, make: Make
) -> None:
    for _ in range(8):
        pack(app, [1, 2, 3])
    head = all_told(app)[-1].position
    make(FIRST).pull(pages(app))
    assert cursors(hearer) == {"scales.1of2": head, "scales.2of2": 0}
    assert set(moods.tried) == {each for each in expected(app) if FIRST.owns(each)}
    make(SECOND).pull(pages(app))
    assert cursors(hearer) == {"scales.1of2": head, "scales.2of2": head}
    assert effects(hearer, app) == expected(app)
    assert len(moods.tried) == 24
    for own in (FIRST, SECOND):
        assert make(own).accept(all_told(app))  # heard again
    assert tally(hearer) == (24, 48)


def test_members_that_meet_in_one_stream_of_the_hearer_lose_nothing_there(
    app: App, hearer: Database, make: Make
) -> None:
    for _ in range(6):
        pack(app, [1] * 15)
    members = [make(each) for each in member.members(3)]
    # all of them add to the workspace's one tally
    results = all_at_once([partial(each.pull, pages(app, most=5)) for each in members])
    assert results == [6 * 16] * 3
    assert tally(hearer) == (90, 90)
    assert effects(hearer, app) == expected(app)
    assert parked(hearer) == []


def test_with_another_number_of_members_an_event_has_its_effects_under_the_same_ids(
    app: App, hearer: Database, hearing: App, make: Make
) -> None:
    pack(app, [1, 2])
    make(ALONE).pull(pages(app))
    alone = hearer.rows("select event_id, meta->>'call' from events order by seq")
    hearer.change("alter table events disable trigger user")
    hearer.change("delete from pending; delete from events; delete from tally; delete from cursors")
    for own in member.members(3):
        make(own).pull(pages(app))
    assert hearer.rows("select event_id, meta->>'call' from events order by seq") == alone
    hearer.change("alter table events enable trigger user")


def test_an_event_that_fails_is_parked_by_its_streams_member_and_the_other_goes_on(
    app: App, hearer: Database, moods: Moods, make: Make
) -> None:
    bad = box_of(app, SECOND, [1, BAD, 3])
    box_of(app, FIRST, [5])
    for own in (FIRST, SECOND):
        make(own).pull(pages(app))
    rows = hearer.rows("select distinct consumer, stream_id from parked")
    assert rows == [("scales.2of2", bad)]
    (args,) = hearer.rows("select args from jobs where kind = 'redrive'")
    assert args == ({"consumer": "scales", "source": "boxes", "stream_id": bad},)
    moods.bad = False
    assert redrive(hearer, make(FIRST)) == 1  # the job is whoever's takes it first
    assert parked(hearer) == []
    assert effects(hearer, app) == expected(app)


def test_what_is_parked_is_handed_over_and_later_events_of_its_stream_wait_behind_it(
    app: App, hearer: Database, hearing: App, moods: Moods, make: Make
) -> None:
    bad = [box_of(app, own, [1, BAD, 3]) for own in (FIRST, SECOND)]
    for own in (FIRST, SECOND):
        make(own).pull(pages(app))
    for of in (3, 1, 2):
        change(hearing, of)
        for stream_id in bad:
            (owner,) = hearer.rows(
                "select distinct consumer from parked where stream_id = %(id)s", id=stream_id
            )
            assert owner == (member.owner(stream_id, of).consumer("scales"),)
        make_due(hearer)
        Worker(hearing, [parking.kind([make(member.members(of)[0])])]).work()  # in vain
    assert max(attempts for _, attempts, _ in parked(hearer)) > 1
    put_in(app, UUID(bad[0].removeprefix("box-")), "later", 7)
    number_all(app)
    for own in (FIRST, SECOND):
        make(own).pull(pages(app))
    assert len(parked(hearer)) == 5
    moods.bad = False
    parking.retry(hearing, FIRST.consumer("scales"), "boxes", bad[0])
    assert redrive(hearer, make(SECOND)) == 2
    assert parked(hearer) == []
    assert effects(hearer, app) == expected(app)


def test_a_crash_loop_parks_nothing_of_another_members(
    app: App, hearer: Database, make: Make
) -> None:
    stream_id = box_of(app, FIRST, [1])
    first = next(each for each in all_told(app) if each.stream_id == stream_id)
    make(SECOND).accept([each for each in all_told(app) if each.position < first.position])
    for _ in range(9):
        hearer.change("update cursors set tries = 9")  # processes that died there
        make(SECOND).pull(pages(app))
    assert parked(hearer) == []
    assert cursors(hearer)["scales.2of2"] == all_told(app)[-1].position


def test_a_process_that_is_no_member_refuses_to_hear(hearer: Database, make: Make) -> None:
    make(SECOND)
    for stranger in (ALONE, *member.members(3)):
        with pytest.raises(Conflict, match=r"not_a_member.* scales\.1of2, scales\.2of2"):
            make(stranger)
    make(FIRST)
    assert cursors(hearer) == {"scales.1of2": 0, "scales.2of2": 0}


def test_of_members_of_two_groups_that_start_at_once_those_of_one_stay(
    hearer: Database, make: Make
) -> None:
    works = [partial(make, own) for of in (1, 2, 3) for own in member.members(of)]
    made = all_at_once(works)
    begun = [each for each in made if isinstance(each, Consumer)]
    (of,) = {each.member.of for each in begun}
    assert list(cursors(hearer)) == [each.consumer("scales") for each in member.members(of)]
    assert all(isinstance(each, Conflict | Consumer) for each in made)


def test_a_member_that_is_no_more_hears_nothing_and_makes_no_cursor(
    app: App, hearer: Database, hearing: App, make: Make
) -> None:
    old = make(ALONE)
    old.pull(pages(app))
    stands = cursors(hearer)["scales"]
    change(hearing, 2)
    assert cursors(hearer) == {"scales.1of2": stands, "scales.2of2": stands}
    pack(app, [1])
    hears: list[Callable[[], object]] = [
        old.stopped,
        partial(old.pull, pages(app)),
        partial(old.accept, all_told(app)),
    ]
    for hear in hears:
        with pytest.raises(NotFound, match="no scales hears boxes"):
            hear()
    assert (cursors(hearer), tally(hearer)) == (
        {"scales.1of2": stands, "scales.2of2": stands},
        (0, 0),
    )


def test_a_member_does_not_go_back_to_what_only_another_has_heard_since(
    app: App, own: Database, hearer: Database, hearing: App, make: Make
) -> None:
    box_of(app, SECOND, [1])
    members = {each: make(each) for each in (FIRST, SECOND)}
    for each in members.values():
        each.pull(pages(app))
    known = all_told(app)[-1].position
    for whose, weight_g in ((FIRST, 2), (SECOND, 3)):
        box_of(app, whose, [weight_g])
    for each in members.values():
        each.pull(pages(app))
    restore(own, known)
    for whose, weight_g in ((SECOND, 4), (FIRST, 5)):
        box_of(app, whose, [weight_g])
    for whose in (FIRST, SECOND):
        forks.stop(members[whose], pages(app))
        forks.resume(hearing, members[whose].name, "boxes", "kari", told_at(app))
        members[whose].pull(pages(app))
    assert tally(hearer) == (5, 1 + 2 + 3 + 4 + 5)


def test_the_number_of_members_stays_while_they_stand_at_several_positions(
    app: App, hearer: Database, hearing: App, make: Make
) -> None:
    pack(app, [1])
    make(FIRST).pull(pages(app))
    before = cursors(hearer)
    with pytest.raises(Conflict, match=r"members_apart.*scales\.1of2 at [0-9]+, scales\.2of2 at 0"):
        change(hearing, 3)
    assert cursors(hearer) == before
    make(SECOND).pull(pages(app))
    change(hearing, 3)
    assert set(cursors(hearer).values()) == {before["scales.1of2"]}
    ((who, details),) = hearer.rows("select who, details from audit")
    assert who == "kari"
    assert details == {
        "group": "scales",
        "source": "boxes",
        "from": 2,
        "to": 3,
        "position": before["scales.1of2"],
    }


def test_no_source_changes_while_the_members_of_another_are_apart(
    app: App, hearer: Database, hearing: App, make: Make
) -> None:
    pack(app, [1])
    make(FIRST).pull(pages(app))
    Consumer(hearing, "abacus", [], member=FIRST)
    with pytest.raises(Conflict, match="members_apart"):
        groups.replace(hearing, "scales", ["abacus", "boxes"], 1, "kari")
    names = hearer.rows("select consumer from cursors where source = 'abacus' order by consumer")
    assert names == [("scales.1of2",), ("scales.2of2",)]


def test_two_who_change_the_number_at_once_do_it_one_after_the_other(
    app: App, hearer: Database, hearing: App, make: Make
) -> None:
    pack(app, [1])
    make(ALONE).pull(pages(app))
    head = cursors(hearer)["scales"]
    all_at_once([partial(change, hearing, of) for of in (2, 3, 4, 5)])
    of = len(cursors(hearer))
    assert cursors(hearer) == {each.consumer("scales"): head for each in member.members(of)}
    assert len(hearer.rows("select 1 from audit")) == 4


def test_a_group_that_nobody_has_begun_begins_with_as_many_as_it_is_given(
    hearer: Database, hearing: App
) -> None:
    change(hearing, 2)
    rows = hearer.rows("select consumer, position, event_id::text from cursors order by consumer")
    assert rows == [(each, *START.values()) for each in ("scales.1of2", "scales.2of2")]


def test_a_fork_stops_the_member_that_heard_what_is_forgotten_and_no_other(
    app: App, hearer: Database, hearing: App, make: Make
) -> None:
    pack(app, [1])
    box_of(app, FIRST, [2])
    box_of(app, SECOND, [3])
    members = {own: make(own) for own in (FIRST, SECOND)}
    for each in members.values():
        each.pull(pages(app))
    events = all_told(app)
    known = events[-1]

    def read(after: Mapping[str, Any]) -> Mapping[str, Any]:
        if after["position"] > known.position:
            raise Conflict("chassis.forked", retryable=False)
        return app.query(lambda db: feed.read(db, "boxes", after).reply())

    lost = box_of(app, FIRST, [4])
    members[FIRST].pull(pages(app))
    forks.stop(members[FIRST], read)
    assert members[FIRST].stopped() and not members[SECOND].stopped()
    with pytest.raises(Conflict, match="members_apart"):
        change(hearing, 1)
    with pytest.raises(Rejected, match="not_stopped"):
        forks.resume(hearing, "scales.2of2", "boxes", "kari", told_at(app))
    found = forks.resume(hearing, "scales.1of2", "boxes", "kari", lambda forgot: {})
    own = [each for each in events if FIRST.owns(each.stream_id)]
    caused = [each.position for each in own if each.name == "weight_added"]
    assert found["last_known"]["position"] == max(caused)
    assert {each["heard"]["position"] for each in found["lost"]} == {
        each.position
        for each in all_told(app)
        if each.stream_id == lost and each.name == "weight_added"
    }
    for each in members.values():
        each.pull(pages(app))
    assert effects(hearer, app) == expected(app)  # what is told again has no effect twice
    change(hearing, 1)
    assert cursors(hearer) == {"scales": all_told(app)[-1].position}
    assert hearer.one("select forked from cursors")  # it is kept whatever the members are


def test_the_number_of_members_stays_while_the_source_is_stopped(
    app: App, hearer: Database, hearing: App, make: Make
) -> None:
    pack(app, [1])
    alone = make(ALONE)
    alone.pull(pages(app))
    forks.stop(alone, forgot)
    with pytest.raises(Conflict, match=r"members_apart.*scales at [0-9]+ \(stopped\)"):
        change(hearing, 2)
    assert list(cursors(hearer)) == ["scales"]


def test_a_place_is_its_members_alone(app: App, hearing: App, make: Make) -> None:
    pack(app, [1])
    make(FIRST).pull(pages(app))
    stands = Cursor(hearing, "scales.1of2", "boxes").stands()
    assert (stands.position, stands.stopped) == (at(all_told(app)[-1])["position"], None)
    with pytest.raises(NotFound):
        Cursor(hearing, "scales.1of3", "boxes").stands()
