"""A tiny service whose streams are a person's own: each diary has a writer, who may move away."""

from uuid import UUID

from chassis.domain import Decider, value
from chassis.unit.service import Service


@value
class Begin:
    writer_id: UUID
    workspace_id: UUID | None


@value
class Write:
    text: str


@value
class DiaryBegun:
    writer_id: UUID
    workspace_id: UUID | None


@value
class PageWritten:
    text: str


@value
class Diary:
    writer_id: UUID
    workspace_id: UUID | None


def decide(diary: Diary | None, command: Begin | Write) -> list[DiaryBegun | PageWritten]:
    match diary, command:
        case None, Begin():
            return [DiaryBegun(writer_id=command.writer_id, workspace_id=command.workspace_id)]
        case Diary(), Write():
            return [PageWritten(text=command.text)]
        case _:
            raise AssertionError(f"{command} needs another diary")


def evolve(diary: Diary | None, event: DiaryBegun | PageWritten) -> Diary:
    match diary, event:
        case None, DiaryBegun():
            return Diary(writer_id=event.writer_id, workspace_id=event.workspace_id)
        case Diary(), PageWritten():
            return diary
        case _:
            raise AssertionError(f"{event} cannot follow {diary}")


diary = Decider(
    name="diary",
    decide=decide,
    evolve=evolve,
    events=(DiaryBegun, PageWritten),
    creates=(Begin,),
    person=lambda id, diary: diary.writer_id,
)

SERVICE = Service(
    name="diaries",
    version="1",
    deciders=(diary,),
    projections=(),
    outbound=lambda recorded, state: None,
)
