"""`ask_provider`: one POST to a provider, and no second one whatever becomes of its answer.

A call is kept before it is posted, together with the first look at what becomes of it. Who finds
one of theirs that was begun and no more was killed in the middle: it may have been taken, and is
waited for as one whose answer was lost is.
"""

from functools import partial
from typing import Any
from uuid import UUID

from asking import kept
from asking.port import Asking, Ended, Order
from asking.words import word_of
from chassis import ids
from chassis.codec import plain
from chassis.errors import Rejected, ServiceError, Unavailable
from chassis.jobs.control import Cancelled, Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from gateways.provider import Accepted, Refused, Unknown

ASK_PROVIDER, AWAIT_ANSWER = "ask_provider", "await_answer"  # kinds
PATH = "/fal"  # of our door, where the provider tells
FIRST_LOOK_S = 5


def kind(asking: Asking) -> Kind:
    """Return how a provider is asked."""
    return Kind(
        name=ASK_PROVIDER,
        run=partial(_ask, asking),
        finish=nothing,
        give_up=partial(_give_up, asking),
        attempts=3,
        timeout_s=60,
        backoff_s=(10, 60, 300),
    )


def _ask(asking: Asking, task: Task, control: Control) -> None:
    """Post a call, unless one was posted before and was not refused: that is looked at already."""
    before = asking.app.query(lambda db: kept.last_of_job(db, task.id))
    if before is not None and before.state != "refused":
        if before.state == "asked":
            note(asking, task, "killed", kept.lost(UUID(before.id)))
        return
    number = before.number + 1 if before is not None else 1
    call_id = ids.derive(task.id, "call", number)
    order = asking.orders.order(task, control, call_id)
    for key, content in order.files.items():
        asking.blobs.put(key, content)
    call = call_of(asking.app, task, f"asked {number}")
    if not asking.app.attempt(call, partial(_keep, asking, task, call_id, number, order)):
        unsend(asking, order.sent_prefix)
        raise Cancelled
    _post(asking, task, call_id, order)


def _keep(asking: Asking, task: Task, call_id: UUID, number: int, order: Order, unit: Unit) -> bool:
    """Keep a call, and have somebody look what becomes of it, whatever becomes of who posts it.

    False where nobody waits for it any more. Whoever ends the work comes before this, or finds the
    call: so none is posted that nobody knows of.
    """
    asking.orders.hold(unit, task)
    if not asking.orders.waits(unit, task):
        return False
    asked_at = asking.app.clock()
    deadline_at = asked_at + asking.orders.patience
    unit.execute(
        kept.asked(
            id=str(call_id),
            job_id=str(task.id),
            number=number,
            workspace_id=str(task.workspace_id),
            owner_id=str(order.owner_id),
            subject=str(task.subject),
            retries=task.args["retries"],
            endpoint=order.work.endpoint,
            price_micro_usd=order.work.price_micro_usd,
            sent_prefix=order.sent_prefix,
            sent_url=order.sent_url,
            asked_at=asked_at,
            deadline_at=deadline_at,
        )
    )
    args = {
        **task.args,
        "call_id": str(call_id),
        "deadline_at": plain(deadline_at),
        "attempts": task.failures + 1,
        "looks": 1,
    }
    unit.queue(look(task.subject, args, FIRST_LOOK_S), task.workspace_id)
    return True


def _post(asking: Asking, task: Task, call_id: UUID, order: Order) -> None:
    """Post it, once, and keep what came back. Raises what it was refused with."""
    webhook = f"{asking.public_url.rstrip('/')}{PATH}/{call_id}"
    answer, at = asking.provider.ask(order.work, webhook), asking.app.clock()
    match answer:
        case Accepted() as taken:
            note(asking, task, f"accepted {call_id}", kept.accepted(call_id, taken, at))
        case Unknown():
            note(asking, task, f"unknown {call_id}", kept.lost(call_id))
        case Refused(word=word, type=type, retryable=retryable):
            note(asking, task, f"refused {call_id}", kept.refused(call_id, at, type))
            unsend(asking, order.sent_prefix)
            refusal = Unavailable if retryable else Rejected
            code = f"{asking.app.service.name}.{word}"
            raise refusal(code, f"the provider refuses it: {type}")


def _give_up(asking: Asking, unit: Unit, task: Task, error: ServiceError) -> None:
    """End the work, unless a call of it may have been taken: that one's end is the work's."""
    before = kept.last_of_job(unit.connection, task.id)
    is_looked_at = before is not None and before.state in kept.OPEN
    if is_looked_at or not asking.orders.waits(unit, task):
        return
    attempts = task.failures + 1
    ended = Ended(result=None, word=word_of(error), cost_micro_usd=0, attempts=attempts)
    asking.orders.end(unit, task, ended)


def note(asking: Asking, task: Task, what: str, statement: kept.Statement) -> None:
    """Keep a word on a call, at once: the work goes on, or is killed, after it."""
    asking.app.attempt(call_of(asking.app, task, what), lambda unit: unit.execute(statement))


def look(subject: UUID, args: dict[str, Any], delay_s: int) -> Job:
    """Return the job that looks at a call."""
    name = f"{args['call_id']} {args['looks']}"
    return Job(kind=AWAIT_ANSWER, subject=subject, args=args, delay_s=delay_s, name=name)


def unsend(asking: Asking, sent_prefix: str) -> None:
    """Delete what a call was sent."""
    for each in asking.blobs.listed(sent_prefix):
        asking.blobs.delete(each.key)


def nothing(unit: Unit, task: Task, _: Any) -> None:
    """Record nothing but the job's end."""
