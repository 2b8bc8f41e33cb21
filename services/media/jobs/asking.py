"""Versions of photographs that a provider makes: what it is sent, and what becomes of them."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from asking.port import Ended, Order
from chassis import codec
from chassis.errors import Rejected
from chassis.jobs.control import Control
from chassis.jobs.jobs import Task
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from gateways import pictures
from gateways.copies import Copy
from gateways.provider import Work
from media.domain import image
from media.domain.image_events import Result
from media.domain.image_messages import Complete, Fail, NoteLate
from media.gateways.engine import Enhanced
from media.gateways.fal import FalModels
from media.jobs import making
from media.jobs.storing import Storing, stored
from media.links import sent_prefix
from media.projections import image_rows

LONGEST_PX = 4_000  # of what is sent
SENT = timedelta(minutes=30)  # how long it can be fetched


class Versions:
    """What media orders of a provider (`asking.port.Orders`)."""

    patience = timedelta(seconds=900)
    look_s = 120

    def __init__(self, app: App, storing: Storing, models: FalModels) -> None:
        self.app, self.storing, self.models = app, storing, models

    def hold(self, unit: Unit, task: Task) -> None:
        """Hold the photograph."""
        unit.hold(image.decider, UUID(task.args["image_id"]))

    def waits(self, unit: Unit, task: Task) -> bool:
        """Return whether the version is at work, and at the very try that this job was made for."""
        return making.waits(unit, task)

    def order(self, task: Task, control: Control, call_id: UUID) -> Order:
        """Return what is sent: a copy, upright, without the original's metadata."""
        control.progress(10, "fetching")
        content = making.fetched(self.storing.blobs, task.args["source_key"])
        ordered = (Copy(longest_px=LONGEST_PX, credited=False),)
        _, (copy,) = pictures.copied(content, ordered, "media", self.storing.work)
        project_id = UUID(task.args["project_id"])
        prefix = sent_prefix(UUID(task.args["workspace_id"]), project_id, call_id)
        key = f"{prefix}.jpg"
        url = self.storing.blobs.link(key, "image/jpeg", lifetime=SENT).url
        work = self._work(task, url)
        control.progress(25, "uploading")
        return Order(
            work=work,
            owner_id=project_id,
            sent_prefix=prefix,
            sent_url=url,
            files={key: copy.content},
        )

    def _work(self, task: Task, picture: str) -> Work:
        prompt = task.args["prompt"]
        if prompt is None:
            prompt = self.app.query(lambda db: image_rows.words_for(db, task.subject))
        if task.args["kind"] != "edit":
            return self.models.enhancing(picture, prompt or "")
        if task.args["mode"] == "add" and prompt is None:
            raise Rejected("media.invalid_input", "nobody knows any more what to add")
        mask = self.storing.blobs.link(task.args["mask_key"], "image/png", lifetime=SENT).url
        return self.models.inpainting(picture, mask, prompt)

    def stored(self, task: Task, control: Control, endpoint: str, made: Path) -> Any:
        """Judge and store the picture, with its small copies."""
        control.progress(80, "saving")
        content = made.read_bytes()
        enhanced = Enhanced(content=content, model=endpoint, alteration="material")
        return codec.dump(stored(self.storing, making.place(task, "fal", endpoint), enhanced))

    def end(self, unit: Unit, task: Task, ended: Ended) -> None:
        """Record the version's end; its project hears of the first one's."""
        told = {"cost_micro_usd": ended.cost_micro_usd, "attempts": ended.attempts}
        if ended.result is None:
            failing = Fail(version_id=task.subject, reason=ended.word, **told)
            return making.end(unit, task, failing)
        made = codec.load(Result, ended.result)
        making.end(unit, task, Complete(version_id=task.subject, result=made, **told))

    def late(self, unit: Unit, task: Task, cost_micro_usd: int) -> None:
        """Note what the version has cost besides."""
        note = NoteLate(version_id=task.subject, cost_micro_usd=cost_micro_usd)
        unit.decide(image.decider, UUID(task.args["image_id"]), note)
