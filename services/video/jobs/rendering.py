"""`render_piece`: one clip or transition is made, and every video that waits for it is told."""

from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis import codec
from chassis.errors import ServiceError
from chassis.jobs.jobs import Kind, Task
from chassis.unit.deciding import Unit
from gateways.work_folder import scratch
from video.domain import piece, video_project
from video.domain.piece import CompletePiece, FailPiece, Result
from video.domain.plan import Spec, piece_key, source_key
from video.domain.video import NotePieceFailed, NotePieceFinished
from video.gateways.engine import Control, Piece
from video.jobs.equipment import Tools, rising, workspace


def kind(tools: Tools) -> Kind:
    """Return how pieces are rendered."""
    return Kind(
        name="render_piece",
        run=partial(_render, tools),
        finish=_rendered,
        give_up=_not_rendered,
        attempts=2,
        timeout_s=300,
        backoff_s=(2, 30),
    )


def _render(tools: Tools, task: Task, control: Control) -> Any:
    spec: Spec = codec.load(Spec, task.args["spec"])
    workspace_id, teller = workspace(task), rising(tools, task, control)
    with scratch(tools.work.path) as folder:
        out = folder / "piece.mp4"
        made = _make(tools, workspace_id, spec, out, teller)
        blob = tools.blobs.put_file(piece_key(workspace_id, spec), out)
    result = Result(key=blob.key, sha256=blob.sha256, size=blob.size, duration_ms=made.duration_ms)
    return codec.dump(result)


def _make(tools: Tools, workspace_id: UUID, spec: Spec, out: Path, control: Control) -> Piece:
    first = tools.blobs.local(source_key(workspace_id, spec.source_sha256))
    if spec.end_sha256 is None or spec.end_room_type is None:
        with first as picture:
            return tools.engine.clip(
                picture,
                out,
                room_type=spec.room_type,
                seconds=spec.seconds,
                aspect_ratio=spec.aspect_ratio,
                native_audio=spec.native_audio,
                control=control,
            )
    with first as picture, tools.blobs.local(source_key(workspace_id, spec.end_sha256)) as end:
        return tools.engine.transition(
            picture,
            end,
            out,
            seconds=spec.seconds,
            aspect_ratio=spec.aspect_ratio,
            control=control,
            rooms=(spec.room_type, spec.end_room_type),
        )


def _rendered(unit: Unit, task: Task, result: Any) -> None:
    rendered: Result = codec.load(Result, result)
    complete = CompletePiece(result=rendered, attempts=task.failures + 1)
    ended = unit.decide(piece.decider, task.subject, complete).state
    for id in ended.wanted_by:
        note = NotePieceFinished(piece_id=task.subject, key=rendered.key)
        unit.decide(video_project.decider, id, note)


def _not_rendered(unit: Unit, task: Task, error: ServiceError) -> None:
    fail = FailPiece(cause=error.code, attempts=task.failures + 1)
    ended = unit.decide(piece.decider, task.subject, fail).state
    for id in ended.wanted_by:
        note = NotePieceFailed(piece_id=task.subject, cause=error.code)
        unit.decide(video_project.decider, id, note)
