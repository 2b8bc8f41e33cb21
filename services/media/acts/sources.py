"""Finished photographs, as a film is made of them."""

from sqlalchemy import Connection

from chassis.door.edge import Door
from chassis.unit.calls import Call
from contracts.media.sources import GetSourceLink, SourceLink
from gateways.port import key_of
from media.links import content_type
from media.projections import image_rows


def link(db: Connection, door: Door, call: Call, asked: GetSourceLink) -> SourceLink:
    """Return the way to a finished photograph, for a film of the same workspace."""
    row = image_rows.source(db, asked.image_generation_id, asked.version_id, asked.workspace_id)
    ref = row["result_image_url"]
    link = door.tools.blobs.link(key_of(ref), content_type(ref))
    return SourceLink(
        image_generation_id=asked.image_generation_id,
        room_type=row["room_type"],
        url=link.url,
        expires_at=link.expires_at,
        sha256=row["sha256"],
        size=row["size_bytes"],
        content_type=content_type(ref),
        version=row["version"],
        alteration=row["alteration"],
        engine=row["metadata"]["engine"],
        model=row["metadata"]["model"],
        original_sha256=row["original_sha256"],
    )
