"""What every way of making a version shares: its job, what it is made of, and how it ends.

A job's arguments: `workspace_id`, `project_id`, `image_id` (the photograph's), `version_id` (the
job's subject as well), `kind` and `mode` (None for a first version), `retries`, `original_key`,
`source_key` and `source_sha256` (the file that is changed), `mask_key`, `template` and `prompt`:
None where the words are the customer's own, which lie with the personal texts of the version.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from asking.posting import ASK_PROVIDER
from asking.words import word_of
from chassis import codec
from chassis.errors import NotFound, ServiceError, Unavailable
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from gateways.port import Blobs
from media.domain import image, project
from media.domain.image_events import Result
from media.domain.image_messages import Complete, Fail
from media.domain.image_state import Image, Version
from media.domain.project_messages import NoteImageFinished
from media.gateways.engine import Report
from media.jobs.storing import STORAGE_ERROR, Place

ENHANCE_IMAGE, INPAINT_IMAGE = "enhance_image", "inpaint_image"  # kinds, as the next
KINDS = (ENHANCE_IMAGE, INPAINT_IMAGE, ASK_PROVIDER)  # by which one is begun


def job(root: UUID, state: Image, version: Version, *, asks: bool) -> Job:
    """Return the job that makes a version of a photograph, here or by asking a provider."""
    original, version_id = state.original, version.version_id or root
    made_of = (original.key, original.sha256)
    if version.kind == "edit" and (source := state.version(version.source_id).result) is not None:
        made_of = (source.key, source.sha256)
    args = {
        "workspace_id": state.workspace_id,
        "project_id": state.project_id,
        "image_id": root,
        "version_id": version_id,
        "kind": version.kind,
        "mode": version.mode,
        "retries": version.retries,
        "original_key": original.key,
        "source_key": made_of[0],
        "source_sha256": made_of[1],
        "mask_key": version.mask_key,
        "prompt": None if version.own_prompt else version.prompt,
        "template": version.style_template_id,
    }
    here = INPAINT_IMAGE if version.kind == "edit" else ENHANCE_IMAGE
    return Job(kind=ASK_PROVIDER if asks else here, subject=version_id, args=args)


def here(name: str, attempts: int, make: Callable[[Task, Report], dict[str, Any]]) -> Kind:
    """Return how versions are made on this machine; `make` returns the stored `Result` as JSON."""
    return Kind(
        name=name,
        run=lambda task, control: make(task, control.progress),
        finish=finish,
        give_up=give_up,
        attempts=attempts,
        timeout_s=300,
        backoff_s=(1, 2, 4, 8, 10),
    )


def fetched(blobs: Blobs, key: str) -> bytes:
    """Return a file that a version is made of. Raises `Unavailable` where it is not there."""
    try:
        return b"".join(blobs.chunks(key))
    except NotFound as error:
        raise Unavailable(STORAGE_ERROR, "what it is made of is not there") from error


def place(task: Task, engine: str, model: str) -> Place:
    """Return of what a picture is a version, and what made it how."""
    return Place(
        workspace_id=UUID(task.args["workspace_id"]),
        project_id=UUID(task.args["project_id"]),
        image_id=UUID(task.args["image_id"]),
        version_id=task.subject,
        original_key=task.args["original_key"],
        engine=engine,
        params_hash=params_hash(engine, model, task.args),
    )


def params_hash(engine: str, model: str, args: Mapping[str, Any]) -> str:
    """Return a SHA-256 that is the same where the same picture would come out again.

    Nobody but the version itself has a customer's own words.
    """
    params = {
        "engine": engine,
        "model": model,
        "original_sha256": args["source_sha256"],
        "prompt": args["prompt"],
        "template": args["template"],
    }
    if args["kind"] == "edit":
        params |= {"mode": args["mode"], "mask": args["mask_key"]}
    if args["prompt"] is None:
        params["words_of"] = args["version_id"]
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()


def finish(unit: Unit, task: Task, result: Mapping[str, Any]) -> None:
    """Record the result, and tell the project, in one unit."""
    made, attempts = codec.load(Result, result), task.failures + 1
    end(unit, task, Complete(version_id=task.subject, result=made, attempts=attempts))


def give_up(unit: Unit, task: Task, error: ServiceError) -> None:
    """Record that the version failed for good, and tell the project, in one unit."""
    attempts = task.failures + 1
    end(unit, task, Fail(version_id=task.subject, reason=word_of(error), attempts=attempts))


def end(unit: Unit, task: Task, command: Complete | Fail) -> None:
    """Record a version's end; its project hears of the first one's."""
    root = UUID(task.args["image_id"])
    state = unit.decide(image.decider, root, command).state
    if task.subject == root:
        done = NoteImageFinished(image_id=root, completed=isinstance(command, Complete))
        unit.decide(project.decider, state.project_id, done)


def waits(unit: Unit, task: Task) -> bool:
    """Return whether the version is at work, and at the very try that this job was made for."""
    known = unit.state(image.decider, UUID(task.args["image_id"]))
    if not isinstance(known, Image):
        return False
    version = known.version(task.subject)
    return version.status == "processing" and version.retries == task.args["retries"]


def nothing(unit: Unit, task: Task, _: Any) -> None:
    """Record nothing but the job's end."""
