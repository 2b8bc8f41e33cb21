"""What media's own door hands out beside the store's links: archives, and published originals.

Both are streamed, whichever store there is, and neither is looked up in anything but the rows: what
is deleted or revoked has gone with its row.
"""

from collections.abc import Iterator
from typing import Any

from werkzeug.exceptions import Gone, NotFound
from werkzeug.wrappers import Request, Response

from chassis.door.web import Route
from chassis.unit.handling import App
from gateways.blob_rules import saved_as
from gateways.port import Blobs
from media.archiving import contents
from media.gateways.archive import archive
from media.gateways.door_links import DOWNLOADS, ORIGINALS, DoorLinks, is_token, sha256_of
from media.links import lying, published_key
from media.projections import image_files

READ = ("GET", "HEAD")


def routes(app: App, blobs: Blobs, links: DoorLinks) -> tuple[Route, ...]:
    """Return the paths of what is handed out here."""

    def download(request: Request, token: str) -> Response:
        wanted = links.wanted(token)
        rows = app.query(lambda db: image_files.these(db, wanted.project_id, wanted.version_ids))
        held = contents(blobs, rows, label=wanted.label)
        if len(held.entries) < len(wanted.version_ids):
            raise Gone("a photograph has gone")
        sent = archive(blobs, held.entries)
        headers = {"Content-Disposition": saved_as(wanted.file_name)}
        return _streamed(iter(sent), len(sent), "application/zip", headers)

    def original(request: Request, token: str) -> Response:
        sha256 = sha256_of(token)
        row = app.query(lambda db: image_files.published(db, sha256)) if is_token(token) else None
        if row is None:
            raise NotFound("nothing is shown here")
        key = published_key(row["workspace_id"], row["project_id"], row["id"], sha256)
        if (there := lying(blobs, key)) is None:
            raise NotFound("nothing is shown here")
        return _streamed(blobs.chunks(key), there.size, "image/jpeg", {})

    return (
        Route(path=f"{DOWNLOADS}/<token>", methods=READ, answer=download, max_bytes=0),
        Route(path=f"{ORIGINALS}/<token>", methods=READ, answer=original, max_bytes=0),
    )


def _streamed(chunks: Iterator[bytes], size: int, kind: str, headers: dict[str, Any]) -> Response:
    return Response(chunks, headers={**headers, "Content-Length": str(size)}, content_type=kind)
