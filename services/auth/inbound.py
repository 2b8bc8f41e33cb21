"""What auth hears of others, and what it does about it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from auth.domain import user, user_messages, workspace, workspace_messages
from auth.domain.user_events import Kept
from chassis.domain import Decider
from chassis.hearing.reacting import Reaction
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.forgetting import SubjectForgotten
from contracts.media import events as media
from contracts.video import events as video

Streams = Sequence[tuple[Decider[Any, Any, Any], UUID]]


def note_used(unit: Unit, heard: Heard) -> None:
    """Know that somebody works in the workspace: nobody who moves away closes it any more.

    One that is not known was lost with a restore, and nobody is in it.
    """
    workspace_id = heard.event.workspace_id
    if unit.state(workspace.decider, workspace_id) is not None:
        unit.decide(workspace.decider, workspace_id, workspace_messages.NoteUsed())


def note_forgotten(unit: Unit, heard: Heard) -> None:
    """Know that a service has forgotten somebody, and what it keeps."""
    said: SubjectForgotten = heard.event
    kept = tuple(Kept(what=each.what, until=each.until) for each in said.kept)
    command = user_messages.NoteForgotten(service=heard.source, kept=kept)
    unit.decide(user.decider, said.user_id, command)


def _person(heard: Heard) -> Streams:
    return [(user.decider, heard.event.user_id)]


def _workspace(heard: Heard) -> Streams:
    return [(workspace.decider, heard.event.workspace_id)]


reactions = (
    Reaction(source="media", hears=media.ProjectCreated, react=note_used, streams=_workspace),
    Reaction(source="video", hears=video.VideoCreated, react=note_used, streams=_workspace),
    *(
        Reaction(source=source, hears=SubjectForgotten, react=note_forgotten, streams=_person)
        for source in ("media", "video", "billing", "affiliate")
    ),
)
