"""Uploads: files are announced, sent straight to the store, and judged when they are confirmed."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis import ids
from chassis.blobs import Folder
from chassis.domain import value
from chassis.errors import Invalid, NotFound, Rejected, Unavailable
from chassis.unit.calls import Call, Written
from chassis.unit.handling import App, Unit
from contracts import media as asked
from media.domain import image, project
from media.domain.image import AddImage, Original
from media.domain.project_messages import ChangeImages, NoteImageAdded, RequestUploads, Upload
from media.domain.project_state import Project
from media.gateways import pictures
from media.links import original_key
from media.projects import acting


@value
class Refusal:
    """Why a file is not taken: it is 'missing', or it is there and 'refused'."""

    status: str
    error: str  # a code


def request(app: App, blobs: Folder, call: Call, request: asked.RequestUploads) -> dict[str, Any]:
    """Announce files and return a link for each to send it by.

    The links are made outside the unit: a repeat of the call is given the same ids, fresh links.
    """
    announced = tuple(
        Upload(
            image_id=ids.derive(call.id, "image", index),
            content_type=file.content_type,
            size=file.size_bytes,
            sha256=file.sha256,
        )
        for index, file in enumerate(request.files)
    )

    def work(unit: Unit) -> dict[str, Any]:
        command = RequestUploads(by=acting(call.actor), uploads=announced)
        written = unit.decide(project.decider, request.project_id, command)
        return written.reply(workspace_id=written.state.workspace_id)

    reply = app.unit(call, work)
    workspace_id = UUID(reply.pop("workspace_id"))
    return {
        **reply,
        "items": [_sending(blobs, workspace_id, request.project_id, each) for each in announced],
    }


def _sending(blobs: Folder, workspace_id: UUID, project_id: UUID, upload: Upload) -> dict[str, Any]:
    key = original_key(workspace_id, project_id, upload.image_id, upload.content_type)
    link = blobs.upload_link(key, upload.content_type, upload.size, upload.sha256)
    return {"image_id": upload.image_id, **link}


def confirm(app: App, blobs: Folder, call: Call, request: asked.ConfirmUploads) -> dict[str, Any]:
    """Take what has arrived and is a photograph as images of the project; each for itself."""
    may_change = ChangeImages(by=acting(call.actor))
    state: Project = app.attempt(
        replace(call, expected_version=None),  # checked below, where something is written
        lambda unit: unit.decide(project.decider, request.project_id, may_change).state,
    )
    wanted = dict.fromkeys(request.image_ids)
    found = {id: _judged(blobs, request.project_id, state, id) for id in wanted}

    def work(unit: Unit) -> dict[str, Any]:
        written = unit.decide(project.decider, request.project_id, may_change)
        items = []
        for image_id, outcome in found.items():
            item, written = _taken(unit, written, image_id, outcome)
            items.append(item)
        return written.reply(items=items)

    return app.unit(call, work)


def _judged(
    blobs: Folder, project_id: UUID, state: Project, image_id: UUID
) -> Original | Refusal | None:
    """Return what the file is, or why it is none; None for an image that was taken before."""
    upload = state.upload(image_id)
    if image_id in state.images:
        return None
    if upload is None:
        return Refusal(status="missing", error="media.image_not_found")
    key = original_key(state.workspace_id, project_id, image_id, upload.content_type)
    try:
        stored, picture = blobs.stat(key), pictures.inspect(blobs.path(key))
    except NotFound:
        return Refusal(status="missing", error="media.upload_missing")
    except (Invalid, Unavailable) as refusal:
        return Refusal(status="refused", error=refusal.code)
    if (stored.size, stored.sha256) != (upload.size, upload.sha256):
        return Refusal(status="refused", error="media.upload_mismatch")
    if picture.content_type != upload.content_type:
        return Refusal(status="refused", error="media.content_type_mismatch")
    return Original(
        key=key,
        content_type=picture.content_type,
        size=stored.size,
        sha256=stored.sha256,
        width=picture.width,
        height=picture.height,
    )


def _taken(
    unit: Unit, before: Written, image_id: UUID, outcome: Original | Refusal | None
) -> tuple[dict[str, Any], Written]:
    """Return the reply's item for one file, and where the project stands then."""
    written = before
    try:
        if isinstance(outcome, Original):
            written = _add(unit, before, image_id, outcome)
    except Rejected as refusal:  # the project is full: the other files are none the worse for it
        outcome = Refusal(status="refused", error=refusal.code)
    if isinstance(outcome, Refusal):
        return {"image_id": image_id, "status": outcome.status, "error": outcome.error}, before
    return {"image_id": image_id, "status": unit.state(image.decider, image_id).status}, written


def _add(unit: Unit, before: Written, image_id: UUID, original: Original) -> Written:
    noting = NoteImageAdded(image_id=image_id, original_key=original.key)
    written = unit.decide(project.decider, before.id, noting)
    adding = AddImage(
        workspace_id=before.state.workspace_id,
        project_id=before.id,
        user_id=unit.call.actor.user_id,
        original=original,
        style_template_id=before.state.style_template_id,
        room_type=before.state.room_type,
    )
    unit.decide(image.decider, image_id, adding)
    return written
