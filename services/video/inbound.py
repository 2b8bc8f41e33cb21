"""What video does about what it hears of others."""

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
from contracts.media import events as media
from video import starting
from video.domain import answer, customer, video_project
from video.domain.answer import KeepAnswer
from video.domain.customer import HearStatus, NoteWorkspace
from video.domain.plan import KIND
from video.forgetting import forget_image, forget_person

Streams = Iterable[tuple[Decider[Any, Any, Any], UUID]]


def note_workspace(unit: Unit, heard: Heard) -> None:
    """Know the workspace from now on."""
    event: auth.WorkspaceCreated = heard.event
    note = NoteWorkspace(workspace_id=event.workspace_id, owner_user_id=event.owner_user_id)
    unit.decide(customer.decider, event.workspace_id, note)


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
    """Begin with a video that is paid for."""
    event: billing.PaymentCleared = heard.event
    if event.target_kind == KIND:
        given = KeepAnswer(workspace_id=event.workspace_id, run=event.run, reason=None)
        starting.answered(unit, event.target_id, given)


def demand_payment(unit: Unit, heard: Heard) -> None:
    """Show that a video waits to be paid for."""
    event: billing.PaymentRequired = heard.event
    if event.target_kind == KIND:
        given = KeepAnswer(workspace_id=event.workspace_id, run=event.run, reason=event.reason)
        starting.answered(unit, event.target_id, given)


def _customer(heard: Heard) -> Streams:
    yield customer.decider, heard.event.workspace_id


def _target(heard: Heard) -> Streams:
    if heard.event.target_kind == KIND:
        yield video_project.decider, heard.event.target_id
        yield answer.decider, heard.event.target_id
        yield customer.decider, heard.event.workspace_id


def _none(heard: Heard) -> Streams:
    return ()  # which videos show the image is looked up


def _erasure(heard: Heard) -> Streams:
    return [(forgetting.decider, heard.event.erasure_id)]


reactions = (
    Reaction(source="auth", hears=auth.SubjectErased, react=forget_person, streams=_erasure),
    Reaction(source="auth", hears=auth.WorkspaceCreated, react=note_workspace, streams=_customer),
    Reaction(source="auth", hears=auth.WorkspaceSuspended, react=hear_status, streams=_customer),
    Reaction(source="auth", hears=auth.WorkspaceReinstated, react=hear_status, streams=_customer),
    Reaction(source="auth", hears=auth.WorkspaceClosed, react=hear_closing, streams=_customer),
    Reaction(source="media", hears=media.ImageDeleted, react=forget_image, streams=_none),
    Reaction(source="billing", hears=billing.PaymentCleared, react=begin, streams=_target),
    Reaction(
        source="billing", hears=billing.PaymentRequired, react=demand_payment, streams=_target
    ),
)
