"""A customer: what was heard of a workspace."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.domain import Decider, value


@value
class NoteWorkspace:
    workspace_id: UUID
    owner_user_id: UUID | None


@value
class HearStatus:
    status: str
    purge_after: datetime | None = None  # of a workspace that was closed


@value
class WorkspaceNoted:
    workspace_id: UUID
    owner_user_id: UUID | None


@value
class StatusHeard:
    status: str
    purge_after: datetime | None = None


@value
class Customer:
    workspace_id: UUID
    owner_user_id: UUID | None
    status: str = "active"  # active | trial | suspended | closed
    purge_after: datetime | None = None  # then what is in it goes

    @property
    def is_barred(self) -> bool:
        """Whether nothing may be begun for it."""
        return self.status in BARRED


Command = NoteWorkspace | HearStatus
Event = WorkspaceNoted | StatusHeard

BARRED = ("suspended", "closed")


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
            return [StatusHeard(status=command.status, purge_after=command.purge_after)]
        case _:
            raise AssertionError(f"{command} needs a customer")


def evolve(customer: Customer | None, event: Event) -> Customer:
    match customer, event:
        case None, WorkspaceNoted():
            return Customer(workspace_id=event.workspace_id, owner_user_id=event.owner_user_id)
        case Customer(), StatusHeard():
            return replace(customer, status=event.status, purge_after=event.purge_after)
        case _:
            raise AssertionError(f"{event} cannot follow {customer}")


decider = Decider(
    name="customer",
    decide=decide,
    evolve=evolve,
    events=(WorkspaceNoted, StatusHeard),
    creates=(NoteWorkspace,),
)
