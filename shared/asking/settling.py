"""How `await_answer` ends: the call is looked at again, given up, or settled at what it cost.

The work ends with the call that it waits for. One that was given up may be billed all the same: it
is looked at on, seldom, until that is known.
"""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asking import kept
from asking.leaving import forget_call
from asking.port import Asking, Ended
from asking.posting import look
from asking.words import word_of
from chassis import codec
from chassis.domain import value
from chassis.errors import ServiceError
from chassis.jobs.jobs import Task
from chassis.unit.deciding import Unit

LOOKS_S = (5, 10, 15, 30)  # between one look and the next; the last for all that follow
GIVEN_UP, LATER_S = "given_up", 900  # an argument; between looks since then
BILLED_WITHIN = timedelta(hours=1)  # of its deadline; then it counts as done where nobody can tell


@value
class Seen:
    """What a look came to; `is_`: over | pending | given_up | late | failed | done."""

    is_: str
    word: str | None = None  # why it failed: of `words`
    type: str | None = None  # … in the provider's words
    is_billed: bool = False  # or nobody can tell


def told(seen: Seen, result: Any = None) -> dict[str, Any]:
    """Return a look's outcome as JSON, with what was stored of what was made."""
    return {"seen": codec.dump(seen), "result": result}


def finish(asking: Asking, unit: Unit, task: Task, outcome: Mapping[str, Any]) -> None:
    """Record what a look came to, as `told` has it."""
    _record(asking, unit, task, codec.load(Seen, outcome["seen"]), outcome["result"])


def give_up(asking: Asking, unit: Unit, task: Task, error: ServiceError) -> None:
    """Go on looking where nobody could tell; what cannot be mended ends the work."""
    if GIVEN_UP in task.args:
        billed = is_billed(asking, task)
        seen = Seen(is_="late", is_billed=True) if billed else Seen(is_="pending")
    elif error.retryable and not is_over(asking, task):
        seen = Seen(is_="pending")
    else:
        seen = Seen(is_="given_up", word=word_of(error), type=error.code)
    _record(asking, unit, task, seen)


def _record(asking: Asking, unit: Unit, task: Task, seen: Seen, result: Any = None) -> None:
    match seen.is_:
        case "over":
            return
        case "pending":
            _again(asking, unit, task)
        case "given_up":
            _leave(asking, unit, task, seen)
        case _:
            _settle(asking, unit, task, seen, result)


def _again(asking: Asking, unit: Unit, task: Task) -> None:
    """Look once more: no later than at the deadline, if somebody waits for it."""
    looks = task.args["looks"]
    left = math.ceil((_deadline(task) - asking.app.clock()).total_seconds())
    soon = min(LOOKS_S[min(looks, len(LOOKS_S)) - 1], max(1, left))
    delay = LATER_S if GIVEN_UP in task.args else soon
    unit.queue(look(task.subject, {**task.args, "looks": looks + 1}, delay), task.workspace_id)


def is_over(asking: Asking, task: Task) -> bool:
    """Return whether nobody waits for the answer any more."""
    return asking.app.clock() >= _deadline(task)


def is_billed(asking: Asking, task: Task) -> bool:
    """Return whether a call that was given up must have been billed by now, if it ever is."""
    return asking.app.clock() >= _deadline(task) + BILLED_WITHIN


def _deadline(task: Task) -> datetime:
    return datetime.fromisoformat(task.args["deadline_at"])


def _leave(asking: Asking, unit: Unit, task: Task, seen: Seen) -> None:
    """Let nobody wait for a call any more. What it costs is looked at on."""
    call_id, type = UUID(task.args["call_id"]), seen.type or "deadline"
    left = kept.given_up(call_id, asking.app.clock(), type)
    if unit.execute(left).one_or_none() is None:  # somebody else has
        return
    if asking.orders.waits(unit, task):
        asking.orders.end(unit, task, _ended(task, seen, None, 0))
    args = {**task.args, GIVEN_UP: True, "looks": task.args["looks"] + 1}
    unit.queue(look(task.subject, args, LATER_S), task.workspace_id)


def _settle(asking: Asking, unit: Unit, task: Task, seen: Seen, result: Any) -> None:
    """Record what came of a call, once; what was made where somebody still waits for it."""
    call_id = UUID(task.args["call_id"])
    over = kept.settled(call_id, asking.app.clock(), seen.is_billed, seen.type)
    call = unit.execute(over).one_or_none()
    if call is None:  # somebody else has
        return
    unit.queue(forget_call(call), task.workspace_id)
    cost: int = call.cost_micro_usd
    if seen.is_ == "late" or not asking.orders.waits(unit, task):
        asking.orders.late(unit, task, cost)
    else:
        asking.orders.end(unit, task, _ended(task, seen, result, cost))


def _ended(task: Task, seen: Seen, result: Any, cost_micro_usd: int) -> Ended:
    return Ended(
        result=result,
        word=seen.word or "provider_bad_output",
        cost_micro_usd=cost_micro_usd,
        attempts=task.args["attempts"],
    )
