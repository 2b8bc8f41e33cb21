"""`inpaint_image`: the engine changes what a mask marks of a version that came out."""

from functools import partial
from typing import Any

from chassis import codec
from chassis.jobs.jobs import Kind, Task
from media.gateways.engine import Engine, Report
from media.jobs import making
from media.jobs.making import INPAINT_IMAGE
from media.jobs.storing import Storing, stored


def kind(storing: Storing, engine: Engine) -> Kind:
    """Return how marked areas are changed."""
    return making.here(INPAINT_IMAGE, 2, partial(inpaint, storing, engine))


def inpaint(storing: Storing, engine: Engine, task: Task, report: Report) -> dict[str, Any]:
    """Have the engine change a result; return the stored result's fields (`Result`).

    Raises `Invalid` for a picture that cannot be read, `Unavailable` where a repeat may succeed.
    """
    args = task.args
    report(10, "fetching")
    source = making.fetched(storing.blobs, args["source_key"])
    report(25, "preparing")
    mask = making.fetched(storing.blobs, args["mask_key"])
    made = engine.inpaint(source, mask, args["mode"], args["prompt"] or "", report)
    report(80, "saving")
    result = stored(storing, making.place(task, engine.name, made.model), made)
    report(100, "completed")
    return codec.dump(result)
