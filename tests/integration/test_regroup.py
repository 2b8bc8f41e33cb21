"""`regroup` with a broker: not while somebody hears; who lags is brought on; old queues go."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from threading import Timer

import kombu
import pytest

from chassis.broker import queues, rabbit
from chassis.broker.link import Link
from chassis.broker.rabbit import Publisher
from chassis.broker.relay import relay
from chassis.errors import Conflict, NotFound, Unavailable
from chassis.hearing import groups, member
from chassis.hearing.inbox import Consumer
from chassis.hearing.live import Hearing
from chassis.hearing.member import ALONE, Member
from chassis.running.regroup import regroup
from chassis.settings import Misconfigured
from chassis.unit.handling import App
from integration.stages import scales
from integration.stages.box_database import Database, database
from integration.stages.box_hearers import all_told, pack
from integration.stages.group_members import (
    Boxes,
    cursors,
    effects,
    expected,
    has_queue,
    hearing_of,
)
from servers.postgres import Server
from servers.rabbit import Broker
from waiting import until

FIRST, SECOND = member.members(2)


@pytest.fixture
def source(postgres_server: Server) -> Iterator[App]:
    with database(postgres_server) as own, own.app() as app:
        yield app


@pytest.fixture
def hearer(postgres_server: Server) -> Iterator[Database]:
    with database(postgres_server) as own:
        yield own


@pytest.fixture
def app(hearer: Database) -> Iterator[App]:
    with hearer.app(scales.SERVICE) as app:
        yield app


@pytest.fixture(scope="module")
def vhost(broker_or_none: Broker | None) -> Iterator[str | None]:
    if broker_or_none is None:
        yield None
        return
    with broker_or_none.vhost() as uri:
        yield uri


@pytest.fixture
def uri(broker: Broker, vhost: str | None) -> str:
    """A broker without a queue of the group's."""
    assert vhost is not None
    with kombu.Connection(vhost) as connection:
        for own in itertools.chain.from_iterable(map(member.members, (1, 2, 3))):
            queues.queue(own.consumer("scales"), "boxes").bind(connection).delete()
    return vhost


@pytest.fixture
def link(uri: str) -> Iterator[Link]:
    with closing(Link(uri, lambda channel: None)) as link:
        yield link


class Away:
    """A source that does not answer."""

    def call(self, method: str, /, **arguments: object) -> object:
        raise Unavailable("boxes.away")


Change = Callable[..., list[str]]


@pytest.fixture
def change(app: App, source: App, link: Link) -> Change:
    def changed(of: int, away: bool = False) -> list[str]:
        port = Away() if away else Boxes(source)
        sources = {"boxes": [scales.WEIGHT_ADDED]}
        return list(regroup(app, sources, lambda _: port, link, of, "kari"))

    return changed


@pytest.fixture
def hears(app: App, source: App, uri: str) -> Callable[..., Hearing]:
    """Let a member's queue be there, and all be heard that was told."""

    def hearing(own: Member, **given: int) -> Hearing:
        consumer = Consumer(app, "boxes", [scales.WEIGHT_ADDED], member=own)
        made = hearing_of(consumer, source, uri, **given)
        while made.turn(0):
            pass
        return made

    return hearing


def tell(source: App, uri: str, weights: list[int]) -> None:
    pack(source, weights)
    with closing(Publisher(uri, "boxes")) as publisher:
        while relay(source.engine, publisher):
            pass


def test_the_number_of_members_stays_while_one_of_them_hears_or_stands_by(
    hearer: Database, source: App, uri: str, change: Change, hears: Callable[..., Hearing]
) -> None:
    tell(source, uri, [1, 2])
    with closing(hears(ALONE)), closing(hears(ALONE)) as standby:
        before = cursors(hearer)
        with pytest.raises(Conflict, match=r"still_heard.*they hear scales\.hears\.boxes$"):
            change(2)
        standby.close()
        with pytest.raises(Conflict, match="still_heard"):
            change(2)
        assert cursors(hearer) == before


