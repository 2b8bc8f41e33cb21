"""Pieces that a provider makes: what it is sent, and what becomes of the answer.

A job's arguments: `spec`, `pictures` (the blobs of what is shown first, and of what it leads to),
`asked_by` (the video that pays) and `retries`.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from asking.port import Ended, Order
from chassis import codec
from chassis.errors import Invalid, NotFound, Rejected, Unavailable
from chassis.jobs.control import Control
from chassis.jobs.jobs import Task
from chassis.unit.deciding import Unit
from gateways.work_folder import scratch
from video import kept
from video.domain import piece, video_project
from video.domain.piece_messages import CompletePiece, FailPiece, Result
from video.domain.plan import Spec, piece_key
from video.domain.prices import MICRO_USD_A_CENT, cents
from video.domain.video_messages import NoteCost
from video.gateways.fal import PASSAGE, animating
from video.gateways.normal import cropped, normalised
from video.jobs import rendering
from video.jobs.equipment import Tools, workspace
from video.links import sent_prefix

SENT = timedelta(minutes=30)  # how long it can be fetched


class Pieces:
    """What video orders of a provider (`asking.port.Orders`)."""

    patience = timedelta(minutes=20)
    look_s = 300

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    def hold(self, unit: Unit, task: Task) -> None:
        """Hold the piece."""
        unit.hold(piece.decider, task.subject)

    def waits(self, unit: Unit, task: Task) -> bool:
        """Return whether the piece is being made, for a film or for none any more.

        What is asked of a provider is paid for, and is there for the next start.
        """
        state = unit.state(piece.decider, task.subject)
        return isinstance(state, piece.Rendering) and state.of.retries == task.args["retries"]

    def order(self, task: Task, control: Control, call_id: UUID) -> Order:
        """Return what is sent: the pictures, cropped to the film's ratio."""
        spec: Spec = codec.load(Spec, task.args["spec"])
        control.progress(10, "fetching")
        prefix = sent_prefix(workspace(task), call_id)
        pictures = {
            f"{prefix}-{number}.jpg": self._cropped(key, spec.aspect_ratio)
            for number, key in enumerate(task.args["pictures"])
        }
        links = [self.tools.blobs.link(key, "image/jpeg", lifetime=SENT).url for key in pictures]
        work = animating(
            spec.model,
            cents(spec) * MICRO_USD_A_CENT,
            picture=links[0],
            end=links[1] if len(links) > 1 else None,
            prompt=self._prompt(task, spec),
            seconds=spec.length_ms // 1000,
            sound=spec.native_audio,
        )
        control.progress(20, "uploading")
        return Order(
            work=work,
            owner_id=UUID(task.args["asked_by"]),
            sent_prefix=prefix,
            sent_url=links[0],
            files=pictures,
        )

    def _cropped(self, key: str, aspect_ratio: str) -> bytes:
        try:
            with scratch(self.tools.work.path) as folder, self.tools.blobs.local(key) as picture:
                cropped(picture, folder / "cropped.jpg", aspect_ratio)
                return (folder / "cropped.jpg").read_bytes()
        except NotFound as error:
            said = "a picture that it is made of is not there"
            raise Unavailable("video.storage_error", said) from error

    def _prompt(self, task: Task, spec: Spec) -> str:
        if not spec.words:
            return PASSAGE
        texts = self.tools.app.query(lambda db: kept.texts_of(db, [task.subject]))
        if (prompt := texts[task.subject].get("prompt")) is None:
            raise Rejected("video.invalid_input", "nobody knows any more what is to be shown")
        return prompt

    def stored(self, task: Task, control: Control, endpoint: str, made: Path) -> Any:
        """Bring it into the form of our pieces, once, and store it."""
        spec: Spec = codec.load(Spec, task.args["spec"])
        control.progress(80, "saving")
        out = made.with_name("piece.mp4")
        try:
            ours = normalised(
                made,
                out,
                milliseconds=spec.length_ms,
                aspect_ratio=spec.aspect_ratio,
                native_audio=spec.native_audio,
                control=control,
            )
        except Invalid as refusal:
            said = f"what came out: {refusal.code}"
            raise Rejected("video.bad_output", said, details=refusal.details) from None
        blob = self.tools.blobs.put_file(piece_key(workspace(task), spec), out)
        length = ours.duration_ms
        return codec.dump(
            Result(key=blob.key, sha256=blob.sha256, size=blob.size, duration_ms=length)
        )

    def end(self, unit: Unit, task: Task, ended: Ended) -> None:
        """Record the piece's end; the films that wait for it are told."""
        told = {"cost_micro_usd": ended.cost_micro_usd, "attempts": ended.attempts}
        if ended.result is None:
            return rendering.end(unit, task, FailPiece(cause=f"video.{ended.word}", **told))
        made, spec = codec.load(Result, ended.result), codec.load(Spec, task.args["spec"])
        rendering.end(unit, task, CompletePiece(result=made, model=spec.model, **told))

    def late(self, unit: Unit, task: Task, cost_micro_usd: int) -> None:
        """Note what was paid for a piece that is not waited for, or was made by another call."""
        video_id = UUID(task.args["asked_by"])
        if cost_micro_usd and unit.state(video_project.decider, video_id) is not None:
            note = NoteCost(cost_micro_usd=cost_micro_usd)
            unit.decide(video_project.decider, video_id, note)
