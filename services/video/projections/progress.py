"""How far a run is: the pieces it wants (`wanted_piece`), and what its jobs tell."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    Table,
    Text,
    insert,
    text,
    update,
)

from chassis import ids
from chassis.errors import NotFound
from chassis.identity import Actor
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded
from video.domain.video import ClipFailed, GenerationStarted, PieceFinished, TransitionDropped
from video.tables import metadata

CLIPS, TRANSITIONS, COMPILE = 70, 15, 15  # percent of the whole

table = Table(
    "wanted_piece",
    metadata,
    Column("id", Text, primary_key=True),
    Column("video_project_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("piece_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ended", Boolean, nullable=False, server_default="false"),
    CheckConstraint("kind in ('clip', 'transition')", name="wanted_piece_kind"),
    Index("wanted_piece_video", "video_project_id", "revision"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Note which pieces a video waits for."""
    subject = recorded.subject
    match recorded.event:
        case GenerationStarted(revision=revision, wanted=wanted):
            for each in wanted:
                yield insert(table).values(
                    id=_id(subject, revision, each.piece_id),
                    video_project_id=subject,
                    revision=revision,
                    piece_id=each.piece_id,
                    kind=each.spec.kind,
                )
        case (
            PieceFinished(revision=revision, piece_id=piece_id)
            | ClipFailed(revision=revision, piece_id=piece_id)
            | TransitionDropped(revision=revision, piece_id=piece_id)
        ):
            this = update(table).where(table.c.id == str(_id(subject, revision, piece_id)))
            yield this.values(ended=True)


def _id(video_id: UUID, revision: int, piece_id: UUID) -> UUID:
    return ids.derive(video_id, "wanted", revision, piece_id)


projection = Projection(table=table, project=project)


def of_run(connection: Connection, run_id: UUID, actor: Actor) -> dict[str, Any]:
    """Return how far a run is: {percent, step, at}. Raises `NotFound("video.run_not_found")`."""
    # one statement sees one moment: a piece is never neither running nor ended
    rows = connection.execute(_RUN, {"run_id": str(run_id)}).all()
    if not rows or not actor.sees(UUID(rows[0].workspace_id)):
        raise NotFound("video.run_not_found", "no such run")
    wanted = [each for each in rows if each.kind is not None]
    return {
        "percent": percent(rows[0].status, wanted, rows[0].compiled or 0),
        "step": _step(rows[0].status, bool(wanted)),
        "at": max([rows[0].updated_at, *(each.told_at for each in rows if each.told_at)]),
    }


def percent(status: str, wanted: Sequence[Any], compiled: int) -> int:
    """Return the percent done: clips 70, transitions 15, compiling 15; 100 for a finished film.

    `wanted`: the pieces (`kind`, `ended`, `percent`); without transitions clips weigh for both.
    """
    if status == "completed":
        return 100
    shares = {kind: [_done(each) for each in wanted if each.kind == kind] for kind in KINDS}
    weights = dict(zip(KINDS, (CLIPS, TRANSITIONS), strict=True))
    if not shares["transition"]:
        weights = {"clip": CLIPS + TRANSITIONS}
    done = sum(
        weights[kind] * sum(shares[kind]) // (100 * len(shares[kind]))
        for kind in weights
        if shares[kind]
    )
    return min(99, done + COMPILE * compiled // 100)


KINDS = ("clip", "transition")


def _done(piece: Any) -> int:
    return 100 if piece.ended else min(100, piece.percent or 0)


def _step(status: str, wanted: bool) -> str:
    match status:
        case "draft":
            return "waiting"
        case "generating" if not wanted:
            return "fetching"
    return status


def told(connection: Connection, job_id: UUID) -> int:
    """Return the percent that a job has told so far."""
    return int(connection.execute(_TOLD, {"id": job_id}).scalar_one() or 0)


_RUN = text(
    "select p.workspace_id, p.status, p.updated_at, w.kind, w.ended,"
    " cast(r.progress ->> 'percent' as int) as percent,"
    " cast(c.progress ->> 'percent' as int) as compiled,"
    " cast(coalesce(r.progress, c.progress) ->> 'at' as timestamptz) as told_at"
    " from video_project p"
    " left join wanted_piece w on w.video_project_id = p.id and w.revision = p.revision"
    " left join jobs r on r.kind = 'render_piece' and r.subject = w.piece_id"
    "  and r.state in ('waiting', 'claimed') and not w.ended"
    " left join jobs c on c.kind = 'compile_film' and c.subject = p.id"
    "  and cast(c.args ->> 'revision' as int) = p.revision"
    " where p.trigger_run_id = :run_id"
)
_TOLD = text("select cast(progress ->> 'percent' as int) from jobs where id = :id")
