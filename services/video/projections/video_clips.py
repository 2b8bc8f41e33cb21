"""`video_clip`: one row a clip, fed by its video; of a draft, what came of its last run."""

from collections.abc import Iterable, Mapping
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
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from chassis.personal import PRIVATE, recall_optional
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded
from gateways.port import ref_of
from video.domain.clips import Clip
from video.domain.rooms import motion_prompt
from video.domain.video_events import (
    ClipEnd,
    ClipsChanged,
    ImageForgotten,
    RunBegun,
    RunEnded,
    VideoCreated,
    VideoRemoved,
)
from video.projections.refs import columns_of
from video.projections.video_projects import table as videos
from video.tables import metadata

table = Table(
    "video_clip",
    metadata,
    Column("id", Text, primary_key=True),
    Column("video_project_id", Text, nullable=False),
    Column("source_image_url", Text, nullable=False),  # where the picture comes from: `refs`
    Column("image_generation_id", Text),
    Column("end_image_url", Text),
    Column("end_image_generation_id", Text),
    Column("room_type", Text, nullable=False),
    Column("room_label", Text, info=PRIVATE),
    Column("sequence_order", Integer, nullable=False),
    Column("motion_prompt", Text, info=PRIVATE),  # the customer's own; else the room's is replied
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
    Index("video_clip_image", "image_generation_id"),
    Index("video_clip_end_image", "end_image_generation_id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the rows; labels and own words come from what is kept of the customer's texts."""
    id, at, event = recorded.subject, recorded.recorded_at, recorded.event
    match event:
        case VideoCreated(clips=clips):
            yield from _standing(id, clips, at)
        case ClipsChanged(clips=clips, removed=removed):
            for gone in removed:
                yield delete(table).where(table.c.id == str(gone))
            yield from _standing(id, clips, at)
        case ImageForgotten(image_generation_id=image, clip_ids=clip_ids):
            for each in clip_ids:
                yield _row(each).values(
                    image_generation_id=func.nullif(table.c.image_generation_id, str(image)),
                    end_image_generation_id=func.nullif(
                        table.c.end_image_generation_id, str(image)
                    ),
                    updated_at=at,
                )
        case RunBegun(clip_ids=clip_ids):
            for each in clip_ids:
                yield _row(each).values(**{**NOTHING_YET, "status": "processing"}, updated_at=at)
        case RunEnded(clips=ends):
            for end in ends:
                yield _row(end.clip_id).values(**become(end, "pending"), updated_at=at)
        case VideoRemoved(clip_ids=clip_ids):
            for each in clip_ids:
                yield delete(table).where(table.c.id == str(each))


def _row(id: UUID) -> Update:
    return update(table).where(table.c.id == str(id))


NOTHING_YET = {
    "status": "pending",
    "clip_url": None,
    "transition_clip_url": None,
    "error_message": None,
    "metadata": None,
}


def become(end: ClipEnd, otherwise: str) -> dict[str, Any]:
    """Return the columns that say what has become of a clip.

    `otherwise`: the status of one that is neither there nor lost.
    """
    if end.clip_key is None and end.cause is None:
        return {**NOTHING_YET, "status": otherwise}
    if end.clip_key is None:
        message = f"This clip could not be made ({end.cause})."
        return {**NOTHING_YET, "status": "failed", "error_message": message}
    after = end.transition_key
    return {
        **NOTHING_YET,
        "status": "completed",
        "clip_url": ref_of(end.clip_key),
        "transition_clip_url": None if after is None else ref_of(after),
        "metadata": {"transition": "cut", "cause": end.cause} if end.cause else None,
    }


def _standing(video_id: UUID, clips: Iterable[Clip], at: datetime) -> Iterable[Change]:
    """Let the clips stand so; what a run made of them before says nothing of them now."""
    for order, clip in enumerate(clips):
        row = {**columns(clip, order), **NOTHING_YET, "updated_at": at}
        texts = {name: recall_optional(clip.id, name) for name in ("room_label", "motion_prompt")}
        new = insert(table).values(
            id=clip.id, video_project_id=video_id, created_at=at, **row, **texts
        )
        now = {name: new.excluded[name] for name in (*row, *texts)}
        yield new.on_conflict_do_update(index_elements=["id"], set_=now)


def columns(clip: Clip, order: int) -> dict[str, Any]:
    """Return the columns that say what a clip is."""
    source, image = columns_of(clip.picture)
    end_source, end_image = columns_of(clip.end_picture)
    return {
        "source_image_url": source,
        "image_generation_id": image,
        "end_image_url": end_source,
        "end_image_generation_id": end_image,
        "room_type": clip.room_type,
        "sequence_order": order,
        "transition_type": clip.transition_type,
        "duration_seconds": clip.duration_seconds,
    }


projection = Projection(table=table, project=project)


def of_video(connection: Connection, video_id: UUID) -> list[dict[str, Any]]:
    """Return a video's clips in order, as they are replied: where they were copied, our copies."""
    copied = {
        name: func.coalesce(videos.c.sources[table.c[name]].astext, table.c[name]).label(name)
        for name in ("source_image_url", "end_image_url")
    }
    query = (
        select(*(copied.get(each.name, each) for each in table.c))
        .join(videos, videos.c.id == table.c.video_project_id)
        .where(table.c.video_project_id == str(video_id))
    )
    rows = connection.execute(query.order_by(table.c.sequence_order)).mappings()
    return [{**row, "motion_prompt": words(dict(row))} for row in rows]


def words(row: Mapping[Any, Any]) -> str:
    """Return what a model is to do with a clip: the customer's own words, or the room's."""
    return row["motion_prompt"] or motion_prompt(row["room_type"])
