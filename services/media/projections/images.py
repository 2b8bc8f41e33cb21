"""`image_generation`: one row a version of a photograph."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Update,
    delete,
    false,
    insert,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.personal import ERASED, PRIVATE, recall
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded
from gateways.port import ref_of
from media.domain.failures import FAILURES
from media.domain.image_events import (
    AlterationSet,
    ImageAdded,
    ImageCancelled,
    ImageEnhanced,
    ImageFailed,
    ImagePostponed,
    ImageQueued,
    ImageRemoved,
    ImageRetried,
    LateResultNoted,
    OriginalPublished,
    OriginalRevoked,
    Result,
    RoomTypeSet,
    VersionRequested,
    VersionSelected,
)
from media.domain.status import STATUSES
from media.projections.projects import ONE_OF_THE_ROOMS
from media.tables import metadata

table = Table(
    "image_generation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("project_id", Text, nullable=False),
    Column("original_image_url", Text, nullable=False),  # 'blob:<key>'
    Column("result_image_url", Text),
    Column("prompt", Text, nullable=False, info=PRIVATE),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("parent_id", Text),  # the root of the version chain
    Column("status", Text, nullable=False, server_default="pending"),
    Column("error_message", Text),
    Column("metadata", JSONB),  # what made it; what it cost stands below
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # beyond the seed; width, height, size and hash are the result's once there is one
    Column("source_id", Text),  # the version that was really edited
    Column("alteration", Text, nullable=False, server_default="none"),
    Column("room_type", Text),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("is_current", Boolean, nullable=False, server_default="true"),
    Column("kind", Text),  # of the later ones: 'edit' or 'regenerate'
    Column("file_name", Text, nullable=False, server_default=ERASED, info=PRIVATE),  # of the first
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("cost_micro_usd", BigInteger, nullable=False, server_default="0"),
    Column("original_sha256", Text, nullable=False, server_default=""),
    # of the first: by what everybody sees the original, since when, and how often it came to that
    Column("published_token_sha256", Text, info=PRIVATE),
    Column("published_at", DateTime(timezone=True)),
    Column("publications", Integer, nullable=False, server_default="0"),
    CheckConstraint(f"status in {STATUSES}", name="image_generation_status"),
    CheckConstraint(
        "alteration in ('none', 'technical', 'material')", name="image_generation_alteration"
    ),
    CheckConstraint(ONE_OF_THE_ROOMS, name="image_generation_room_type"),
    CheckConstraint("kind in ('edit', 'regenerate')", name="image_generation_kind"),
    Index("image_generation_project", "project_id", "created_at", "id"),
    Index("image_generation_versions", "parent_id", "version"),
    Index("image_generation_newest", "workspace_id", "created_at", "id"),
    Index("image_generation_published", "published_token_sha256"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row, and that of the version which a newer one replaces."""
    root, at, event = recorded.subject, recorded.recorded_at, recorded.event
    match event:
        case ImageAdded() | VersionRequested():
            yield insert(table).values(**_begun(event, root), created_at=at, updated_at=at)
        case RoomTypeSet(room_type=room_type, prompt=prompt, later_ids=later):
            yield _of(root).values(room_type=room_type, prompt=prompt, updated_at=at)
            for id in later:
                yield _of(id).values(room_type=room_type, updated_at=at)
        case ImageQueued(prompt=prompt):
            words = {} if prompt is None else {"prompt": prompt}
            yield _of(root).values(status="processing", error_message=None, updated_at=at, **words)
        case ImageRetried(version_id=id):
            yield _of(id).values(status="processing", error_message=None, updated_at=at)
        case ImagePostponed():
            yield _of(root).values(status="pending", updated_at=at)
        case OriginalPublished(token_sha256=token):
            often = table.c.publications + 1
            published = {"published_token_sha256": token, "published_at": at}
            yield _of(root).values(publications=often, updated_at=at, **published)
        case OriginalRevoked():
            yield _of(root).values(published_token_sha256=None, published_at=None, updated_at=at)
        case VersionSelected(version_id=id, replaces=before):
            yield _of(before or root).values(is_current=False, updated_at=at)
            yield _of(id).values(is_current=True, updated_at=at)
        case ImageRemoved(version_ids=ids):
            for id in (root, *(each for each in ids if each != root)):
                yield delete(table).where(table.c.id == str(id))
        case _:
            yield from _ended(recorded)


def _of(id: UUID) -> Update:
    return update(table).where(table.c.id == str(id))


def _begun(event: ImageAdded | VersionRequested, root: UUID) -> dict[str, Any]:
    """Return the row of a version that nothing has come of."""
    original = event.original
    row = {
        "workspace_id": event.workspace_id,
        "user_id": event.user_id,
        "project_id": event.project_id,
        "original_image_url": ref_of(original.key),
        "original_sha256": original.sha256,
        "room_type": event.room_type,
        "width": original.width,
        "height": original.height,
        "size_bytes": original.size,
        "sha256": original.sha256,
    }
    if isinstance(event, ImageAdded):
        name = recall(root, "file_name")
        return {**row, "id": root, "prompt": event.prompt, "file_name": name}
    prompt = recall(event.version_id, "prompt") if event.prompt is None else event.prompt
    return {
        **row,
        "id": event.version_id,
        "prompt": prompt,
        "version": event.number,
        "parent_id": root,
        "source_id": event.source_id,
        "kind": event.kind,
        "status": "processing",
        "is_current": false(),
    }


def _ended(recorded: Recorded) -> Iterable[Change]:
    """Say what became of a version, and what it cost."""
    root, at, event = recorded.subject, recorded.recorded_at, recorded.event
    match event:
        case ImageEnhanced(result=result, version_id=id):
            stands = {"is_current": True} if event.stands else {}
            made = {**_file(result), **_paid(event.cost_micro_usd, event.attempts), **stands}
            done = {"status": "completed", "error_message": None}
            yield _of(id or root).values(**done, updated_at=at, **made)
            if event.stands:
                yield _of(event.replaces or root).values(is_current=False, updated_at=at)
        case ImageFailed(reason=reason, version_id=id):
            paid = _paid(event.cost_micro_usd, event.attempts)
            message = FAILURES[reason].text
            failed = {"status": "failed", "error_message": message}
            yield _of(id or root).values(**failed, updated_at=at, **paid)
        case ImageCancelled(version_id=id):
            message = FAILURES["cancelled"].text
            yield _of(id).values(status="failed", error_message=message, updated_at=at)
        case LateResultNoted(version_id=id, cost_micro_usd=cost):
            yield _of(id).values(updated_at=at, **_paid(cost, 0))
        case AlterationSet(version_id=id, alteration=alteration):
            yield _of(id).values(alteration=alteration, updated_at=at)


def _paid(cost_micro_usd: int, attempts: int) -> dict[str, ColumnElement[int]]:
    """Return what it cost so far, and how often it was tried."""
    return {
        "cost_micro_usd": table.c.cost_micro_usd + cost_micro_usd,
        "attempts": table.c.attempts + attempts,
    }


def _file(result: Result) -> dict[str, Any]:
    return {
        "result_image_url": ref_of(result.key),
        "metadata": {
            "model": result.model,
            "engine": result.engine,
            "tokens": None,
            "params_hash": result.params_hash,
        },
        "alteration": result.alteration,
        "width": result.width,
        "height": result.height,
        "size_bytes": result.size,
        "sha256": result.sha256,
    }


projection = Projection(table=table, project=project)
