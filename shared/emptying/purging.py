"""`purge_workspace`: what is in a workspace goes, and then its files.

Of a closed workspace when its time has come, of one that was erased at once. Invoices are billing's
and stay.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from chassis.errors import ServiceError
from chassis.hearing import forgetting
from chassis.hearing.forgetting import Kept
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from emptying import files

PURGE_WORKSPACE = "purge_workspace"

Emptied = Callable[[Unit, UUID], None]


def of_closed(workspace_id: UUID, wait: timedelta) -> Job:
    """Return the job that a closing asks for: what is in the workspace goes when that is over."""
    return Job(kind=PURGE_WORKSPACE, subject=workspace_id, delay_s=round(wait.total_seconds()))


def of_erased(workspace_id: UUID, erasure_id: UUID, user_id: UUID) -> Job:
    """Return the job that an erasure asks for: what is in the workspace goes at once."""
    args = {"erasure_id": erasure_id, "user_id": user_id}
    return Job(kind=PURGE_WORKSPACE, subject=workspace_id, args=args, name=str(erasure_id))


def kind(purge: Callable[[Task, Control], None], emptied: Emptied) -> Kind:
    """Return how a workspace is emptied.

    `purge` removes what is in it, a unit each; `emptied` lets go, in one unit with the job's end,
    of what the service has kept of it beside events.
    """
    return Kind(
        name=PURGE_WORKSPACE,
        run=purge,
        finish=partial(_finish, emptied),
        give_up=_give_up,
        attempts=8,
        timeout_s=300,
        backoff_s=(5, 15, 60, 300),
    )


def _finish(emptied: Emptied, unit: Unit, task: Task, _: Any) -> None:
    """Let the files go, and what was written of the workspace; say that nothing is left of it."""
    forgetting.erase(unit, [task.subject])
    emptied(unit, task.subject)
    unit.queue(files.of_workspace(task.subject), task.subject)
    _say(unit, task, ())


def _give_up(unit: Unit, task: Task, error: ServiceError) -> None:
    """Say that there is something left: somebody must look."""
    _say(unit, task, [Kept(what="projects", until=None)])


def _say(unit: Unit, task: Task, stays: Sequence[Kept]) -> None:
    if "erasure_id" in task.args:
        erasure_id, user_id = UUID(task.args["erasure_id"]), UUID(task.args["user_id"])
        forgetting.say(unit, erasure_id, user_id, stays)
