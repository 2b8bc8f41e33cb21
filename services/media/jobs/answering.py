"""`await_answer`: what became of a provider's call; looked at again and again until its deadline.

A call of which nobody knows is looked up, never posted again. What comes for a version that nobody
waits for any more costs what it costs, and changes nothing.
"""

import logging
import math
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from chassis import codec
from chassis.domain import value
from chassis.errors import ServiceError, Unavailable
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.unit.deciding import Unit
from gateways.work_folder import scratch
from media import kept
from media.domain import image
from media.domain.image_events import Result
from media.domain.image_messages import Complete, Fail, NoteLate
from media.gateways.engine import Enhanced
from media.gateways.provider import Accepted, Done, Failed, Gone, Pending
from media.jobs import making
from media.jobs.asking import Asking, look, note
from media.jobs.leaving import forget_call
from media.jobs.making import AWAIT_ANSWER
from media.jobs.storing import BAD_OUTPUT, stored

T = TypeVar("T")

log = logging.getLogger(__name__)

LOOKS_S = (5, 10, 15, 30)  # between one look and the next; the last for all that follow
APART = timedelta(minutes=5)  # at the most, our clock and the provider's
LOST_FOR = timedelta(seconds=60)  # so long the webhook is waited for before a call is looked up


def kind(asking: Asking) -> Kind:
    """Return how an answer is waited for."""
    return Kind(
        name=AWAIT_ANSWER,
        run=partial(_look, asking),
        finish=partial(_finish, asking),
        give_up=partial(_give_up, asking),
        attempts=5,
        timeout_s=120,
        backoff_s=(5, 15, 30, 60),
    )


@value
class Seen:
    """What a look came to; `is_`: over | pending | late | failed | done."""

    is_: str
    word: str | None = None  # why it failed: of media.domain.failures
    type: str | None = None  # … in the provider's words
    cost_micro_usd: int = 0
    result: Result | None = None


def _look(asking: Asking, task: Task, control: Control) -> dict[str, Any]:
    call = asking.app.query(lambda db: kept.call_of(db, UUID(task.args["call_id"])))
    if call is None or call.state not in kept.OPEN:
        return codec.dump(Seen(is_="over"))
    control.check()
    match _answer(asking, task, call):
        case Pending():
            seen = _pending(asking, task)
        case Gone():
            seen = Seen(is_="failed", word="provider_unavailable", type="gone")
        case Failed(word=word, type=type, cost_micro_usd=cost):
            seen = Seen(is_="failed", word=word, type=type, cost_micro_usd=cost)
        case Done() as done:
            seen = _done(asking, task, control, call.endpoint, done)
    return codec.dump(seen)


def _answer(asking: Asking, task: Task, call: kept.Call) -> Pending | Done | Failed | Gone:
    """Return what has become of a call: it is pending as well where nobody can tell just now."""
    if (taken := _known(asking, task, call)) is None:
        return Pending(position=None)
    return _told(partial(asking.provider.answer, taken)) or Pending(position=None)


def _told(ask: Callable[[], T]) -> T | None:
    """Return what the provider says; None while it does not answer: the next look asks again."""
    try:
        return ask()
    except Unavailable as error:
        log.warning("nobody can tell what became of a call: %s", error)
        return None


def _known(asking: Asking, task: Task, call: kept.Call) -> Accepted | None:
    """Return the call as the provider knows it; None while nobody can tell."""
    if call.request_id is not None:
        return kept.taken(call)
    if call.sent_url is None or asking.app.clock() < call.asked_at + LOST_FOR:
        return None
    since = call.asked_at - APART
    found = _told(partial(asking.provider.lookup, call.endpoint, call.sent_url, since))
    if found is not None:
        at = asking.app.clock()
        note(asking.app, task, f"found {call.id}", kept.accepted(UUID(call.id), found, at))
    return found


