"""Own pictures: announced, sent straight to the store, and judged when they are confirmed."""

from contextlib import suppress
from functools import partial
from uuid import UUID

from chassis import ids
from chassis.domain import value
from chassis.door.edge import Door
from chassis.errors import Unavailable
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.video.uploads import (
    Confirmation,
    Confirmed,
    ConfirmUploads,
    FileToUpload,
    RequestUploads,
    UploadLink,
    Uploads,
)
from gateways.port import Blobs, ref_of
from video import kept
from video.acts.drafts import must_not_be_over, own_workspace
from video.judging import UNKNOWN, Refusal, Upload, judged
from video.links import incoming_key, media_type, upload_key


@value
class Announced:
    """Whose files were announced: what a repeat makes fresh links of."""

    workspace_id: UUID


def request(door: Door, call: Call, asked: RequestUploads) -> Uploads:
    """Announce pictures and return a link for each to send it by.

    The links are made outside the unit: a repeat of the call is given the same ids, fresh links.
    """
    files = {ids.derive(call.id, "upload", at): file for at, file in enumerate(asked.files)}

    def work(unit: Unit) -> Announced:
        workspace_id = own_workspace(call.actor)
        must_not_be_over(unit, workspace_id)
        for upload_id, file in files.items():
            _announce(unit, workspace_id, upload_id, file)
        return Announced(workspace_id=workspace_id)

    theirs = door.app.unit(call, work, Announced).workspace_id
    sending = (_sending(door.tools.blobs, theirs, id, file) for id, file in files.items())
    return Uploads(items=tuple(sending))


def _announce(unit: Unit, workspace_id: UUID, upload_id: UUID, file: FileToUpload) -> None:
    content_type = media_type(file.content_type)
    announced = kept.announced(
        id=str(upload_id),
        workspace_id=str(workspace_id),
        user_id=str(unit.call.actor.user_id),
        content_type=content_type,
        size=file.size_bytes,
        sha256=file.sha256,
        key=upload_key(workspace_id, upload_id, content_type),
        created_at=unit.call.at,
    )
    unit.execute(announced)


def _sending(blobs: Blobs, workspace_id: UUID, upload_id: UUID, file: FileToUpload) -> UploadLink:
    key = incoming_key(workspace_id, upload_id)
    link = blobs.upload_link(key, media_type(file.content_type), file.size_bytes, file.sha256)
    return UploadLink(
        upload_id=upload_id,
        method=link.method,
        url=link.url,
        headers=link.headers,
        expires_at=link.expires_at,
    )


def confirm(door: Door, call: Call, asked: ConfirmUploads) -> Confirmation:
    """Take what has arrived and is a picture; each for itself.

    What is taken is copied before the unit, and what came in deleted after it: whoever confirms
    again, or at the same time, finds the one or the other.
    """
    app, blobs, judge = door.app, door.tools.blobs, door.tools.judge
    workspace_id, wanted = own_workspace(call.actor), list(dict.fromkeys(asked.upload_ids))
    known = app.query(lambda db: kept.uploads_of(db, workspace_id, wanted))
    judging = partial(judged, judge, blobs)
    outcomes = judge.each(workspace_id, judging, [known.get(each) for each in wanted])
    found = dict(zip(wanted, outcomes, strict=True))

    def work(unit: Unit) -> Confirmation:
        for upload_id, outcome in found.items():
            if outcome is None or outcome.final:
                error = outcome.error if outcome is not None else None
                unit.execute(kept.confirmed(upload_id, error, call.at))
        now = kept.uploads_of(unit.connection, workspace_id, wanted)
        items = (_item(each, found[each], now.get(each)) for each in wanted)
        return Confirmation(items=tuple(items))

    confirmation = app.unit(call, work, Confirmation)
    for upload_id, outcome in found.items():
        if outcome is None:
            with suppress(Unavailable):  # the sweep comes by
                blobs.delete(incoming_key(workspace_id, upload_id))
    return confirmation


def _item(upload_id: UUID, outcome: Refusal | None, now: Upload | None) -> Confirmed:
    """Return what has become of a file: by a rival, whatever we found of it."""
    if now is not None and now.state == "taken":
        return Confirmed(upload_id=upload_id, status="taken", ref=ref_of(now.key))
    why = outcome or UNKNOWN
    return Confirmed(upload_id=upload_id, status=why.status, error=why.error)  # type: ignore[arg-type]
