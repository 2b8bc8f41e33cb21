"""Uploads: files are announced, sent straight to the store, and judged when they are confirmed."""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from uuid import UUID

from chassis import ids
from chassis.domain import value
from chassis.door.edge import Door
from chassis.errors import Unavailable
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.media.uploads import (
    Confirmation,
    ConfirmUploads,
    RequestUploads,
    UploadLink,
    Uploads,
)
from gateways.port import Blobs
from media import taking
from media.acts.projects import acting
from media.domain import project, project_messages
from media.domain.project_events import Upload
from media.domain.project_messages import ChangeImages
from media.judging import Known, Refusal, delete_kept, judged
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
            mask_of=file.mask_of,
        )
        for index, file in enumerate(asked.files)
    )

    def work(unit: Unit) -> Announced:
        command = project_messages.RequestUploads(
            by=acting(call.actor), uploads=announced, most=door.tools.limits.of_a_project
        )
        decided = unit.decide(project.decider, asked.project_id, command)
        for upload, file in zip(announced, asked.files, strict=True):
            if upload.mask_of is None:
                name = {"file_name": file.file_name}
                unit.execute(keep(upload.image_id, call.actor.user_id, name))
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
    """Take what has arrived and is a photograph, or a mask of one; each for itself.

    What is taken is copied before the unit, and what came in deleted after it: whoever confirms
    again, or at the same time, finds the one or the other. So is the copy of what found no room.
    """
    app, blobs, limits = door.app, door.tools.blobs, door.tools.limits
    may_change = ChangeImages(by=acting(call.actor))
    wanted = dict.fromkeys(asked.image_ids)

    def known_in(unit: Unit) -> Known:
        stands = unit.may(project.decider, asked.project_id, may_change)
        return taking.known(unit, stands, wanted)

    # what the caller expects is checked below, where something is written
    given = app.attempt(replace(call, expected_version=None), known_in)
    judge = partial(judged, door.tools, asked.project_id, given)
    outcomes = door.tools.judge.each(given.project.workspace_id, judge, wanted)
    found = dict(zip(wanted, outcomes, strict=True))

    def work(unit: Unit) -> Confirmation:
        stands = unit.may(project.decider, asked.project_id, may_change)
        items = []
        for image_id, outcome in found.items():
            item, stands = taking.taken(unit, stands, image_id, outcome, limits.images_per_project)
            items.append(item)
        return Confirmation(id=stands.id, version=stands.version, items=tuple(items))

    confirmation = app.unit(call, work, Confirmation)
    refused = {each.image_id for each in confirmation.items if each.status == "refused"}
    for id, outcome in found.items():
        if isinstance(outcome, Refusal):
            continue
        if outcome and id in refused:  # no room, now and later: nobody takes the copy meanwhile
            delete_kept(door.tools, outcome)
        with suppress(Unavailable):  # the sweep comes by; what was sent once more goes as well
            blobs.delete(incoming_key(given.project.workspace_id, asked.project_id, id))
    return confirmation
