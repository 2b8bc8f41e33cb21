"""`enhance_image`: the engine makes a version of the original, as its template says."""

from functools import partial
from typing import Any

from chassis import codec
from chassis.jobs.jobs import Kind, Task
from media.gateways.engine import Engine, Report
from media.jobs import making
from media.jobs.making import ENHANCE_IMAGE
from media.jobs.storing import Storing, stored


def kind(storing: Storing, engine: Engine) -> Kind:
    """Return how images are enhanced."""
    return making.here(ENHANCE_IMAGE, 3, partial(enhance, storing, engine))


def enhance(storing: Storing, engine: Engine, task: Task, report: Report) -> dict[str, Any]:
    """Have the engine enhance an original; return the stored result's fields (`Result`).

    Raises `Invalid` for a picture that cannot be read, `Unavailable` where a repeat may succeed.
    """
    report(10, "fetching")
    original = making.fetched(storing.blobs, task.args["source_key"])
    report(25, "uploading")
    enhanced = engine.enhance(original, task.args["prompt"], task.args["template"], report)
    report(80, "saving")
    result = stored(storing, making.place(task, engine.name, enhanced.model), enhanced)
    report(100, "completed")
    return codec.dump(result)
