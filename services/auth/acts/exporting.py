"""What is kept of a person, for themselves."""

import json
from functools import partial
from uuid import UUID

from auth import exports, kept
from chassis.domain import value
from chassis.door.edge import Door
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.erasure import Export, ExportMyData


@value
class Begun:
    """A file that is about to be written, and will be deleted."""

    key: str


def export(door: Door, call: Call, asked: ExportMyData) -> Export:
    """Write what is kept of the caller to a file, and return a link to it, for minutes.

    That it is to be deleted stands before it is there. A repeat writes another.
    """
    me, app, blobs = call.actor.user_id, door.app, door.tools.blobs
    key = app.unit(call, partial(_begin, me), Begun).key
    address = app.query(lambda db: kept.recall_texts(db, me)).get("email_folded", "")
    written = app.query(lambda db: exports.of_person(db, me, address))
    content = json.dumps(written, indent=1, ensure_ascii=False).encode()
    stored = blobs.put(key, content)
    link = blobs.link(key, exports.CONTENT_TYPE, file_name="my-data.json")
    return Export(url=link.url, expires_at=link.expires_at, sha256=stored.sha256, size=stored.size)


def _begin(user_id: UUID, unit: Unit) -> Begun:
    key = exports.new_key(user_id)
    unit.queue(exports.ending(user_id, key))
    return Begun(key=key)
