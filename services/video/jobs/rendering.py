"""`render_piece`: one clip or transition is made on this machine, and all who wait are told."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis import codec
from chassis.errors import ServiceError
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from gateways.work_folder import scratch
from video import filming
from video.domain import piece
from video.domain.piece_messages import CompletePiece, FailPiece, PieceWanted, Result
from video.domain.plan import Spec, piece_key
from video.gateways.engine import Engine, Piece, Shot
from video.jobs.equipment import Tools, workspace
from video.kinds import ASK_PROVIDER, RENDER_PIECE


def job(piece_id: UUID, wanted: PieceWanted, retries: int) -> Job:
    """Return the job that makes a piece, here or by asking a provider."""
    kind = RENDER_PIECE if wanted.spec.engine == "local" else ASK_PROVIDER
    args = {
        "spec": codec.dump(wanted.spec),
        "pictures": list(wanted.pictures),
        "asked_by": wanted.video_project_id,
        "retries": retries,
    }
    return Job(kind=kind, subject=piece_id, args=args)


def kind(tools: Tools) -> Kind:
    """Return how pieces are rendered."""
    return Kind(
        name=RENDER_PIECE,
        run=partial(_render, tools),
        finish=_rendered,
        give_up=_not_rendered,
        attempts=2,
        timeout_s=300,
        backoff_s=(2, 30),
    )


def _render(tools: Tools, task: Task, control: Control) -> Any:
    spec: Spec = codec.load(Spec, task.args["spec"])
    with scratch(tools.work.path) as folder, ExitStack() as held:
        out = folder / "piece.mp4"
        pictures = [held.enter_context(tools.blobs.local(key)) for key in task.args["pictures"]]
        made = _make(tools.engine, spec, pictures, out, control)
        blob = tools.blobs.put_file(piece_key(workspace(task), spec), out)
    result = Result(key=blob.key, sha256=blob.sha256, size=blob.size, duration_ms=made.duration_ms)
    return codec.dump(result)


def _make(engine: Engine, spec: Spec, pictures: list[Path], out: Path, control: Control) -> Piece:
    shot = Shot(
        room_type=spec.room_type,
        seconds=spec.seconds if spec.kind == "clip" else spec.leaving_seconds,
        aspect_ratio=spec.aspect_ratio,
        native_audio=spec.native_audio,
        motion=spec.motion,
        mirrored=spec.mirrored,
    )
    first, *others = pictures
    if spec.kind == "clip":
        end = others[0] if others else None
        return engine.clip(first, out, shot=shot, end=end, control=control)
    arriving = Shot(
        room_type=spec.end_room_type or "other",
        seconds=spec.arriving_seconds,
        aspect_ratio=spec.aspect_ratio,
        native_audio=spec.native_audio,
        motion=spec.motion,
        mirrored=spec.end_mirrored,
    )
    return engine.transition(
        first,
        others[0],
        out,
        leaving=shot,
        arriving=arriving,
        milliseconds=spec.length_ms,
        control=control,
    )


def _rendered(unit: Unit, task: Task, result: Any) -> None:
    rendered: Result = codec.load(Result, result)
    end(unit, task, CompletePiece(result=rendered, attempts=task.failures + 1))


def _not_rendered(unit: Unit, task: Task, error: ServiceError) -> None:
    end(unit, task, FailPiece(cause=error.code, attempts=task.failures + 1))


def end(unit: Unit, task: Task, command: CompletePiece | FailPiece) -> None:
    """Record a piece's end and tell the films that wait for it, in one unit; once."""
    if not isinstance(unit.state(piece.decider, task.subject), piece.Rendering):
        return
    state = unit.decide(piece.decider, task.subject, command).state
    filming.ended(unit, task.subject, state, command.cost_micro_usd)
