"""A customer: what was heard of a workspace."""

from dataclasses import replace
from uuid import UUID

from chassis.domain import Decider, value


@value
class NoteWorkspace:
    workspace_id: UUID
    owner_user_id: UUID | None


@value
class HearStatus:
    status: str


@value
class WorkspaceNoted:
    workspace_id: UUID
    owner_user_id: UUID | None


@value
class StatusHeard:
    status: str


@value
class Customer:
    workspace_id: UUID
    owner_user_id: UUID | None
    status: str = "active"  # active | trial | suspended | closed


Command = NoteWorkspace | HearStatus
Event = WorkspaceNoted | StatusHeard


def decide(customer: Customer | None, command: Command) -> list[Event]:
    match customer, command:
        case None, NoteWorkspace():
            return [
                WorkspaceNoted(
                    workspace_id=command.workspace_id, owner_user_id=command.owner_user_id
                )
            ]
        case Customer(), NoteWorkspace():
            return []
        case Customer(), HearStatus() if customer.status == command.status:
            return []
        case Customer(), HearStatus():
            return [StatusHeard(status=command.status)]
        case _:
            raise AssertionError(f"{command} needs a customer")


def evolve(customer: Customer | None, event: Event) -> Customer:
    match customer, event:
        case None, WorkspaceNoted():
            return Customer(workspace_id=event.workspace_id, owner_user_id=event.owner_user_id)
        case Customer(), StatusHeard():
            return replace(customer, status=event.status)
        case _:
            raise AssertionError(f"{event} cannot follow {customer}")


decider = Decider(
    name="customer",
    decide=decide,
    evolve=evolve,
    events=(WorkspaceNoted, StatusHeard),
    creates=(NoteWorkspace,),
)
