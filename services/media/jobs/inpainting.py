"""`inpaint_image`: the engine changes what a mask marks of a version that came out."""

from typing import Any

from chassis import codec
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from media.gateways.engine import Engine, Report
from media.jobs import making
from media.jobs.making import INPAINT_IMAGE
from media.jobs.storing import Storing, stored


def kind(storing: Storing, engine: Engine) -> Kind:
    """Return how marked areas are changed."""

    def run(task: Task, control: Control) -> dict[str, Any]:
        return inpaint(storing, engine, task, control.progress)

    return Kind(
        name=INPAINT_IMAGE,
        run=run,
        finish=making.finish,
        give_up=making.give_up,
        attempts=2,
        timeout_s=300,
        backoff_s=(1, 2, 4, 8, 10),
    )


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
