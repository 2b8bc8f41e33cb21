"""`label_image`: a copy of a materially altered result that says so in a line on the picture."""

from functools import partial
from typing import Any
from uuid import UUID

from chassis.errors import NotFound
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from gateways import pictures
from gateways.copies import Copy
from media.domain.disclosure import LABEL, source_type
from media.domain.image_events import Result
from media.jobs.storing import Storing
from media.links import labelled_key

LABEL_IMAGE = "label_image"


def job(version_id: UUID, result: Result) -> Job:
    """Return the job that a materially altered version asks for."""
    args = {"key": result.key, "source_type": source_type(result.engine, "material")}
    return Job(kind=LABEL_IMAGE, subject=version_id, args=args)


def kind(storing: Storing) -> Kind:
    """Return how a labelled copy is made."""
    return Kind(
        name=LABEL_IMAGE,
        run=partial(_label, storing),
        finish=_nothing_to_note,
        give_up=_nothing_to_note,
        attempts=3,
        timeout_s=120,
        backoff_s=(1, 10),
    )


def _label(storing: Storing, task: Task, control: Control) -> None:
    copy = Copy(source_type=task.args["source_type"], label=LABEL)
    try:
        with storing.blobs.local(task.args["key"]) as result:
            _, (labelled,) = pictures.copied(result, (copy,), "media", storing.work)
    except NotFound:
        return  # the photograph was deleted meanwhile
    storing.blobs.put(labelled_key(task.args["key"]), labelled.content)


def _nothing_to_note(*_: Any) -> None:
    """Record nothing: the copy is there, or whoever asks for it is told that it is not."""
