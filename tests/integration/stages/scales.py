"""The service that hears of boxes: it adds up what each workspace has packed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Integer, MetaData, Table, Text, update
from sqlalchemy.dialects.postgresql import insert

from chassis.domain import Decider, value
from chassis.errors import Rejected
from chassis.hearing.reacting import Reaction
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.projection import Change, Projection
from chassis.unit.service import Service
from chassis.unit.store import Recorded
from integration.stages.boxes import WeightAdded

UNREADABLE_G = 666  # a weight that meets a bug
TOO_HEAVY_G = 1_000_000  # a weight that meets a rule

metadata = MetaData()


@value
class Weigh:
    workspace_id: UUID
    weight_g: int


@value
class Weighed:
    workspace_id: UUID
    weight_g: int


@value
class Tally:
    workspace_id: UUID
    total_g: int


def decide(tally: Tally | None, command: Weigh) -> list[Weighed]:
    if command.weight_g >= TOO_HEAVY_G:
        raise Rejected("scales.too_heavy", "that breaks the scales")
    return [Weighed(workspace_id=command.workspace_id, weight_g=command.weight_g)]


def evolve(tally: Tally | None, event: Weighed) -> Tally:
    if tally is None:
        return Tally(workspace_id=event.workspace_id, total_g=event.weight_g)
    return replace(tally, total_g=tally.total_g + event.weight_g)


tally = Decider(name="tally", decide=decide, evolve=evolve, events=(Weighed,), creates=(Weigh,))

table = Table(
    "tally",
    metadata,
    Column("id", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("total_g", Integer, nullable=False),
)
ONE_MORE = table.c.count + 1  # built once: most of what a projection costs is to build it


def project(recorded: Recorded) -> Iterable[Change]:
    event: Weighed = recorded.event
    if recorded.version == 1:
        yield insert(table).values(id=recorded.subject, count=1, total_g=event.weight_g)
        return
    this = update(table).where(table.c.id == str(recorded.subject))
    yield this.values(count=ONE_MORE, total_g=table.c.total_g + event.weight_g)


def tells_nothing(recorded: Recorded, state: Any) -> None:
    return None


def weigh(unit: Unit, heard: Heard) -> object:
    if heard.event.weight_g == UNREADABLE_G:
        raise ValueError("the scales show nothing")
    command = Weigh(workspace_id=heard.event.workspace_id, weight_g=heard.event.weight_g)
    return unit.decide(tally, heard.event.workspace_id, command)


WEIGHT_ADDED = Reaction(
    source="boxes",
    hears=WeightAdded,
    react=weigh,
    streams=lambda heard: [(tally, heard.event.workspace_id)],
)

SERVICE = Service(
    name="scales",
    version="1",
    deciders=(tally,),
    projections=(Projection(table=table, project=project),),
    outbound=tells_nothing,
)
