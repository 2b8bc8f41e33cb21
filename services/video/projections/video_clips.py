"""`video_clip`: one row a clip, fed by its video."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Update,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.personal import PRIVATE, recall_optional
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded
from gateways.port import ref_of
from video.domain.plan import Wanted, source_key
from video.domain.rooms import motion_prompt
from video.domain.video import (
    ClipFailed,
    GenerationStarted,
    PieceFinished,
    TransitionDropped,
    VideoCreated,
)
from video.tables import metadata

table = Table(
    "video_clip",
    metadata,
    Column("id", Text, primary_key=True),
    Column("video_project_id", Text, nullable=False),
    Column("source_image_url", Text, nullable=False),  # media:<image> until it is copied
    Column("image_generation_id", Text),
    Column("end_image_url", Text),
    Column("end_image_generation_id", Text),
    Column("room_type", Text, nullable=False),
    Column("room_label", Text, info=PRIVATE),
    Column("sequence_order", Integer, nullable=False),
    Column("motion_prompt", Text),
    Column("transition_type", Text, nullable=False, server_default="seamless"),
    Column("transition_clip_url", Text),
    Column("clip_url", Text),
    Column("duration_seconds", Integer, nullable=False, server_default="5"),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("error_message", Text),
    Column("metadata", JSONB),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("transition_type in ('cut', 'seamless')", name="video_clip_transition_type"),
    CheckConstraint(
        "status in ('pending', 'processing', 'completed', 'failed')", name="video_clip_status"
    ),
    Index("video_clip_order", "video_project_id", "sequence_order"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the rows; a room's label comes from what is kept of the customer's words."""
    at = recorded.recorded_at
    match recorded.event:
        case VideoCreated():
            yield from _created(recorded.subject, recorded.event, at)
        case GenerationStarted(wanted=wanted):
            clips = (each for each in wanted if each.spec.kind == "clip")
            for each in clips:
                yield from _started(UUID(recorded.meta["workspace"]), each, at)
        case PieceFinished(kind="clip", clip_ids=clip_ids, key=key):
            for id in clip_ids:
                yield _row(id).values(clip_url=ref_of(key), status="completed", updated_at=at)
        case PieceFinished(clip_ids=clip_ids, key=key):
            for id in clip_ids:
                yield _row(id).values(transition_clip_url=ref_of(key), updated_at=at)
        case ClipFailed(clip_ids=clip_ids, cause=cause):
            message = f"This clip could not be made ({cause})."
            for id in clip_ids:
                yield _row(id).values(status="failed", error_message=message, updated_at=at)
        case TransitionDropped(clip_ids=clip_ids, cause=cause):
            for id in clip_ids:
                dropped = {"transition": "cut", "cause": cause}
                yield _row(id).values(metadata=dropped, updated_at=at)


def _row(id: UUID) -> Update:
    return update(table).where(table.c.id == str(id))


def _created(video_id: UUID, event: VideoCreated, at: datetime) -> Iterable[Change]:
    for order, clip in enumerate(event.settings.clips):
        yield insert(table).values(
            id=clip.id,
            video_project_id=video_id,
            source_image_url=f"media:{clip.image_generation_id}",
            image_generation_id=clip.image_generation_id,
            room_type=clip.room_type,
            room_label=recall_optional(clip.id, "room_label"),
            sequence_order=order,
            motion_prompt=motion_prompt(clip.room_type),
            transition_type=clip.transition_type,
            duration_seconds=clip.duration_seconds,
            status="pending",
            created_at=at,
            updated_at=at,
        )


def _started(workspace_id: UUID, piece: Wanted, at: datetime) -> Iterable[Change]:
    source = ref_of(source_key(workspace_id, piece.spec.source_sha256))
    for id in piece.clip_ids:
        yield _row(id).values(source_image_url=source, status="processing", updated_at=at)


projection = Projection(table=table, project=project)


def of_video(connection: Connection, video_id: UUID) -> list[dict[str, Any]]:
    """Return a video's clips in order."""
    query = select(table).where(table.c.video_project_id == str(video_id))
    rows = connection.execute(query.order_by(table.c.sequence_order)).mappings()
    return [dict(row) for row in rows]
