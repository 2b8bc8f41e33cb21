"""Files that are nobody's: uploads not confirmed, copies that were sent, what no row names.

Each is deleted after a day. What no row names was stored by somebody who died before they could say
so, or for a version that had ended meanwhile.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from chassis.hearing.cursors import call
from chassis.jobs.schedules import Schedule
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from gateways.port import Blobs, Listed, key_of
from media.domain import image, project
from media.domain.image_state import Image
from media.domain.project_state import Project
from media.links import MASK, is_passing, lying, published_key, stem, whose
from media.projections import image_files

KEPT = timedelta(hours=24)
LOOKED_AT = timedelta(hours=72)  # what lies there longer was looked at often enough
AT_ONCE = 1_000  # files whose rows are read together


def schedule(blobs: Blobs) -> Schedule:
    """Return what sweeps every hour."""

    def run(app: App) -> None:
        sweep(app, blobs, app.clock())

    return Schedule(name="sweep_files", every_s=3_600, run=run)


def sweep(app: App, blobs: Blobs, now: datetime) -> None:
    """Delete what passes by and is older than 24 hours, and what has been nobody's for as long."""
    old = now - KEPT
    lasting = _passing_by(blobs, old, now - LOOKED_AT)
    while part := list(islice(lasting, AT_ONCE)):
        for key in _nobodys(app, part):
            still = lying(blobs, key)  # who confirms again, or makes it again, stores it anew
            if still is not None and still.modified_at < old:
                blobs.delete(key)


def _passing_by(blobs: Blobs, old: datetime, older: datetime) -> Iterator[Listed]:
    """Delete what passes by; yield what else is old, and not older."""
    for each in blobs.listed(""):
        if is_passing(each.key) and each.modified_at < old:
            blobs.delete(each.key)
        elif whose(each.key) is not None and older < each.modified_at < old:
            yield each


def _nobodys(app: App, files: Sequence[Listed]) -> list[str]:
    """Return which of these files belong to nothing that there is."""
    owners = {each.key: owner for each in files if (owner := whose(each.key)) is not None}
    ids = {id for room, id in owners.values() if room != MASK}
    rows = app.query(lambda db: image_files.named(db, ids))
    named = {stem(key) for row in rows for key in _keys(row)}
    masks = {key for key, (room, _) in owners.items() if room == MASK}
    nobodys = [key for key in owners.keys() - masks if not _is_beside(key, named)]
    return nobodys + [key for key in masks if not app.attempt(call(app), partial(_marks, key))]


def _keys(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield where the files lie that a version's row names."""
    for name in ("original_image_url", "result_image_url"):
        if row[name] is not None:
            yield key_of(row[name])
    if row["published_token_sha256"] is not None:
        where = UUID(row["workspace_id"]), UUID(row["project_id"]), UUID(row["id"])
        yield published_key(*where, row["published_token_sha256"])


def _is_beside(key: str, named: set[str]) -> bool:
    """Return whether a file is one that is named, or a copy beside it: '<stem>-320.jpg'."""
    own = stem(key)
    return own in named or own.rpartition("-")[0] in named


def _marks(key: str, unit: Unit) -> bool:
    """Return whether a file marks an area of a photograph."""
    _, project_id, _, name = key.split("/")
    mask_id = UUID(stem(name))
    known = unit.state(project.decider, UUID(project_id))
    upload = known.upload(mask_id) if isinstance(known, Project) else None
    if upload is None or upload.mask_of is None:
        return False
    photograph = unit.state(image.decider, upload.mask_of)
    return isinstance(photograph, Image) and photograph.has_mask(mask_id)
