"""Phases of a photograph's life, each to be done again from its start by whoever comes after."""

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID, uuid4

from PIL import Image

from chassis import ids
from chassis.domain import value
from chassis.identity import service_actor
from chassis.jobs.jobs import Worker
from chassis.running.parts import Parts
from chassis.unit.calls import Call
from embedded.direct import DirectPort
from integration.stages.turns import Moving, Turns
from media import starting
from media.domain.answer import KeepAnswer
from media.links import incoming_key


@value
class Life:
    """Whose photograph it is, and what it shows."""

    user_id: UUID
    workspace_id: UUID
    project_id: UUID
    content: bytes


def born() -> Life:
    """Return a new life, of somebody new: a wall and a floor."""
    picture = Image.effect_noise((320, 240), 40).convert("RGB")
    picture.paste((120, 80, 40), (0, 160, 320, 240))
    with io.BytesIO() as file:
        picture.save(file, "JPEG")
        content = file.getvalue()
    return Life(user_id=uuid4(), workspace_id=uuid4(), project_id=uuid4(), content=content)


@dataclass(frozen=True, kw_only=True)
class Living:
    """A process of media's, and whoever asks it."""

    parts: Parts
    worker: Worker
    port: DirectPort
    life: Life


def _begin(living: Living) -> dict[str, str]:
    """From the upload to a photograph that is to be made; return how it is named."""
    parts, port, life = living.parts, living.port, living.life
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
    call = Call(id=ids.fresh(), at=parts.app.clock(), actor=actor, correlation_id="cleared")
    parts.app.attempt(call, lambda unit: starting.answered(unit, life.project_id, cleared))
    return {"image_generation_id": image_id}


def _make(living: Living) -> None:
    """From the upload to a second version, a labelled copy and an original that all may see."""
    image, port = _begin(living), living.port
    _all(living.worker)
    port.call("regenerate_image", **image, style_template_id="warm-cozy", idempotency_key="again")
    material = {"alteration": "material", "reason": "a wall"}
    port.call("set_alteration", **image, **material)
    port.call("publish_original", **image, idempotency_key="publish")
    _all(living.worker)


def _pay(living: Living) -> None:
    """From the upload to what a provider made of it, and until nothing is left of its call."""
    _begin(living)
    app = living.parts.app
    Turns(app, living.worker.kinds.values(), cast(Moving, app.clock)).to_the_end()


def _delete(living: Living) -> None:
    project_id = str(living.life.project_id)
    living.port.call("delete_project", project_id=project_id, idempotency_key="delete")
    _all(living.worker)


def _all(worker: Worker) -> None:
    while worker.work():
        pass


PHASES: Mapping[str, Callable[[Living], None]] = {"make": _make, "pay": _pay, "delete": _delete}
