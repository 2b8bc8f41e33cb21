"""Uploads: files are announced, sent straight to the store, and judged when they are confirmed."""

from dataclasses import replace
from uuid import UUID

from chassis import ids
from chassis.domain import value
from chassis.door.edge import Door
from chassis.errors import Invalid, NotFound, Rejected, Unavailable
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
from gateways import pictures
from gateways.blobs_folder import Folder
from media.acts.projects import acting
from media.domain import image, project, project_messages
from media.domain.image import AddImage, Original
from media.domain.project_messages import ChangeImages, NoteImageAdded, Upload
from media.domain.project_state import Project
from media.links import original_key


@value
class Announced:
    """A project in which uploads were announced: what a repeat makes fresh links of."""

    id: UUID
    version: int
    workspace_id: UUID


@value
class Refusal:
    """Why a file is not taken: it is 'missing', or it is there and 'refused'."""

    status: str
    error: str  # a code


def request(door: Door, call: Call, asked: RequestUploads) -> Uploads:
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
        for index, file in enumerate(asked.files)
    )

    def work(unit: Unit) -> Announced:
        command = project_messages.RequestUploads(by=acting(call.actor), uploads=announced)
        decided = unit.decide(project.decider, asked.project_id, command)
        owner = decided.state.workspace_id
        return Announced(id=decided.id, version=decided.version, workspace_id=owner)

    taken = door.app.unit(call, work, Announced)
    items = (_sending(door.tools, taken.workspace_id, taken.id, each) for each in announced)
    return Uploads(id=taken.id, version=taken.version, items=tuple(items))


def _sending(blobs: Folder, workspace_id: UUID, project_id: UUID, upload: Upload) -> UploadLink:
    key = original_key(workspace_id, project_id, upload.image_id, upload.content_type)
    link = blobs.upload_link(key, upload.content_type, upload.size, upload.sha256)
    return UploadLink(image_id=upload.image_id, **link)


def confirm(door: Door, call: Call, asked: ConfirmUploads) -> Confirmation:
    """Take what has arrived and is a photograph as images of the project; each for itself."""
    app, may_change = door.app, ChangeImages(by=acting(call.actor))
    state: Project = app.attempt(
        replace(call, expected_version=None),  # checked below, where something is written
        lambda unit: unit.may(project.decider, asked.project_id, may_change).state,
    )
    wanted = dict.fromkeys(asked.image_ids)
    found = {id: _judged(door.tools, asked.project_id, state, id) for id in wanted}

    def work(unit: Unit) -> Confirmation:
        stands = unit.may(project.decider, asked.project_id, may_change)
        items = []
        for image_id, outcome in found.items():
            item, stands = _taken(unit, stands, image_id, outcome)
            items.append(item)
        return Confirmation(id=stands.id, version=stands.version, items=tuple(items))

    return app.unit(call, work, Confirmation)


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
    unit: Unit, before: Decided, image_id: UUID, outcome: Original | Refusal | None
) -> tuple[Confirmed, Decided]:
    """Return the reply's item for one file, and where the project stands then."""
    stands = before
    try:
        if isinstance(outcome, Original):
            stands = _add(unit, before, image_id, outcome)
    except Rejected as refusal:  # the project is full: the other files are none the worse for it
        outcome = Refusal(status="refused", error=refusal.code)
    if isinstance(outcome, Refusal):
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
