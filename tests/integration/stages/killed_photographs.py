"""A photograph's life as a process of its own, killed before any step that leaves something behind.

A step writes or deletes a file, or commits. Who comes after it asks for all of it again, by the
same keys, as its client would.
"""

import hashlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID

from sqlalchemy import event

from chassis import ids, settings
from chassis.domain import value
from chassis.door.edge import Caller
from chassis.identity import service_actor
from chassis.jobs.jobs import Worker
from chassis.running.parts import Parts
from chassis.unit.calls import Call
from embedded.direct import DirectPort
from gateways.blobs_folder import Folder
from gateways.port import key_of
from integration.stages.photographs import Studio
from media import app as media
from media import starting
from media.domain.answer import KeepAnswer
from media.links import (
    RENDITIONS,
    incoming_key,
    is_passing,
    labelled_key,
    published_key,
    rendition_key,
)
from media.service import MediaService
from media.settings import Settings

FORKING = multiprocessing.get_context("forkserver")  # importing takes longer than most of a life
PATIENCE_S = 120.0
KINDS = ("enhance_image", "label_image", "forget_files")


@value
class Life:
    """Whose photograph it is, and what it shows."""

    token: str
    workspace_id: UUID
    project_id: UUID
    content: bytes


class Killed(Exception):
    """A process died before that step."""


def lived(studio: Studio, life: Life, phase: str, die_at: int | None = None) -> list[str]:
    """Let a process do a phase of a life; return its steps. Raises `Killed` where it died."""
    hear, tell = FORKING.Pipe(duplex=False)
    process = FORKING.Process(target=_live, args=(studio.variables, life, phase, die_at, tell))
    process.start()
    tell.close()
    steps: list[str] = []
    with hear:
        while True:
            try:
                steps.append(hear.recv())
            except EOFError:
                break
    process.join(PATIENCE_S)
    if process.exitcode == -signal.SIGKILL:
        raise Killed(steps[-1])
    assert process.exitcode == 0, steps[-3:]
    return steps


def _live(
    variables: Mapping[str, str], life: Life, phase: str, die_at: int | None, tell: Connection
) -> None:
    steps = 0

    def step(name: str) -> None:
        nonlocal steps
        steps += 1
        tell.send(name)
        if steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    parts = media.build(settings.load(Settings, dict(variables)), _nobody, ids.now)
    for name in ("put", "put_file", "delete"):
        setattr(Folder, name, _announced(name, step))
    event.listen(parts.app.engine, "commit", lambda _: step("commit"))
    worker = Worker(parts.app, [each for each in parts.kinds if each.name in KINDS])
    worker.release()  # who was here before is dead
    PHASES[phase](parts, worker, life)
    tell.close()
    os._exit(0)


def _announced(name: str, step: Callable[[str], None]) -> Callable[..., Any]:
    does = getattr(Folder, name)

    def announced(self: Folder, key: str, *rest: Any) -> Any:
        step(f"{name} {key.split('/')[2]}")
        return does(self, key, *rest)

    return announced


def _make(parts: Parts, worker: Worker, life: Life) -> None:
    """From the upload to a second version, a labelled copy and an original that all may see."""
    port = DirectPort(
        facade=MediaService, door=lambda: parts.door, caller=Caller(auth_token=life.token)
    )
    project = {"project_id": str(life.project_id)}
    about = {"name": "Storgata 2", "style_template_id": "modern", "room_type": "kitchen"}
    port.call("create_project", **project, **about, idempotency_key="create")
    file = {
        "file_name": "a.jpg",
        "content_type": "image/jpeg",
        "size_bytes": len(life.content),
        "sha256": hashlib.sha256(life.content).hexdigest(),
    }
    asked = port.call("request_uploads", **project, files=[file], idempotency_key="announce")
    image_id = asked["items"][0]["image_id"]
    if not port.call("get_project", **project)["images"]:
        key = incoming_key(life.workspace_id, life.project_id, UUID(image_id))
        parts.door.tools.blobs.put(key, life.content)
        port.call("confirm_uploads", **project, image_ids=[image_id])
    port.call("start_project", **project, idempotency_key="start")
    cleared = KeepAnswer(workspace_id=life.workspace_id, run=1, reason=None)
    actor = service_actor("media")
    call = Call(id=ids.fresh(), at=ids.now(), actor=actor, correlation_id="cleared")
    parts.app.attempt(call, lambda unit: starting.answered(unit, life.project_id, cleared))
    _all(worker)
    image = {"image_generation_id": image_id}
    port.call("regenerate_image", **image, style_template_id="warm-cozy", idempotency_key="again")
    material = {"alteration": "material", "reason": "a wall"}
    port.call("set_alteration", **image, **material)
    port.call("publish_original", **image, idempotency_key="publish")
    _all(worker)


def _delete(parts: Parts, worker: Worker, life: Life) -> None:
    port = DirectPort(
        facade=MediaService, door=lambda: parts.door, caller=Caller(auth_token=life.token)
    )
    port.call("delete_project", project_id=str(life.project_id), idempotency_key="delete")
    _all(worker)


def _all(worker: Worker) -> None:
    while worker.work():
        pass


PHASES = {"make": _make, "delete": _delete}


def of_rows(studio: Studio, workspace_id: UUID) -> set[str]:
    """Return the keys of the files that the rows of a workspace say there are."""
    query = "select * from image_generation where workspace_id = :id"
    keys: set[str] = set()
    for row in studio.rows(query, id=str(workspace_id)):
        pictures = [key_of(each) for each in (row.original_image_url, row.result_image_url) if each]
        keys |= {*pictures, *(rendition_key(each, px) for each in pictures for px in RENDITIONS)}
        if row.alteration == "material":
            keys.add(labelled_key(pictures[-1]))
        if row.published_token_sha256:
            where = workspace_id, UUID(row.project_id), UUID(row.id)
            keys.add(published_key(*where, row.published_token_sha256))
    return keys


def in_store(studio: Studio, workspace_id: UUID) -> set[str]:
    """Return the keys of a workspace's files, but of those that the hourly sweep lets go."""
    listed = studio.parts.door.tools.blobs.listed(f"{workspace_id}/")
    return {each.key for each in listed if not is_passing(each.key)}


def _nobody(service: str) -> Any:
    raise AssertionError(f"media calls nobody, not {service} either")
