"""Projects and photographs, shown. References to files come with links of 15 minutes."""

from typing import Any

from sqlalchemy import Connection

from chassis.asked import Page
from chassis.door.edge import Door
from chassis.unit.calls import Call
from chassis.unit.pages import scope
from contracts.media.images import (
    File,
    GetImage,
    ImageGeneration,
    ImageInProject,
    ListImages,
    ListVersions,
    Progress,
)
from contracts.media.projects import (
    Counts,
    GetProject,
    GetProjectStats,
    ListProjects,
    Project,
    ProjectStats,
    ProjectWithImages,
)
from gateways.port import Blobs
from media.domain.status import STATUSES
from media.links import handed_out, preview, thumb
from media.projections import image_rows
from media.projections import projects as project_rows


def project(db: Connection, door: Door, call: Call, asked: GetProject) -> ProjectWithImages:
    """Return a project with its photographs, newest first; sent together, in the order they were.

    Five queries, however many there are.
    """
    row = project_rows.get(db, asked.project_id, call.actor)
    found = image_rows.of_project(db, asked.project_id)
    at_work = image_rows.progress(db, [_root(each) for each in found])
    blobs = door.tools.blobs
    images = []
    for each in found:
        told = at_work.get(_root(each))
        progress = Progress(**told) if told else None
        images.append(ImageInProject(**_with_files(blobs, each), progress=progress))
    return ProjectWithImages(
        **row, thumbnail=_file(blobs, row["thumbnail_url"]), images=tuple(images)
    )


def _root(row: dict[str, Any]) -> str:
    return str(row["parent_id"] or row["id"])


def _with_files(blobs: Blobs, row: dict[str, Any]) -> dict[str, Any]:
    original, result = row["original_image_url"], row["result_image_url"]
    return {
        **row,
        "original": handed_out(blobs, original),
        "result": _file(blobs, result),
        "thumb": thumb(blobs, result or original),
        "preview": preview(blobs, result or original),
    }


def _file(blobs: Blobs, ref: str | None) -> File | None:
    return handed_out(blobs, ref) if ref is not None else None


def projects(db: Connection, door: Door, call: Call, asked: ListProjects) -> Page[Project]:
    """Return a page of projects, newest first."""
    page = project_rows.newest(db, call.actor, asked, asked.status)
    return page.of(
        lambda **row: Project(**row, thumbnail=_file(door.tools.blobs, row["thumbnail_url"]))
    )


def stats(db: Connection, door: Door, call: Call, asked: GetProjectStats) -> ProjectStats:
    """Return how many projects and photographs there are."""
    workspace_id = scope(call.actor, None, "media.workspace_not_found")
    images = Counts(**_counted(image_rows.counts(db, workspace_id)))
    return ProjectStats(**_counted(project_rows.counts(db, workspace_id)), images=images)


def _counted(by_status: dict[str, int]) -> dict[str, int]:
    each = {str(status): by_status.get(status, 0) for status in STATUSES}
    return {"total": sum(each.values()), **each}


def image(db: Connection, door: Door, call: Call, asked: GetImage) -> ImageGeneration:
    """Return a version of a photograph."""
    row = image_rows.one(db, asked.image_generation_id, call.actor)
    return ImageGeneration(**_with_files(door.tools.blobs, row))


def images(db: Connection, door: Door, call: Call, asked: ListImages) -> Page[ImageGeneration]:
    """Return a page of photographs by their current version, newest first.

    Raises `NotFound` for the photographs of a project that the caller does not see.
    """
    if asked.project_id is not None:
        project_rows.get(db, asked.project_id, call.actor)
    wanted = {
        "project_id": asked.project_id,
        "status": asked.status,
        "room_type": asked.room_type,
    }
    page = image_rows.newest(db, call.actor, asked, wanted)
    return page.of(lambda **row: ImageGeneration(**_with_files(door.tools.blobs, row)))


def versions(db: Connection, door: Door, call: Call, asked: ListVersions) -> Page[ImageGeneration]:
    """Return all versions of a photograph, the first one first."""
    rows = image_rows.chain(db, asked.image_generation_id, call.actor)
    items = (ImageGeneration(**_with_files(door.tools.blobs, each)) for each in rows)
    return Page(items=tuple(items), next_cursor=None)
