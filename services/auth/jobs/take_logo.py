"""An announced logo is waited for, judged, and kept; whatever else came, the old one stays.

What was announced is hashed and decoded here, wherever it was sent, and what is kept no link can
write. Nobody waits in a thread: who has looked in vain looks again later, in the next job.
"""

import logging
from functools import partial
from pathlib import Path

from auth.domain import workspace
from auth.domain.workspace_messages import NoteLogo
from auth.logos import LOGO_PIXELS, TAKE, WAITS_S, Logo, awaited, logo_at
from chassis.errors import Invalid, NotFound, ServiceError
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.deciding import Unit
from gateways import pictures
from gateways.pictures import Limits
from gateways.port import Blobs, blob_of
from gateways.work_folder import scratch

LIMITS = Limits(memory_bytes=512 * 1024**2)  # four million pixels need less
MISSING, REFUSED, TAKEN = "missing", "refused", "taken"

log = logging.getLogger(__name__)


def kind(blobs: Blobs, work: Path) -> Kind:
    """Return the kind of job that takes logos; `work`: below it they are decoded."""
    return Kind(
        name=TAKE,
        run=partial(_looked, blobs, work),
        finish=_noted,
        give_up=_given_up,
        attempts=10,
        backoff_s=(5, 15, 60, 300, 900),  # the store comes back
    )


def _looked(blobs: Blobs, work: Path, task: Task, control: Control) -> str:
    """Say what has come, and keep what was announced; what is something else is deleted."""
    key, incoming = task.args["key"], task.args["incoming"]
    with scratch(work) as folder:
        received = folder / "received"
        try:
            _receive(blobs, incoming, logo_at(key).size, received)
        except NotFound:
            return MISSING
        try:
            _judge(received, logo_at(key), work)
        except Invalid as refusal:
            log.info("a logo is not taken", extra={"code": refusal.code})
            blobs.delete(incoming)
            return REFUSED
        blobs.put_file(key, received)
    return TAKEN  # what came in is swept: an attempt that ends here unnoted finds it once more


def _receive(blobs: Blobs, key: str, most: int, path: Path) -> None:
    """Write what lies there to a file, but hardly more than `most` bytes."""
    with path.open("wb") as to:
        for chunk in blobs.chunks(key):
            to.write(chunk)
            if to.tell() > most:
                break


def _judge(path: Path, announced: Logo, work: Path) -> None:
    """Raise `Invalid` for what is not the announced file, or no picture of that type and size."""
    came = blob_of("", path)
    if (came.size, came.sha256) != (announced.size, announced.sha256):
        raise Invalid("auth.upload_mismatch")
    picture = pictures.inspect(path, "auth", work, LIMITS)
    if picture.content_type != announced.content_type:
        raise Invalid("auth.content_type_mismatch")
    if max(picture.width, picture.height) > LOGO_PIXELS:
        raise Invalid("auth.picture_too_large")


def _noted(unit: Unit, task: Task, result: str) -> None:
    """Note a logo that was taken; look again for one that has not come, while its link lives."""
    key, incoming, tries = (task.args[name] for name in ("key", "incoming", "tries"))
    if result == TAKEN:
        unit.decide(workspace.decider, task.subject, NoteLogo(logo_key=key))
    elif result == MISSING and tries < len(WAITS_S):
        unit.queue(awaited(task.subject, key, incoming, tries), task.workspace_id)


def _given_up(unit: Unit, task: Task, error: ServiceError) -> None:
    """The old logo stays; the dead job says why."""
