"""`video_project`: one row a video, fed by its own stream alone."""

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
    case,
    delete,
    insert,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.personal import PRIVATE, recall_optional
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded
from gateways.port import ref_of
from video.domain.engines import ENGINES
from video.domain.failures import FAILURES
from video.domain.plan import Settings, run_id
from video.domain.prices import MICRO_USD_A_CENT
from video.domain.video_events import (
    ClipsChanged,
    CompileBegun,
    CostNoted,
    PaymentDemanded,
    RevisionOpened,
    RunBegun,
    RunEnded,
    SettingsChanged,
    SourcesTaken,
    StartCleared,
    StartRequested,
    StartWithdrawn,
    VideoCreated,
    VideoRemoved,
)
from video.projections.refs import film_columns, shown_as
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
    Column("final_video_url", Text),  # of the last film that was made
    Column("thumbnail_url", Text),
    Column("duration_seconds", Integer),
    Column("status", Text, nullable=False, server_default="draft"),
    Column("clip_count", Integer, nullable=False, server_default="0"),
    Column("completed_clip_count", Integer, nullable=False, server_default="0"),
    Column("estimated_cost", BigInteger, nullable=False, server_default="0"),  # cents
    Column("actual_cost", BigInteger),  # cents, begun ones counted
    Column("error_message", Text),
    Column("trigger_run_id", Text),
    Column("trigger_access_token", Text, info=PRIVATE),  # its SHA-256
    Column("metadata", JSONB),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # beyond the seed
    Column("revision", Integer, nullable=False),
    Column("clearance", Text, nullable=False, server_default="none"),
    Column("cost_micro_usd", BigInteger, nullable=False, server_default="0"),
    Column("sources", JSONB, nullable=False, server_default="{}"),  # our copies: see `refs`
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


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; the description comes from what is kept of the customer's words."""
    id, at, event = recorded.subject, recorded.recorded_at, recorded.event
    this = update(table).where(table.c.id == str(id))
    match event:
        case VideoCreated():
            yield insert(table).values(**_created(id, event), created_at=at, updated_at=at)
        case VideoRemoved():
            yield delete(table).where(table.c.id == str(id))
        case _ if (changed := _changed(id, event)) is not None:
            yield this.values(**changed, updated_at=at)


def _created(id: UUID, event: VideoCreated) -> dict[str, Any]:
    return {
        "id": id,
        "workspace_id": event.workspace_id,
        "user_id": event.user_id,
        **_settings(id, event.settings),
        "metadata": {"price_list": event.price_list, **_made_how(event.settings)},
        "clip_count": len(event.clips),
        "estimated_cost": event.estimated_cost_cents,
        "revision": event.revision,
    }


def _settings(id: UUID, settings: Settings) -> dict[str, Any]:
    return {
        "name": settings.title,
        "description": recall_optional(id, "description"),
        "aspect_ratio": settings.aspect_ratio,
        "music_track_id": settings.music_track_id,
        "music_volume": settings.music_volume,
        "generate_native_audio": settings.generate_native_audio,
    }


def _made_how(settings: Settings) -> dict[str, Any]:
    return {
        "engine": settings.engine,
        "native_audio": ENGINES[settings.engine].sound if settings.generate_native_audio else None,
        "motion": settings.motion,
        "show_logo": settings.show_logo,
        "end_card": settings.end_card,
    }


def _changed(id: UUID, event: Any) -> dict[str, Any] | None:
    """Return the columns that an event changes; None for one that changes nothing."""
    match event:
        case SettingsChanged(settings=settings, estimated_cost_cents=cents):
            how = {"metadata": table.c.metadata.concat(_made_how(settings))}
            return {**_settings(id, settings), **how, "estimated_cost": cents}
        case ClipsChanged(clips=clips, anew=anew, estimated_cost_cents=cents):
            count = {"clip_count": len(clips), "completed_clip_count": 0}
            return {**count, "estimated_cost": cents, **_copies(dict.fromkeys(anew))}
        case SourcesTaken(sources=sources):
            return _copies({each.name: ref_of(each.key) for each in sources})
        case StartRequested(revision=revision, progress_sha256=token):
            run = {"trigger_run_id": run_id(id, revision), "trigger_access_token": token}
            return {"clearance": "requested", **run}
        case StartCleared():
            return {"clearance": "cleared"}
        case PaymentDemanded():
            return {"clearance": "payment_required"}
        case StartWithdrawn():
            return {"clearance": "none"}
        case RevisionOpened(revision=revision, clearance=clearance):
            opened = {"status": "draft", "error_message": None}
            return {**opened, "revision": revision, "clearance": clearance}
        case CostNoted(cost_micro_usd=cost):
            return _charged(cost)
        case _:
            return _of_run(id, event)


def _copies(copies: dict[str, str | None]) -> dict[str, Any]:
    written = {shown_as(name): ref for name, ref in copies.items()}
    return {"sources": table.c.sources.concat(written)}


def _charged(cost_micro_usd: int) -> dict[str, Any]:
    spent: ColumnElement[int] = table.c.cost_micro_usd + cost_micro_usd
    cents = (spent + (MICRO_USD_A_CENT - 1)) // MICRO_USD_A_CENT
    return {"cost_micro_usd": spent, "actual_cost": cents}


def _of_run(id: UUID, event: Any) -> dict[str, Any] | None:
    match event:
        case RunBegun(revision=revision, progress_sha256=token):
            begun = {"status": "generating", "error_message": None, "completed_clip_count": 0}
            run = {"clearance": "cleared", "trigger_run_id": run_id(id, revision)}
            return {**begun, **run, **({"trigger_access_token": token} if token else {})}
        case CompileBegun():
            return {"status": "compiling"}
        case RunEnded(clips=ends, cost_micro_usd=cost):
            count = sum(end.clip_key is not None for end in ends)
            return {**_ended(event), **_charged(cost), "completed_clip_count": count}
        case _:
            return None


def _ended(event: RunEnded) -> dict[str, Any]:
    if event.film is not None:
        return {"status": "completed", **film_columns(event.film)}
    if event.reason is None:  # cancelled, held
        return {"status": "draft"}
    # Where nothing was ever delivered billing may have given the money back.
    never = case((table.c.final_video_url.is_(None), "none"), else_=table.c.clearance)
    message = f"{FAILURES[event.reason]} ({event.cause})."
    return {"status": "failed", "error_message": message, "clearance": never}


projection = Projection(table=table, project=project)
