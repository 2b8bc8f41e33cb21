"""`cancel_provider`: a call is left that nobody waits for; `forget_call`: what it was sent goes.

What a call that was left costs all the same is noted by whoever looks at it until it is over.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

from asking import kept
from asking.port import Asking
from asking.posting import nothing, unsend
from chassis.errors import Unavailable
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job

CANCEL_PROVIDER, FORGET_CALL = "cancel_provider", "forget_call"


def cancel_provider(subject: UUID, retries: int) -> Job:
    """Return the job that leaves the calls of a subject's try, and of those before."""
    return Job(kind=CANCEL_PROVIDER, subject=subject, args={"retries": retries})


def forget_call(call: kept.Call) -> Job:
    """Return the job that lets go of what was sent for a call that is over.

    It knows all that it needs: the call itself goes with its workspace.
    """
    args = {"sent_prefix": call.sent_prefix, "request_id": call.request_id}
    return Job(kind=FORGET_CALL, subject=UUID(call.subject), args=args, name=call.id)


def kinds(asking: Asking) -> tuple[Kind, ...]:
    """Return how a call is left, and forgotten."""
    leave = _kind(CANCEL_PROVIDER, partial(_cancel, asking))
    return leave, _kind(FORGET_CALL, partial(_forget, asking))


def _kind(name: str, run: Callable[[Task, Control], None]) -> Kind:
    """Return a kind that records nothing but its jobs' ends."""
    return Kind(
        name=name,
        run=run,
        finish=nothing,
        give_up=nothing,
        attempts=3,
        timeout_s=30,
        backoff_s=(5, 30),
    )


def _cancel(asking: Asking, task: Task, control: Control) -> None:
    """Have the provider leave what it has taken; what is being posted just now is waited for."""
    tries = task.args["retries"]
    calls = asking.app.query(lambda db: kept.open_calls(db, task.subject, tries))
    for call in calls:
        control.check()
        if call.request_id is not None:
            asking.provider.cancel(kept.taken(call))
    if any(call.state == "asked" for call in calls):
        raise Unavailable("chassis.provider_busy", "a call is being posted")


def _forget(asking: Asking, task: Task, control: Control) -> None:
    """Delete our copy, and have the provider delete its own: as well as it goes."""
    unsend(asking, task.args["sent_prefix"])
    if task.args["request_id"] is not None:
        control.check()
        with suppress(Unavailable):
            asking.provider.forget(task.args["request_id"])
