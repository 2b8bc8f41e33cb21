"""Uploads: files are announced, sent straight to the store, and judged when they are confirmed."""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from uuid import UUID

from chassis import ids
from chassis.domain import value
from chassis.door.edge import Door
from chassis.errors import Rejected, Unavailable
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit
from contracts.media.uploads import (
    Confirmation,
    Confirmed,
    ConfirmUploads,
    RequestUploads,
    UploadLink,
    Uploads,
)
from gateways.port import Blobs
from media.acts.projects import acting
from media.domain import image, project, project_messages
from media.domain.image import AddImage, Original
from media.domain.project_messages import ChangeImages, NoteImageAdded, Upload
from media.domain.project_state import Project
from media.judging import Refusal, judged
from media.links import incoming_key, media_type


@value
class Announced:
    """A project in which uploads were announced: what a repeat makes fresh links of."""

    id: UUID
    version: int
    workspace_id: UUID


def request(door: Door, call: Call, asked: RequestUploads) -> Uploads:
    """Announce files and return a link for each to send it by.

    The links are made outside the unit: a repeat of the call is given the same ids, fresh links.
    """
    announced = tuple(
        Upload(
            image_id=ids.derive(call.id, "image", index),
            content_type=media_type(file.content_type),
            size=file.size_bytes,
            sha256=file.sha256,
        )
        for index, file in enumerate(asked.files)
    )

    def work(unit: Unit) -> Announced:
        command = project_messages.RequestUploads(by=acting(call.actor), uploads=announced)
        decided = unit.decide(project.decider, asked.project_id, command)
        owner = decided.state.workspace_id
        return Announced(id=decided.id, version=decided.version, workspace_id=owner)

    taken = door.app.unit(call, work, Announced)
    items = (_sending(door.tools.blobs, taken.workspace_id, taken.id, each) for each in announced)
    return Uploads(id=taken.id, version=taken.version, items=tuple(items))


def _sending(blobs: Blobs, workspace_id: UUID, project_id: UUID, upload: Upload) -> UploadLink:
    key = incoming_key(workspace_id, project_id, upload.image_id)
    link = blobs.upload_link(key, upload.content_type, upload.size, upload.sha256)
    return UploadLink(
        image_id=upload.image_id,
        method=link.method,
        url=link.url,
        headers=link.headers,
        expires_at=link.expires_at,
    )


def confirm(door: Door, call: Call, asked: ConfirmUploads) -> Confirmation:
    """Take what has arrived and is a photograph as images of the project; each for itself.

    What is taken is copied before the unit, and what came in deleted after it: whoever confirms
    again, or at the same time, finds the one or the other. So is the copy of what found no room.
    """
    app, blobs = door.app, door.tools.blobs
    may_change = ChangeImages(by=acting(call.actor))
    state: Project = app.attempt(
        replace(call, expected_version=None),  # checked below, where something is written
        lambda unit: unit.may(project.decider, asked.project_id, may_change).state,
    )
    wanted = dict.fromkeys(asked.image_ids)
    judge = partial(judged, door.tools, asked.project_id, state)
    outcomes = door.tools.judge.each(state.workspace_id, judge, wanted)
    found = dict(zip(wanted, outcomes, strict=True))

    def work(unit: Unit) -> Confirmation:
        stands = unit.may(project.decider, asked.project_id, may_change)
        items = []
        for image_id, outcome in found.items():
            item, stands = _taken(unit, stands, image_id, outcome)
            items.append(item)
        return Confirmation(id=stands.id, version=stands.version, items=tuple(items))

    confirmation = app.unit(call, work, Confirmation)
    refused = {each.image_id for each in confirmation.items if each.status == "refused"}
    for id, outcome in found.items():
        if isinstance(outcome, Original):
            if id in refused:  # the project is full, and stays so: nobody takes the copy meanwhile
                blobs.delete(outcome.key)
            with suppress(Unavailable):  # the sweep comes by
                blobs.delete(incoming_key(state.workspace_id, asked.project_id, id))
    return confirmation


def _taken(
    unit: Unit, before: Decided, image_id: UUID, outcome: Original | Refusal | None
) -> tuple[Confirmed, Decided]:
    """Return the reply's item for one file, and where the project stands then."""
    stands = before
    try:
        if isinstance(outcome, Original):
            stands = _add(unit, before, image_id, outcome)
    except Rejected as refusal:  # the project is full: the other files are none the worse for it
        outcome = Refusal(status="refused", error=refusal.code)
    by_a_rival = image_id in before.state.images  # whatever we found of it
    if isinstance(outcome, Refusal) and not by_a_rival:
        refused = Confirmed(image_id=image_id, status=outcome.status, error=outcome.error)
        return refused, before
    status = unit.state(image.decider, image_id).status
    return Confirmed(image_id=image_id, status=status), stands


def _add(unit: Unit, before: Decided, image_id: UUID, original: Original) -> Decided:
    noting = NoteImageAdded(image_id=image_id, original_key=original.key)
    noted = unit.decide(project.decider, before.id, noting)
    adding = AddImage(
        workspace_id=before.state.workspace_id,
        project_id=before.id,
        user_id=unit.call.actor.user_id,
        original=original,
        style_template_id=before.state.style_template_id,
        room_type=before.state.room_type,
    )
    unit.decide(image.decider, image_id, adding)
    return noted
