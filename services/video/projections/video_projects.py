"""`video_project`: one row a video."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.asked import Listing, Page
from chassis.identity import Actor
from chassis.personal import PRIVATE, recall_optional
from chassis.unit.pages import page, scope
from chassis.unit.projection import Change, Projection, row
from chassis.unit.store import Recorded, version_of
from gateways.port import ref_of
from video.domain.plan import run_id
from video.domain.video import (
    CompileStarted,
    FilmCompiled,
    PaymentDemanded,
    PieceFinished,
    RunBegun,
    StartCleared,
    StartRequested,
    VideoCreated,
    VideoFailed,
)
from video.tables import metadata

table = Table(
    "video_project",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, info=PRIVATE),
    Column("aspect_ratio", Text, nullable=False, server_default="16:9"),
    Column("music_track_id", Text),
    Column("music_volume", Integer, nullable=False, server_default="50"),
    Column("generate_native_audio", Boolean, nullable=False, server_default="true"),
    Column("final_video_url", Text),
    Column("thumbnail_url", Text),
    Column("duration_seconds", Integer),
    Column("status", Text, nullable=False, server_default="draft"),
    Column("clip_count", Integer, nullable=False, server_default="0"),
    Column("completed_clip_count", Integer, nullable=False, server_default="0"),
    Column("estimated_cost", BigInteger, nullable=False, server_default="0"),  # cents
    Column("actual_cost", BigInteger),
    Column("error_message", Text),
    Column("trigger_run_id", Text),
    Column("trigger_access_token", Text, info=PRIVATE),
    Column("metadata", JSONB),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # beyond the seed
    Column("revision", Integer, nullable=False),
    Column("clearance", Text, nullable=False, server_default="none"),
    CheckConstraint("aspect_ratio in ('16:9', '9:16', '1:1')", name="video_project_aspect_ratio"),
    CheckConstraint(
        "status in ('draft', 'generating', 'compiling', 'completed', 'failed')",
        name="video_project_status",
    ),
    CheckConstraint(
        "clearance in ('none', 'requested', 'cleared', 'payment_required')",
        name="video_project_clearance",
    ),
    Index("video_project_workspace", "workspace_id", "created_at", "id"),
    Index("video_project_created", "created_at", "id"),
    Index("video_project_run", "trigger_run_id"),
)

FAILURES = {
    "sources_unavailable": "The pictures could not be fetched",
    "clips_failed": "Not all clips could be made",
    "compile_failed": "The clips could not be joined",
}


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; the description comes from what is kept of the customer's words."""
    at = recorded.recorded_at
    this = update(table).where(table.c.id == str(recorded.subject))
    match recorded.event:
        case VideoCreated():
            yield _created(recorded.subject, recorded.event, at)
        case StartRequested(revision=revision):
            run = str(run_id(recorded.subject, revision))
            yield this.values(clearance="requested", trigger_run_id=run, updated_at=at)
        case PaymentDemanded():
            yield this.values(clearance="payment_required", updated_at=at)
        case StartCleared(begins=False):
            yield this.values(clearance="cleared", updated_at=at)
        case StartCleared() | RunBegun():
            yield this.values(clearance="cleared", status="generating", updated_at=at)
        case PieceFinished(kind="clip", clip_ids=clip_ids):
            count = table.c.completed_clip_count + len(clip_ids)
            yield this.values(completed_clip_count=count, updated_at=at)
        case CompileStarted():
            yield this.values(status="compiling", updated_at=at)
        case FilmCompiled(film=film, actual_cost_cents=actual_cost):
            yield this.values(
                final_video_url=ref_of(film.key),
                thumbnail_url=ref_of(film.thumbnail_key),
                duration_seconds=film.duration_seconds,
                actual_cost=actual_cost,
                metadata=table.c.metadata.concat(
                    {"film": {"sha256": film.sha256, "size": film.size}}
                ),
                status="completed",
                updated_at=at,
            )
        case VideoFailed(reason=reason, cause=cause):
            message = f"{FAILURES[reason]} ({cause})."
            failed = {"status": "failed", "error_message": message, "clearance": "none"}
            yield this.values(**failed, updated_at=at)


def _created(id: UUID, event: VideoCreated, at: datetime) -> Change:
    settings = event.settings
    made_by: dict[str, Any] = {"engine": settings.engine, "price_list": event.price_list}
    if settings.generate_native_audio:
        made_by["native_audio"] = "a synthetic room tone"
    return insert(table).values(
        id=id,
        workspace_id=event.workspace_id,
        user_id=event.user_id,
        name=settings.title,
        description=recall_optional(id, "description"),
        aspect_ratio=settings.aspect_ratio,
        music_volume=settings.music_volume,
        generate_native_audio=settings.generate_native_audio,
        status="draft",
        clip_count=len(settings.clips),
        estimated_cost=event.estimated_cost_cents,
        metadata=made_by,
        revision=event.revision,
        created_at=at,
        updated_at=at,
    )


projection = Projection(table=table, project=project)


def get(connection: Connection, id: UUID, actor: Actor) -> dict[str, Any]:
    """Return a video's row, with `version`."""
    found = row(connection, table, "video_project", id, actor, "video.video_project_not_found")
    return {"version": found.pop("stream_version"), **found}


def newest(connection: Connection, actor: Actor, asked: Listing[Any]) -> Page[dict[str, Any]]:
    """Return a page of the workspace's videos, newest first; a system admin sees all."""
    query = select(table, version_of("video_project", table.c.id).label("version"))
    wanted = {"workspace_id": scope(actor, None, "video.workspace_not_found")}
    return page(connection, table, query, wanted, asked)


def has_any(connection: Connection, workspace_id: UUID) -> bool:
    """Return whether there is any of that workspace."""
    theirs = select(table.c.id).where(table.c.workspace_id == str(workspace_id)).limit(1)
    return connection.execute(theirs).one_or_none() is not None
