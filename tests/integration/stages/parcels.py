"""Two tiny services for tests of the relay: a shop tells of parcels, a depot counts them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import Engine, make_url, text

from chassis.broker.rabbit import Receiver
from chassis.database import postgres, schema_steps
from chassis.domain import Decider, value
from chassis.hearing.inbox import Consumer
from chassis.hearing.reacting import Reaction
from chassis.identity import service_actor
from chassis.unit import feed
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.handling import App
from chassis.unit.service import Service
from chassis.unit.store import Recorded
from servers.postgres import Server

PARCEL, SHELF = UUID(int=1), UUID(int=2)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
WAIT_S = 60.0


@value
class Send:
    number: int


@value
class Weighed:
    number: int


@value
class Sent:
    number: int


@value
class ParcelSent:
    number: int


@value
class Counted:
    workspace_id: UUID | None = None
    count: int = 0


def outbound(recorded: Recorded, state: Any) -> Any:
    match recorded.event:
        case Sent(number=number):
            return ParcelSent(number=number)
    return None


parcel: Decider[Counted, Send, Weighed | Sent] = Decider(
    name="parcel",
    decide=lambda _, command: [Weighed(number=command.number), Sent(number=command.number)],
    evolve=lambda parcel, _: Counted(count=parcel.count + 1 if parcel else 1),
    events=(Weighed, Sent),
    creates=(Send,),
)
shelf: Decider[Counted, Send, Sent] = Decider(
    name="shelf",
    decide=lambda _, command: [Sent(number=command.number)],  # not idempotent: the cursor is
    evolve=lambda shelf, _: Counted(count=shelf.count + 1 if shelf else 1),
    events=(Sent,),
    creates=(Send,),
)


def put_on_shelf(unit: Unit, heard: Heard) -> None:
    unit.decide(shelf, SHELF, Send(number=heard.event.number))


REACTION = Reaction(
    source="shop", hears=ParcelSent, react=put_on_shelf, streams=lambda _: [(shelf, SHELF)]
)


def service(name: str, decider: Decider[Any, Any, Any], *publishes: type[Any]) -> Service:
    return Service(
        name=name,
        version="1",
        deciders=(decider,),
        projections=(),
        outbound=outbound if publishes else lambda recorded, state: None,
        publishes=publishes,
    )


@contextmanager
def database(server: Server, service: str) -> Iterator[Engine]:
    name, role = f"{service}_{uuid4().hex[:8]}", f"{service}_app"
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(f"create role {role}".encode())
        admin.execute(f"create database {name}".encode())
        engine = postgres.engine(make_url(server.admin_url).set(database=name), name=service)
        with engine.begin() as connection:
            schema_steps.upgrade(connection, service)
        yield engine
        engine.dispose()
        admin.execute(f"drop database {name} with (force)".encode())
        admin.execute(f"drop role {role}".encode())


def send(shop: App, *numbers: int) -> None:
    """Let the shop send parcels: two events each, of which one is told."""
    for number in numbers:
        actor = service_actor("shop")
        call = Call(id=uuid4(), at=AT, actor=actor, correlation_id=f"order-{number}")
        shop.handle(parcel, PARCEL, Send(number=number), call)
    while feed.number(shop.engine):
        pass


def told(shop: App, after: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """Return what `events_read` of the shop answers."""
    return shop.query(lambda connection: feed.read(connection, "shop", after).reply())


def receive(receiver: Receiver, count: int) -> list[Heard]:
    """Return as many deliveries; fewer only where no more come."""
    heard: list[Heard] = []
    while len(heard) < count and (batch := receiver.receive(WAIT_S)):
        heard += batch
    return heard


def numbers(events: Iterable[Heard]) -> list[int]:
    return [event.data["number"] for event in events]


def on_shelf(depot: Consumer) -> list[int]:
    """Return the parcels that reached the depot's store, each as often as it was counted."""
    query = text("select (data->>'number')::int from events order by version")
    return depot.app.query(lambda connection: list(connection.execute(query).scalars()))


def relayed_to(shop: App) -> int:
    query = text("select coalesce(max(position), 0) from relay where name = 'rabbitmq'")
    return shop.query(lambda connection: int(connection.execute(query).scalar_one()))


def at_head(shop: App, depot: Consumer) -> bool:
    return bool(depot.cursor() == told(shop)["head"])
