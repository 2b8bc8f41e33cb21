"""`film`: one row a film, with what has become of its pieces."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis import codec
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded
from gateways.port import key_of
from video.domain.film_messages import (
    ClipFailed,
    ClipsDropped,
    CompileStarted,
    FilmBegun,
    FilmFailed,
    FilmMade,
    FilmResumed,
    FilmStopped,
    PieceFinished,
    PiecesMissing,
    TransitionDropped,
)
from video.domain.film_state import Film
from video.domain.plan import run_id
from video.domain.video_events import VideoRemoved
from video.projections.progress import CLIPS, TRANSITIONS
from video.tables import metadata

table = Table(
    "film",
    metadata,
    Column("id", Text, primary_key=True),  # of the run
    Column("workspace_id", Text, nullable=False),
    Column("video_project_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("begun", JSONB, nullable=False),  # FilmBegun: its clips, copies, wanted pieces, look
    Column("pieces", JSONB, nullable=False),  # piece -> {state, key | cause}
    Column("dropped", JSONB, nullable=False),  # clip that it does without -> when that was decided
    Column("file", JSONB),  # FilmFile
    Column("music", JSONB),  # Track
    Column("failure", Text),
    Column("cause", Text),
    Column("cost_micro_usd", BigInteger, nullable=False),  # of the run that is at work
    Column("percent_floor", Integer, nullable=False),  # how far that run has come at least
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(
        "status in ('working', 'joining', 'made', 'broken', 'stopped')", name="film_status"
    ),
    Index("film_video", "video_project_id", "revision"),
    Index("film_workspace", "workspace_id"),
)
AT_WORK = ("working", "joining")
WANTED = {"state": "wanted"}

Row = Mapping[str, Any]


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; it goes with its video, of which no film begins afterwards."""
    id, at = recorded.subject, recorded.recorded_at
    this = update(table).where(table.c.id == str(id))
    match recorded.event:
        case FilmBegun() as begun:  # once more where it was stopped, maybe of other clips
            yield delete(table).where(table.c.id == str(id))
            yield insert(table).values(**_begun(begun), id=id, created_at=at, updated_at=at)
        case VideoRemoved(revision=last):
            for revision in range(1, last + 1):
                yield delete(table).where(table.c.id == str(run_id(id, revision)))
        case event if changed := _changed(event, at.isoformat()):
            yield this.values(**changed, updated_at=at)


def _begun(begun: FilmBegun) -> dict[str, Any]:
    made = {each.piece_id: {"state": "made", "key": each.key} for each in begun.made}
    return {
        "workspace_id": begun.workspace_id,
        "video_project_id": begun.video_project_id,
        "revision": begun.revision,
        "status": "working",
        "begun": codec.dump(begun),
        "pieces": {str(each.piece_id): made.get(each.piece_id, WANTED) for each in begun.wanted},
        "dropped": {},
        "cost_micro_usd": 0,
        "percent_floor": 0,
    }


def _changed(event: Any, at: str) -> dict[str, Any]:
    match event:
        case PieceFinished(piece_id=id, key=key, cost_micro_usd=cost):
            return {**_pieces([id], state="made", key=key), **_charged(cost)}
        case ClipFailed() | TransitionDropped():
            lost = _pieces([event.piece_id], state="lost", cause=event.cause)
            return {**lost, **_charged(event.cost_micro_usd)}
        case CompileStarted():
            return {"status": "joining"}
        case PiecesMissing(piece_ids=ids):
            floor = {"percent_floor": CLIPS + TRANSITIONS}
            return {"status": "working", **_pieces(ids, **WANTED), **floor}
        case FilmMade(film=file, music=music):
            track = None if music is None else codec.dump(music)
            return {"status": "made", "file": codec.dump(file), "music": track}
        case FilmFailed(reason=reason, cause=cause):
            return {"status": "broken", "failure": reason, "cause": cause}
        case FilmStopped():
            return {"status": "stopped"}
        case FilmResumed(piece_ids=ids):
            return {"status": "working", **_pieces(ids, **WANTED), **ANOTHER_RUN}
        case ClipsDropped(clip_ids=ids):
            gone = {str(id): at for id in ids}
            return {"dropped": table.c.dropped.concat(gone), **ANOTHER_RUN}
        case _:
            return {}


ANOTHER_RUN = {"failure": None, "cause": None, "cost_micro_usd": 0, "percent_floor": 0}


def _pieces(ids: Iterable[UUID], **became: str) -> dict[str, Any]:
    return {"pieces": table.c.pieces.concat({str(id): became for id in ids})}


def _charged(cost_micro_usd: int) -> dict[str, Any]:
    return {"cost_micro_usd": table.c.cost_micro_usd + cost_micro_usd}


projection = Projection(table=table, project=project)


def stands(row: Row) -> Film:
    """Return what is known of a film, as its decider knows it."""
    pieces = {UUID(id): each for id, each in row["pieces"].items()}
    return Film(
        begun=codec.load(FilmBegun, row["begun"]),
        keys={id: each["key"] for id, each in pieces.items() if each["state"] == "made"},
        lost={id: each["cause"] for id, each in pieces.items() if each["state"] == "lost"},
        dropped=frozenset(UUID(id) for id in row["dropped"]),
        cost_micro_usd=row["cost_micro_usd"],
    )


def clips_made(row: Row) -> int:
    """Return how many clips of a film are there."""
    clips = (each for each in row["begun"]["wanted"] if each["spec"]["kind"] == "clip")
    states = ((row["pieces"][each["piece_id"]]["state"], each["clip_ids"]) for each in clips)
    return sum(len(clip_ids) for state, clip_ids in states if state == "made")


def of_runs(connection: Connection, run_ids: Collection[str]) -> dict[str, Row]:
    """Return the films of these runs, as far as they have begun."""
    if not run_ids:
        return {}
    found = connection.execute(select(table).where(table.c.id.in_(run_ids))).mappings()
    return {each["id"]: dict(each) for each in found}


def last_made(connection: Connection, video_id: UUID) -> Row | None:
    """Return the last film of a video that was made, if any was."""
    made = select(table).where(table.c.video_project_id == str(video_id), table.c.status == "made")
    newest = connection.execute(made.order_by(table.c.revision.desc()).limit(1))
    row = newest.mappings().one_or_none()
    return None if row is None else dict(row)


def named_sources(connection: Connection, workspace_id: UUID) -> set[str]:
    """Return the blobs that the videos and films of a workspace need beside pieces: our copies.

    Those of a video stay with it, whichever of them its clips show by now.
    """
    found = connection.execute(_NAMED_SOURCES, {"workspace_id": str(workspace_id)}).scalars()
    return {key_of(each) for each in found}


_NAMED_SOURCES = text(
    "select ref from video_project p, jsonb_each_text(p.sources) as taken(name, ref)"
    " where p.workspace_id = :workspace_id and ref is not null"
    " union select source ->> 'key' from film f, jsonb_array_elements(f.begun -> 'sources') source"
    " where f.workspace_id = :workspace_id"
    " union select key from film f, unnest(array["
    "  f.begun -> 'look' ->> 'logo_key', f.begun -> 'look' ->> 'card_key']) as look(key)"
    " where f.workspace_id = :workspace_id and key is not null"
)
