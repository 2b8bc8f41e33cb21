"""Finished photographs as one ZIP file, which the door streams."""

from uuid import UUID

from sqlalchemy import Connection

from chassis.door.edge import Door
from chassis.errors import Conflict, NotFound, Rejected, Unavailable
from chassis.unit.calls import Call
from contracts.media.downloads import Download, DownloadProject
from media.archiving import contents
from media.domain.file_names import archive_name
from media.gateways.archive import archive
from media.gateways.door_links import Wanted
from media.projections import image_files, projects


def link(door: Door, call: Call, asked: DownloadProject) -> Download:
    """Return a link to a project's finished photographs, or to these versions, as one file.

    Raises:
        NotFound: media.nothing_to_download; media.image_not_found for a version of elsewhere.
        Rejected: media.not_completed for one that has not come out.
        Conflict: media.label_not_ready, while a labelled copy is made.
        Unavailable: media.storage_error, where a file is not there.
    """
    name, rows = door.app.query(lambda db: _asked_for(db, call, asked))
    held = contents(door.tools.blobs, rows, label=asked.label)
    if held.missing and asked.label:
        raise Conflict("media.label_not_ready", "a labelled copy is being made")
    if held.missing:
        raise Unavailable("media.storage_error", "a result is not there")
    wanted = Wanted(
        project_id=asked.project_id,
        version_ids=tuple(UUID(each["id"]) for each in rows),
        label=asked.label,
        file_name=archive_name(name, f"{call.at:%Y-%m-%d}"),
    )
    link = door.tools.links.download(wanted)
    return Download(
        url=link.url,
        expires_at=link.expires_at,
        file_name=wanted.file_name,
        size=len(archive(door.tools.blobs, held.entries)),
    )


def _asked_for(
    db: Connection, call: Call, asked: DownloadProject
) -> tuple[str, list[image_files.Row]]:
    """Return the project's name, and the rows; the store is asked when the database is let go."""
    project = projects.get(db, asked.project_id, call.actor)
    if asked.image_generation_ids is None:
        rows = image_files.current(db, asked.project_id)
    else:
        rows = image_files.these(db, asked.project_id, asked.image_generation_ids)
        if len(rows) < len(set(asked.image_generation_ids)):
            raise NotFound("media.image_not_found", "no such image in this project")
        if any(each["status"] != "completed" for each in rows):
            raise Rejected("media.not_completed", "a version has not come out")
    if not rows:
        raise NotFound("media.nothing_to_download", "no photograph has come out")
    return project["name"], rows
