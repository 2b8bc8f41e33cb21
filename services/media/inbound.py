"""What media hears of others, and what it does about it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chassis.domain import Decider
from chassis.hearing import forgetting
from chassis.hearing.reacting import Reaction
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.auth import events as auth
from contracts.billing import events as billing
from media import starting
from media.domain import answer, customer, project
from media.domain.answer import KeepAnswer
from media.domain.customer import HearStatus, NoteWorkspace
from media.domain.project_state import KIND
from media.forgetting import forget_person

Streams = Iterable[tuple[Decider[Any, Any, Any], UUID]]


def note_workspace(unit: Unit, heard: Heard) -> None:
    """A workspace may have projects from now on."""
    workspace_id = heard.event.workspace_id
    unit.decide(customer.decider, workspace_id, NoteWorkspace(workspace_id=workspace_id))


def hear_status(unit: Unit, heard: Heard) -> None:
    """Know what the workspace is from now on: active, on trial or suspended."""
    command = HearStatus(status=heard.event.status)
    unit.decide(customer.decider, heard.event.workspace_id, command)


def hear_closing(unit: Unit, heard: Heard) -> None:
    """Know that the workspace is closed for good, and when what is in it goes."""
    closed: auth.WorkspaceClosed = heard.event
    command = HearStatus(status=closed.status, purge_after=closed.purge_after)
    unit.decide(customer.decider, closed.workspace_id, command)


def begin(unit: Unit, heard: Heard) -> None:
    """A project may be worked on: what is pending is queued."""
    cleared: billing.PaymentCleared = heard.event
    if cleared.target_kind == KIND:
        given = KeepAnswer(workspace_id=cleared.workspace_id, run=cleared.run, reason=None)
        starting.answered(unit, cleared.target_id, given)


def demand_payment(unit: Unit, heard: Heard) -> None:
    """A project waits for a payment, or for another start."""
    required: billing.PaymentRequired = heard.event
    if required.target_kind == KIND:
        given = KeepAnswer(
            workspace_id=required.workspace_id, run=required.run, reason=required.reason
        )
        starting.answered(unit, required.target_id, given)


def _customer(heard: Heard) -> Streams:
    return [(customer.decider, heard.event.workspace_id)]


def _project(heard: Heard) -> Streams:
    if heard.event.target_kind == KIND:
        yield project.decider, heard.event.target_id
        yield answer.decider, heard.event.target_id
        yield customer.decider, heard.event.workspace_id


def _erasure(heard: Heard) -> Streams:
    return [(forgetting.decider, heard.event.erasure_id)]


reactions = (
    Reaction(source="auth", hears=auth.SubjectErased, react=forget_person, streams=_erasure),
    Reaction(source="auth", hears=auth.WorkspaceCreated, react=note_workspace, streams=_customer),
    Reaction(source="auth", hears=auth.WorkspaceSuspended, react=hear_status, streams=_customer),
    Reaction(source="auth", hears=auth.WorkspaceReinstated, react=hear_status, streams=_customer),
    Reaction(source="auth", hears=auth.WorkspaceClosed, react=hear_closing, streams=_customer),
    Reaction(source="billing", hears=billing.PaymentCleared, react=begin, streams=_project),
    Reaction(
        source="billing", hears=billing.PaymentRequired, react=demand_payment, streams=_project
    ),
)
