"""`enhance_image`: the engine makes the result, which is stored under its content's hash."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis import codec
from chassis.errors import (
    DeadlineExceeded,
    Invalid,
    NotFound,
    Rejected,
    ServiceError,
    Unavailable,
)
from chassis.jobs.control import Control
from chassis.jobs.jobs import OUT_OF_MEMORY, Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.store import Recorded
from gateways.port import Blob, Blobs
from media.domain import image, project
from media.domain.image import Complete, Fail, Image, Result
from media.domain.project_messages import NoteImageFinished
from media.gateways.engine import Engine, Report
from media.links import result_key

ENHANCE_IMAGE = "enhance_image"  # the kind
MAX_RESULT_BYTES = 50 * 1024 * 1024
JPEG = b"\xff\xd8\xff"
STORAGE_ERROR = "media.storage_error"
REASONS_BY_CODE = {
    STORAGE_ERROR: "storage_error",
    "chassis.blobs_unavailable": "storage_error",
    "media.bad_output": "provider_bad_output",
    OUT_OF_MEMORY: "provider_unavailable",
}
REASONS = (  # what an error of the last attempt means for the image
    (Invalid, "invalid_input"),
    (Rejected, "invalid_input"),
    (DeadlineExceeded, "provider_timeout"),
    (Unavailable, "provider_unavailable"),
)


def job(recorded: Recorded, wanted: Image) -> Job:
    """Return the job that an image was queued for."""
    args = {
        "workspace_id": wanted.workspace_id,
        "project_id": wanted.project_id,
        "original_key": wanted.original.key,
        "original_sha256": wanted.original.sha256,
        "prompt": wanted.prompt,
        "template": wanted.style_template_id,
    }
    return Job(kind=ENHANCE_IMAGE, subject=recorded.subject, args=args)


def kind(blobs: Blobs, engine: Engine) -> Kind:
    """Return how images are enhanced."""

    def run(task: Task, control: Control) -> dict[str, Any]:
        return enhance(blobs, engine, task, control.progress)

    return Kind(
        name=ENHANCE_IMAGE,
        run=run,
        finish=finish,
        give_up=give_up,
        attempts=3,
        timeout_s=300,
        backoff_s=(1, 2, 4, 8, 10),
    )


def enhance(blobs: Blobs, engine: Engine, task: Task, report: Report) -> dict[str, Any]:
    """Have the engine enhance an original; return the stored result's fields (`Result`).

    Raises `Invalid` for a picture that cannot be read, `Unavailable` where a repeat may succeed.
    """
    prompt, template = task.args["prompt"], task.args["template"]
    report(10, "fetching")
    original = _fetched(blobs, task.args["original_key"])
    report(25, "uploading")
    enhanced = engine.enhance(original, prompt, template, report)
    if not enhanced.content.startswith(JPEG) or len(enhanced.content) > MAX_RESULT_BYTES:
        raise Unavailable("media.bad_output", "the engine's answer is no JPEG of at most 50 MB")
    report(80, "saving")
    stored = _stored(blobs, task, enhanced.content)
    report(100, "completed")
    return codec.dump(
        Result(
            key=stored.key,
            size=stored.size,
            sha256=stored.sha256,
            width=enhanced.width,
            height=enhanced.height,
            model=enhanced.model,
            engine=engine.name,
            alteration=enhanced.alteration,
            params_hash=params_hash(engine.name, enhanced.model, task.args),
        )
    )


def _fetched(blobs: Blobs, key: str) -> bytes:
    try:
        return b"".join(blobs.chunks(key))
    except NotFound as error:
        raise Unavailable(STORAGE_ERROR, "the original is not there") from error


def _stored(blobs: Blobs, task: Task, content: bytes) -> Blob:
    workspace_id, project_id = UUID(task.args["workspace_id"]), UUID(task.args["project_id"])
    sha256 = hashlib.sha256(content).hexdigest()
    key = result_key(workspace_id, project_id, task.subject, sha256)
    return blobs.put(key, content)


def params_hash(engine: str, model: str, args: Mapping[str, Any]) -> str:
    """Return a SHA-256 that is the same where the same picture would come out again."""
    names = ("original_sha256", "prompt", "template")
    params = {"engine": engine, "model": model, **{name: args[name] for name in names}}
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()


def finish(unit: Unit, task: Task, result: Mapping[str, Any]) -> None:
    """Record the result, and tell the project, in one unit."""
    _end(unit, task, Complete(result=codec.load(Result, result)), completed=True)


def give_up(unit: Unit, task: Task, error: ServiceError) -> None:
    """Record that the image failed for good, and tell the project, in one unit."""
    _end(unit, task, Fail(reason=reason(error)), completed=False)


def reason(error: ServiceError) -> str:
    """Return what the error of the last attempt means: one of `media.domain.failures`."""
    if error.code in REASONS_BY_CODE:
        return REASONS_BY_CODE[error.code]
    meanings = (word for kind, word in REASONS if isinstance(error, kind))
    return next(meanings, "provider_bad_output")


def _end(unit: Unit, task: Task, command: Complete | Fail, *, completed: bool) -> None:
    state = unit.decide(image.decider, task.subject, command).state
    finished = NoteImageFinished(image_id=task.subject, completed=completed)
    unit.decide(project.decider, state.project_id, finished)