def _pending(asking: Asking, task: Task) -> Seen:
    if not _is_over(asking, task):
        return Seen(is_="pending")
    call = asking.app.query(lambda db: kept.call_of(db, UUID(task.args["call_id"])))
    if call is not None and call.request_id is not None:
        with suppress(Unavailable):  # nobody waits for it: what it costs is not known
            asking.provider.cancel(kept.taken(call))
    return Seen(is_="failed", word="provider_timeout", type="deadline")


def _done(asking: Asking, task: Task, control: Control, endpoint: str, done: Done) -> Seen:
    """Make the provider's picture ours: fetched, judged, stored."""
    cost = done.cost_micro_usd
    if not _is_wanted(asking, task):
        return Seen(is_="late", cost_micro_usd=cost)
    control.progress(80, "saving")
    try:
        with scratch(asking.storing.work) as folder:
            asking.provider.fetch(done, folder / "result", control.check)
            content = (folder / "result").read_bytes()
        made = Enhanced(content=content, model=endpoint, alteration="material")
        result = stored(asking.storing, making.place(task, asking.provider.name, endpoint), made)
    except ServiceError as error:
        if error.code != BAD_OUTPUT and error.retryable and not _is_over(asking, task):
            raise
        word = making.reason(error)
        return Seen(is_="failed", word=word, type=error.code, cost_micro_usd=cost)
    return Seen(is_="done", result=result, cost_micro_usd=cost)


def _is_wanted(asking: Asking, task: Task) -> bool:
    """Return whether the version waits for this; asked again where it is recorded."""
    call = call_of(asking.app, task, "asked")
    return asking.app.attempt(call, lambda unit: making.waits(unit, task))


def _finish(asking: Asking, unit: Unit, task: Task, result: dict[str, Any]) -> None:
    seen = codec.load(Seen, result)
    match seen.is_:
        case "over":
            return
        case "pending":
            _again(asking, unit, task)
        case _:
            _end(asking, unit, task, seen)


def _again(asking: Asking, unit: Unit, task: Task) -> None:
    """Look once more: no later than at the deadline."""
    looks = task.args["looks"]
    left = math.ceil((_deadline(task) - asking.app.clock()).total_seconds())
    delay = min(LOOKS_S[min(looks, len(LOOKS_S)) - 1], max(1, left))
    unit.queue(look(task.subject, {**task.args, "looks": looks + 1}, delay), task.workspace_id)


def _is_over(asking: Asking, task: Task) -> bool:
    """Return whether nobody waits for the answer any more."""
    return asking.app.clock() >= _deadline(task)


def _deadline(task: Task) -> datetime:
    return datetime.fromisoformat(task.args["deadline_at"])


def _end(asking: Asking, unit: Unit, task: Task, seen: Seen) -> None:
    """Record what came of a call, once; the picture where the version still waits for it."""
    call_id = UUID(task.args["call_id"])
    state = "given_up" if seen.type == "deadline" else "answered"
    over = kept.ended(call_id, state, asking.app.clock(), seen.type)
    ended = unit.execute(over.returning(kept.provider_call)).one_or_none()
    if ended is None:  # somebody else has
        return
    unit.queue(forget_call(ended), task.workspace_id)
    if not making.waits(unit, task):
        root = UUID(task.args["image_id"])
        late = NoteLate(version_id=task.subject, cost_micro_usd=seen.cost_micro_usd)
        unit.decide(image.decider, root, late)
        return
    told = {"cost_micro_usd": seen.cost_micro_usd, "attempts": task.args["attempts"]}
    if seen.result is not None:
        making.end(unit, task, Complete(version_id=task.subject, result=seen.result, **told))
    else:
        word = seen.word or "provider_bad_output"
        making.end(unit, task, Fail(version_id=task.subject, reason=word, **told))


def _give_up(asking: Asking, unit: Unit, task: Task, error: ServiceError) -> None:
    """Go on looking where nobody could tell; what cannot be mended ends the version."""
    if error.retryable and not _is_over(asking, task):
        _again(asking, unit, task)
        return
    _end(asking, unit, task, Seen(is_="failed", word=making.reason(error), type=error.code))
