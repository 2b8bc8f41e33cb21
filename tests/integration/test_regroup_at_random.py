"""One, two, three and again one member under traffic, killed at random: nothing lost or doubled."""

import itertools
import os
import random
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from uuid import UUID

import pytest

from chassis.broker.link import Link
from chassis.broker.rabbit import Publisher
from chassis.broker.relay import relay
from chassis.errors import Conflict, Unavailable
from chassis.hearing import member
from chassis.hearing.member import ALONE, Member
from chassis.running.regroup import regroup
from chassis.unit.handling import App
from integration.stages import boxes, group_members, scales
from integration.stages.box_database import Database, call, database, number_all, open_box, person
from integration.stages.box_hearers import make_due, parked
from integration.stages.group_members import (
    UNSTEADY,
    Boxes,
    Process,
    cursors,
    effects,
    expected,
    has_queue,
    whole_feed,
)
from servers.postgres import Server
from servers.rabbit import Broker
from waiting import until

WORKSPACES = range(1, 7)
ROUND = 200  # things that are put into as many boxes before others are opened
EFFECTS, KILLS = 40, 2
DEADLINE_S = 120.0


@pytest.fixture
def source(postgres_server: Server) -> Iterator[App]:
    with database(postgres_server) as own, own.app() as app:
        yield app


@pytest.fixture
def hearer(postgres_server: Server) -> Iterator[Database]:
    with database(postgres_server) as own:
        yield own


@contextmanager
def traffic(source: App, uri: str) -> Iterator[None]:
    """Tell of things put into boxes of several workspaces in turns, from now on until the end."""
    over = threading.Event()

    def tell() -> None:
        chance = random.Random(1)
        with closing(Publisher(uri, "boxes")) as publisher:
            for turn in itertools.count():
                if turn % ROUND == 0:
                    opened = [(open_box(source, "", UUID(int=own)), own) for own in WORKSPACES]
                box_id, own = chance.choice(opened)
                thing = boxes.PutIn(thing=str(turn), weight_g=1)
                source.handle(boxes.box, box_id, thing, call(person(UUID(int=own))))
                number_all(source)
                with suppress(Unavailable):  # a machine that is too busy; it is told the next time
                    relay(source.engine, publisher)
                if over.wait(chance.uniform(0, 0.05)):
                    return

    with ThreadPoolExecutor(1) as thread:
        told = thread.submit(tell)
        try:
            yield
        finally:
            over.set()
            told.result()  # what has ended it, if nothing more was told


class Group:
    """The processes of a group, one for each member and one that stands by, as an operator sees."""

    def __init__(self, source: App, hearing: App, hearer: Database, uri: str) -> None:
        self.source, self.hearing, self.hearer, self.uri = source, hearing, hearer, uri
        self.chance, self.levelled = random.Random(2), 0

    def work(self, of: int) -> None:
        """Let members hear and be killed in the middle of it; then end them, one way or another."""
        running = [self.process(own) for own in member.members(of)]
        running.append(self.process(running[0].own))
        for _ in range(KILLS):
            before = self.count()
            until(lambda before=before: self.count() >= before + EFFECTS, DEADLINE_S, "effects")  # type: ignore[misc]
            make_due(self.hearer)
            victim = running.pop(self.chance.randrange(len(running)))
            victim.kill()
            running.append(self.process(victim.own))
        self.chance.shuffle(running)
        for number, each in enumerate(running):
            each.kill() if number % 2 else each.stop()

    def process(self, own: Member) -> Process:
        return Process(own, self.hearing, self.source, self.uri)

    def count(self) -> int:
        return int(self.hearer.one("select count(*) from events where type = 'Weighed'"))

    def change(self, link: Link, of: int) -> None:
        """Give the group so many members, once the broker has seen that the old ones are gone."""

        def changed() -> bool:
            sources = {"boxes": [UNSTEADY]}
            peer = Boxes(self.source)
            try:
                done = list(regroup(self.hearing, sources, lambda _: peer, link, of, "kari"))
            except Conflict as error:
                assert error.code == "chassis.still_heard"
                return False
            self.levelled += len(done) - 1
            return True

        until(changed, what="another number of members")


@pytest.mark.long
def test_the_number_of_members_changes_under_traffic_and_each_effect_is_there_once(
    broker: Broker, source: App, hearer: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # of what they are forked from
    group_members.FORKING.set_forkserver_preload([group_members.__name__])
    with ExitStack() as ending:
        uri = ending.enter_context(broker.vhost())
        link = ending.enter_context(closing(Link(uri, lambda channel: None)))
        hearing = ending.enter_context(hearer.app(scales.SERVICE))
        group = Group(source, hearing, hearer, uri)
        with traffic(source, uri):
            for of in (1, 2, 3, 1):
                group.change(link, of)
                group.work(of)
        last = group.process(ALONE)
        head = whole_feed(source)[-1].position

        def settled() -> bool:
            make_due(hearer)
            return cursors(hearer) == {"scales": head} and not parked(hearer)

        until(settled, DEADLINE_S, "the head")
        last.stop()
        former = [each.consumer("scales") for of in (2, 3) for each in member.members(of)]
        assert [each for each in former if has_queue(link, each)] == []
    assert effects(hearer, source) == expected(source)
    assert group.levelled > 0
