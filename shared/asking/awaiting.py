"""`await_answer`: what became of a provider's call; looked at again and again until its deadline.

A call of which nobody knows is looked up, never posted again. What comes for work that nobody waits
for any more costs what it costs, and changes nothing: so a call that was given up is looked at on,
seldom, until that is known.
"""

import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from asking import kept, settling
from asking.port import Asking
from asking.posting import AWAIT_ANSWER, note
from asking.settling import GIVEN_UP, Seen, is_billed, is_over
from asking.words import is_of_no_use, word_of
from chassis.errors import ServiceError, Unavailable
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, call_of
from gateways.provider import Done, Failed, Gone, Pending
from gateways.work_folder import scratch

log = logging.getLogger(__name__)

APART = timedelta(minutes=5)  # at the most, our clock and the provider's
LOST_FOR = timedelta(seconds=60)  # so long the webhook is waited for before a call is looked up


def kind(asking: Asking) -> Kind:
    """Return how an answer is waited for."""
    return Kind(
        name=AWAIT_ANSWER,
        run=partial(_look, asking),
        finish=partial(settling.finish, asking),
        give_up=partial(settling.give_up, asking),
        attempts=5,
        timeout_s=asking.orders.look_s,
        backoff_s=(5, 15, 30, 60),
    )


def _look(asking: Asking, task: Task, control: Control) -> dict[str, Any]:
    call = asking.app.query(lambda db: kept.call_of(db, UUID(task.args["call_id"])))
    if call is None or call.cost_micro_usd is not None:
        return settling.told(Seen(is_="over"))
    control.check()
    result = None
    match _answer(asking, task, call):
        case Pending():
            seen = _pending(asking, task, call, counts_as_done=True)
        case None:
            seen = _pending(asking, task, call, counts_as_done=False)
        case Gone():  # it has ended, well or not
            seen = Seen(is_="failed", word="provider_unavailable", type="gone", is_billed=True)
        case Failed(word=word, type=type, is_billed=is_paid):
            seen = Seen(is_="failed", word=word, type=type, is_billed=is_paid)
        case Done() as done:
            seen, result = _done(asking, task, control, call.endpoint, done)
    return settling.told(seen, result)


def _answer(asking: Asking, task: Task, call: kept.Call) -> Pending | Done | Failed | Gone | None:
    """Return what has become of a call; None where the provider knows of none.

    It is pending as well where nobody can tell just now: the next look asks again.
    """
    try:
        if call.request_id is not None:
            return asking.provider.answer(kept.taken(call))
        if asking.app.clock() < call.asked_at + LOST_FOR:
            return Pending(position=None)
        found = asking.provider.lookup(call.endpoint, call.sent_url, call.asked_at - APART)
        if found is None:
            return None
        at = asking.app.clock()
        note(asking, task, f"found {call.id}", kept.accepted(UUID(call.id), found, at))
        return asking.provider.answer(found)
    except Unavailable as error:
        log.warning("nobody can tell what became of a call: %s", error)
        return Pending(position=None)


def _pending(asking: Asking, task: Task, call: kept.Call, *, counts_as_done: bool) -> Seen:
    """Have it looked at again, as long as somebody waits, and then until it must have been billed.

    `counts_as_done`: whether it is taken for billed if nothing is heard of it by then.
    """
    if not is_over(asking, task):
        return Seen(is_="pending")
    if GIVEN_UP not in task.args:
        if call.request_id is not None:
            with suppress(Unavailable):  # it may go on, and cost something
                asking.provider.cancel(kept.taken(call))
        return Seen(is_="given_up", word="provider_timeout", type="deadline")
    if not is_billed(asking, task):
        return Seen(is_="pending")
    return Seen(is_="late", is_billed=counts_as_done)


def _done(
    asking: Asking, task: Task, control: Control, endpoint: str, done: Done
) -> tuple[Seen, Any]:
    """Make what the provider made ours: fetched, judged, stored."""
    if not _is_wanted(asking, task):
        return Seen(is_="late", is_billed=True), None
    try:
        with scratch(asking.work) as folder:
            asking.provider.fetch(done, folder / "result", control.check)
            result = asking.orders.stored(task, control, endpoint, folder / "result")
    except ServiceError as error:
        if not is_of_no_use(error) and error.retryable and not is_over(asking, task):
            raise
        word = word_of(error)
        return Seen(is_="failed", word=word, type=error.code, is_billed=True), None
    return Seen(is_="done", is_billed=True), result


def _is_wanted(asking: Asking, task: Task) -> bool:
    """Return whether somebody waits for this; asked again where it is recorded."""
    call = call_of(asking.app, task, "asked")
    return asking.app.attempt(call, lambda unit: asking.orders.waits(unit, task))
