"""`forget_files`: what lies below some keys goes, and again until nobody writes there any more.

By prefix and never by a remembered list: whoever was at work may have written since.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from gateways.port import Blobs

FORGET_FILES = "forget_files"
# After what was told to stop has stopped, within seconds; and after the longest that anybody is at
# work at a file (900 s), who may not have heard of it, and a minute.
AGAIN_S = (60, 900)


def of_workspace(workspace_id: UUID) -> Job:
    """Return the job that is asked for once a workspace is empty."""
    return below(workspace_id, [f"{workspace_id}/"])


def below(subject: UUID, prefixes: Iterable[str]) -> Job:
    """Return the job that lets go of all whose keys begin so."""
    return Job(kind=FORGET_FILES, subject=subject, args={"prefixes": list(prefixes)})


def kind(blobs: Blobs) -> Kind:
    """Return how files go."""
    return Kind(
        name=FORGET_FILES,
        run=partial(_forget, blobs),
        finish=_once_more,
        give_up=_once_more,
        attempts=8,
        timeout_s=120,
        backoff_s=(5, 15, 60, 300),
    )


def _forget(blobs: Blobs, task: Task, control: Control) -> None:
    for prefix in task.args["prefixes"]:
        for each in blobs.listed(prefix):
            control.check()
            blobs.delete(each.key)


def _once_more(unit: Unit, task: Task, _: Any) -> None:
    passed = task.args.get("passed", 0)
    if passed < len(AGAIN_S):
        args = {**task.args, "passed": passed + 1}
        again = Job(kind=FORGET_FILES, subject=task.subject, args=args, delay_s=AGAIN_S[passed])
        unit.queue(again, task.workspace_id)
