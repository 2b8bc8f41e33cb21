"""`regroup`: another number of members for those of a service that hear, while none of them does.

Members that lag behind are let hear up to where the furthest stands; then all cursors are replaced
in one transaction. Whatever fails or ends on the way, doing it again goes on from there.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import amqp

from chassis.broker import queues, rabbit
from chassis.broker.link import Link
from chassis.errors import Conflict, ServiceError
from chassis.hearing import groups, member
from chassis.hearing.inbox import Consumer
from chassis.hearing.reacting import Reaction
from chassis.port import Port
from chassis.running import process
from chassis.running.parts import Peers
from chassis.settings import Misconfigured
from chassis.unit.handling import App

LET_GO_S = 1.0  # the broker takes a moment to see that who has just ended hears no more
LOOK_S = 0.05

Sources = Mapping[str, Iterable[Reaction]]  # the reactions by the service they hear


def run(service: str, chosen: argparse.Namespace) -> int:
    """Do it and say what was done; return 1, with the members as they were, if it cannot be."""
    with ExitStack() as ending:
        try:
            built = process.build(service, ending)
            link = Link(built.given.amqp_uri, lambda channel: None)
            ending.callback(link.close)
            app, sources = built.parts.app, built.parts.sources()
            for done in regroup(app, sources, built.rpc.port, link, chosen.members, chosen.who):
                print(done)
        except (Misconfigured, ServiceError, OSError) as error:
            print(f"{service} regroup: {error}", file=sys.stderr)
            return 1
    return 0


def regroup(
    app: App, sources: Sources, peers: Peers, link: Link, of: int, who: str
) -> Iterator[str]:
    """Let a service have `of` members; yield what was done.

    Raises `Conflict("chassis.still_heard")` while a member hears, what `groups.replace` and
    `Consumer.pull` raise, and `Misconfigured` for a number that cannot be.
    """
    member.require(of)
    group = app.service.name
    standing = {source: groups.standing(app, group, source) for source in sources}
    changing = {source: rows for source, rows in standing.items() if len(rows) != of}
    former = [
        queues.queue(each.consumer, source).name
        for source, rows in changing.items()
        for each in rows
    ]
    with link.channel() as channel:
        heard = _heard(channel, former)
        patience = time.monotonic() + LET_GO_S
        while heard and time.monotonic() < patience:
            time.sleep(LOOK_S)
            heard = _heard(channel, heard)
    if heard:
        reason = f"stop the work processes first: they hear {', '.join(heard)}"
        raise Conflict("chassis.still_heard", reason, retryable=False)
    for source in changing:
        yield from _level(app, source, sources[source], peers(source))
    with link.channel() as channel:
        # now, as nobody would know of them later; what they hold is in the sources' feeds
        for name in former:
            channel.queue_delete(name)
    groups.replace(app, group, changing, of, who)
    yield f"{group} hears as {', '.join(each.consumer(group) for each in member.members(of))}"


def _heard(channel: amqp.Channel, names: list[str]) -> list[str]:
    return [name for name in names if rabbit.count_hearers(channel, name)]


def _level(app: App, source: str, reactions: Iterable[Reaction], port: Port) -> Iterator[str]:
    """Let the members that lag hear up to where the furthest stands."""
    group = app.service.name
    rows = groups.standing(app, group, source)
    stands = {each.consumer: each.position for each in rows}
    furthest = max(stands.values(), default=0)

    def read(after: Mapping[str, Any]) -> Mapping[str, Any]:
        page = port.call("events_read", after=after)
        return {**page, "items": [each for each in page["items"] if each["position"] <= furthest]}

    for own in member.members(len(rows)):
        name = own.consumer(group)
        if stands[name] < furthest:
            Consumer(app, source, reactions, member=own).pull(read)
            yield f"{name} has heard {source} from {stands[name]} to {furthest}"