def test_a_member_that_ends_this_moment_is_waited_for(
    hearer: Database, source: App, change: Change, hears: Callable[..., Hearing]
) -> None:
    ending = Timer(0.3, hears(ALONE).close)
    ending.start()
    assert change(2) == ["scales hears as scales.1of2, scales.2of2"]
    ending.join()
    assert set(cursors(hearer)) == {"scales.1of2", "scales.2of2"}


def test_who_lags_hears_up_to_the_furthest_and_the_old_queues_are_gone(
    hearer: Database,
    source: App,
    app: App,
    uri: str,
    link: Link,
    change: Change,
    hears: Callable[..., Hearing],
) -> None:
    for own in (FIRST, SECOND):
        hears(own).close()
    for _ in range(8):
        tell(source, uri, [1, 2, 3])
    reached = all_told(source)[25].position
    furthest = Consumer(app, "boxes", [scales.WEIGHT_ADDED], member=SECOND)
    furthest.accept(all_told(source)[:26])
    with pytest.raises(Unavailable, match="away"):
        change(3, away=True)
    assert cursors(hearer) == {"scales.1of2": 0, "scales.2of2": reached}
    assert has_queue(link, "scales.1of2") and has_queue(link, "scales.2of2")
    assert change(3) == [
        f"scales.1of2 has heard boxes from 0 to {reached}",
        "scales hears as scales.1of3, scales.2of3, scales.3of3",
    ]
    assert cursors(hearer) == {f"scales.{number}of3": reached for number in (1, 2, 3)}
    assert not has_queue(link, "scales.1of2") and not has_queue(link, "scales.2of2")
    for own in member.members(3):
        hears(own).close()
    assert effects(hearer, source) == expected(source)
    assert change(1, away=True) == ["scales hears as scales"]  # all are level: nobody is asked
    hears(ALONE).close()
    assert effects(hearer, source) == expected(source)


def test_a_hearing_whose_member_is_no_more_lets_go_of_its_queue_and_makes_none(
    hearer: Database,
    source: App,
    uri: str,
    link: Link,
    change: Change,
    hears: Callable[..., Hearing],
) -> None:
    tell(source, uri, [1])
    hearing = hears(ALONE)
    hearing.receiver.close()  # as the broker sees it, it has gone
    change(2)
    tell(source, uri, [2])
    for _ in range(3):
        with pytest.raises(NotFound, match="no scales hears boxes"):
            hearing.turn(0)
    assert not has_queue(link, "scales")
    assert list(cursors(hearer)) == ["scales.1of2", "scales.2of2"]


def test_a_hearing_that_was_at_its_queue_leaves_it(
    app: App, link: Link, hears: Callable[..., Hearing]
) -> None:
    # one that was only silent would be there still
    hearing = hears(ALONE, heartbeat_s=600)
    name = queues.queue("scales", "boxes").name
    with link.channel() as channel:
        assert rabbit.count_hearers(channel, name) == 1
        groups.replace(app, "scales", ["boxes"], 2, "kari")
        with suppress(NotFound):
            hearing.turn(0)
        until(lambda: rabbit.count_hearers(channel, name) == 0)
        assert rabbit.count_hearers(channel, "no-such-queue") == 0


def test_the_same_number_again_changes_nothing(
    hearer: Database, source: App, uri: str, change: Change, hears: Callable[..., Hearing]
) -> None:
    tell(source, uri, [1])
    with closing(hears(SECOND)):
        before = cursors(hearer)
        change(2, away=True)
        assert cursors(hearer) == before
    assert hearer.rows("select 1 from audit") == []


@pytest.mark.parametrize("of", [0, -1, 17])
def test_a_group_of_so_many_there_cannot_be(change: Change, of: int) -> None:
    with pytest.raises(Misconfigured, match="1 to 16 members"):
        change(of)
