"""A tiny service for tests of the frame: boxes on shelves, things in boxes, numbered tickets."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Integer, MetaData, Table, Text, insert, update

from chassis.domain import UNTIMED, Decider, value
from chassis.errors import Rejected
from chassis.personal import recall, recall_optional
from chassis.unit.calls import CancelJobs, Job
from chassis.unit.projection import Change, Projection
from chassis.unit.service import Service
from chassis.unit.store import Recorded

metadata = MetaData()


@value
class OpenBox:
    workspace_id: UUID
    label: str
    at: datetime = UNTIMED


@value
class PutIn:
    thing: str
    weight_g: int


@value
class Shelve:
    shelf_id: UUID


@value
class Seal:
    pass


@value
class Unseal:
    pass


@value
class BoxOpened:
    workspace_id: UUID
    label: str
    at: datetime


@value
class ThingPutIn:
    thing: str
    weight_g: int


@value
class BoxShelved:
    shelf_id: UUID


@value
class BoxSealed:
    pass


@value
class BoxUnsealed:
    pass


@value
class Box:
    workspace_id: UUID
    things: frozenset[str] = frozenset()
    sealed: bool = False


BoxCommand = OpenBox | PutIn | Shelve | Seal | Unseal
BoxEvent = BoxOpened | ThingPutIn | BoxShelved | BoxSealed | BoxUnsealed


def decide_box(box: Box | None, command: BoxCommand) -> list[BoxEvent]:
    match box, command:
        case None, OpenBox():
            return [
                BoxOpened(workspace_id=command.workspace_id, label=command.label, at=command.at)
            ]
        case Box(), OpenBox():
            return []
        case Box(), Seal():
            return [] if box.sealed else [BoxSealed()]
        case Box(), Unseal():
            return [BoxUnsealed()] if box.sealed else []
        case Box(sealed=True), _:
            raise Rejected("boxes.sealed", "a sealed box stays as it is")
        case Box(), PutIn() if command.thing in box.things:
            return []
        case Box(), PutIn():
            return [ThingPutIn(thing=command.thing, weight_g=command.weight_g)]
        case Box(), Shelve():
            return [BoxShelved(shelf_id=command.shelf_id)]
        case _:
            raise AssertionError(f"{command} needs a box")


def evolve_box(box: Box | None, event: BoxEvent) -> Box:
    match box, event:
        case None, BoxOpened():
            return Box(workspace_id=event.workspace_id)
        case Box(), ThingPutIn():
            return replace(box, things=box.things | {event.thing})
        case Box(), BoxShelved():
            return box
        case Box(), BoxSealed():
            return replace(box, sealed=True)
        case Box(), BoxUnsealed():
            return replace(box, sealed=False)
        case _:
            raise AssertionError(f"{event} cannot follow {box}")


box = Decider(
    name="box",
    decide=decide_box,
    evolve=evolve_box,
    events=(BoxOpened, ThingPutIn, BoxShelved, BoxSealed, BoxUnsealed),
    creates=(OpenBox,),
)


@value
class Build:
    workspace_id: UUID


@value
class ShelfBuilt:
    workspace_id: UUID


@value
class Shelf:
    workspace_id: UUID


def decide_shelf(shelf: Shelf | None, command: Build) -> list[ShelfBuilt]:
    return [] if shelf else [ShelfBuilt(workspace_id=command.workspace_id)]


def evolve_shelf(shelf: Shelf | None, event: ShelfBuilt) -> Shelf:
    return Shelf(workspace_id=event.workspace_id)


shelf = Decider(
    name="shelf",
    decide=decide_shelf,
    evolve=evolve_shelf,
    events=(ShelfBuilt,),
    creates=(Build,),
)


@value
class TakeTicket:
    workspace_id: UUID


@value
class TicketTaken:
    workspace_id: UUID
    number: int


@value
class Tickets:
    workspace_id: UUID
    last: int


def decide_tickets(tickets: Tickets | None, command: TakeTicket) -> list[TicketTaken]:
    last = tickets.last if tickets else 0
    return [TicketTaken(workspace_id=command.workspace_id, number=last + 1)]


def evolve_tickets(tickets: Tickets | None, event: TicketTaken) -> Tickets:
    return Tickets(workspace_id=event.workspace_id, last=event.number)


tickets = Decider(
    name="tickets",
    decide=decide_tickets,
    evolve=evolve_tickets,
    events=(TicketTaken,),
    creates=(TakeTicket,),
    serial=True,
)

box_table = Table(
    "box",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("owner_email", Text, nullable=False),
    Column("note", Text),
    Column("things", Integer, nullable=False),
    Column("weight_g", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("box_label", "workspace_id", "label", unique=True),
    Index("box_owner_email", "owner_email", unique=True),
)

shelf_table = Table(
    "shelf",
    metadata,
    Column("id", Text, primary_key=True),
    Column("boxes", Integer, nullable=False),  # every box of it adds to this one
)


def project_box(recorded: Recorded) -> Iterable[Change]:
    id, at = recorded.subject, recorded.recorded_at
    this = update(box_table).where(box_table.c.id == str(id))
    match recorded.event:
        case BoxOpened(workspace_id=workspace_id, label=label):
            yield insert(box_table).values(
                id=id,
                workspace_id=workspace_id,
                label=label,
                owner=recall(id, "owner"),
                owner_email=recall(id, "owner_email", unique=True),
                note=recall_optional(id, "note"),
                things=0,
                weight_g=0,
                status="open",
                opened_at=at,
                updated_at=at,
            )
        case ThingPutIn(weight_g=weight_g):
            yield this.values(
                things=box_table.c.things + 1,
                weight_g=box_table.c.weight_g + weight_g,
                updated_at=at,
            )
        case BoxSealed():
            yield this.values(status="sealed", updated_at=at)
        case BoxUnsealed():
            yield this.values(status="open", updated_at=at)


def project_shelf(recorded: Recorded) -> Iterable[Change]:
    match recorded.event:
        case ShelfBuilt():
            yield insert(shelf_table).values(id=recorded.subject, boxes=0)
        case BoxShelved(shelf_id=shelf_id):
            this = update(shelf_table).where(shelf_table.c.id == str(shelf_id))
            yield this.values(boxes=shelf_table.c.boxes + 1)


PROJECTIONS = (
    Projection(
        table=box_table,
        project=project_box,
        unique={"box_label": "boxes.label_taken", "box_owner_email": "boxes.owner_taken"},
    ),
    Projection(table=shelf_table, project=project_shelf),
)


@value
class BoxAppeared:
    """What others hear of an opened box."""

    box_id: UUID
    workspace_id: UUID


@value
class WeightAdded:
    """What others hear of a thing put in; what the thing is stays with us."""

    box_id: UUID
    workspace_id: UUID
    weight_g: int


def outbound(recorded: Recorded, state: Any) -> Any:
    match recorded.event:
        case BoxOpened(workspace_id=workspace_id):
            return BoxAppeared(box_id=recorded.subject, workspace_id=workspace_id)
        case ThingPutIn(weight_g=weight_g):
            return WeightAdded(
                box_id=recorded.subject, workspace_id=state.workspace_id, weight_g=weight_g
            )
    return None


def jobs(recorded: Recorded, state: Any) -> Iterable[Job | CancelJobs]:
    match recorded.event:
        case BoxSealed():
            yield Job(kind="weigh", subject=recorded.subject, args={"things": len(state.things)})
        case BoxUnsealed():
            yield CancelJobs(kind="weigh", subject=recorded.subject)


SERVICE = Service(
    name="boxes",
    version="1",
    deciders=(box, shelf, tickets),
    projections=PROJECTIONS,
    outbound=outbound,
    jobs=jobs,
    publishes=(BoxAppeared, WeightAdded),
)
