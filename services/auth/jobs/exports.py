"""Files of what was kept of somebody are deleted: after a day, or with whom they are of.

By what their keys begin with, never by a list: who was writing one as it was looked for is found
by the second look.
"""

from functools import partial
from typing import Any

from auth.exports import DELETE
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from gateways.port import Blobs

AGAIN_S = 600  # a call that writes one has ended by then


def kind(blobs: Blobs) -> Kind:
    """Return how such files are deleted."""
    return Kind(
        name=DELETE,
        run=partial(_delete, blobs),
        finish=_again,
        give_up=_again,
        attempts=10,
        backoff_s=(5, 15, 60, 300, 900),  # the store comes back
    )


def _delete(blobs: Blobs, task: Task, control: Control) -> None:
    for each in list(blobs.listed(task.args["under"])):
        control.check()
        blobs.delete(each.key)


def _again(unit: Unit, task: Task, _: Any) -> None:
    if task.args.get("again"):
        under = {"under": task.args["under"]}
        again = Job(kind=DELETE, subject=task.subject, name="again", args=under, delay_s=AGAIN_S)
        unit.queue(again, task.workspace_id)
