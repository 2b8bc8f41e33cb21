"""Rows as callers see them: references to files come with signed links of 15 minutes."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from chassis.identity import Actor
from contracts import media as asked
from media.domain import rooms
from media.domain.templates import TEMPLATES
from media.links import Links, content_type, handed_out
from media.projections import images, projects
from media.tables import REF


def project(db: Connection, blobs: Links, actor: Actor, project_id: UUID) -> dict[str, Any]:
    """Return a project's row with its images, newest first."""
    row = projects.get(db, project_id, actor)
    found = [_image(blobs, each) for each in images.of_project(db, project_id)]
    return {**_project(blobs, row), "images": found}


def _image(blobs: Links, row: dict[str, Any]) -> dict[str, Any]:
    original = handed_out(blobs, row["original_image_url"])
    return {**row, "original": original, "result": handed_out(blobs, row["result_image_url"])}


def _project(blobs: Links, row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "thumbnail": handed_out(blobs, row["thumbnail_url"])}


def project_list(
    db: Connection, blobs: Links, actor: Actor, request: asked.ListProjects
) -> dict[str, Any]:
    """Return one page of projects, newest first. Raises `Invalid` for another list's cursor."""
    page = projects.newest(db, actor, request.limit, request.cursor)
    return {**page, "items": [_project(blobs, row) for row in page["items"]]}


def source(db: Connection, blobs: Links, request: asked.GetSourceLink) -> dict[str, Any]:
    """Return the way to a finished photograph, for a film of the same workspace."""
    row = images.source(db, request.image_generation_id, request.version_id, request.workspace_id)
    ref = row["result_image_url"]
    link = blobs.link(ref.removeprefix(REF), content_type(ref))
    reply = asked.SourceLink(
        image_generation_id=request.image_generation_id,
        room_type=row["room_type"],
        url=link["url"],
        expires_at=datetime.fromisoformat(link["expires_at"]),
        sha256=row["sha256"],
        size=row["size_bytes"],
        content_type=content_type(ref),
    )
    return asdict(reply)


def style_templates() -> dict[str, Any]:
    """Return the styles a project may have; the words an engine is given stay here."""
    fields = ("id", "name", "category", "description")
    items = [{name: getattr(each, name) for name in fields} for each in TEMPLATES.values()]
    return {"items": items, "next_cursor": None}


def room_types() -> dict[str, Any]:
    """Return the kinds of room, with what people read for them."""
    items = [{"id": each, "label": rooms.label(each)} for each in rooms.ROOM_TYPES]
    return {"items": items, "next_cursor": None}
