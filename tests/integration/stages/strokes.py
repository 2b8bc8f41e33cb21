"""Work that is struck at a step in the database: its process dies, or others come beside it."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import event, text

from chassis.unit.handling import App
from waiting import until

STEPS = ("begin", "commit")  # at which somebody may die

_WAITING = text("select 1 from pg_stat_activity where wait_event_type = 'Lock' and usename = user")


class Killed(BaseException):
    """The process that does the work is no more."""


def struck(
    app: App,
    work: Callable[[], object],
    moment: int,
    act: Callable[[], object],
    on: Sequence[str] = STEPS,
) -> bool:
    """Do `work`, and `act` at its `moment`th step in the database; False: it had fewer."""
    steps, me, engine = iter(range(moment)), threading.get_ident(), app.engine
    left = iter([act])

    def step(*_: object) -> None:
        if threading.get_ident() == me and next(steps, None) is None:
            for each in left:
                each()

    for name in on:
        event.listen(engine, name, step)
    try:
        work()
    finally:
        for name in on:
            event.remove(engine, name, step)
    return next(left, None) is None


def killed(app: App, work: Callable[[], object], moment: int) -> bool:
    """Do `work` and be killed at its `moment`th step; False: it had fewer."""
    try:
        return struck(app, work, moment, _die)
    except Killed:
        return True


def _die() -> None:
    raise Killed


def beside(app: App, work: Callable[[], object], moment: int, other: Callable[[], object]) -> bool:
    """Do `other` while `work` stands before its commit, after `moment` others; False: it has fewer.

    It is done by then, or waits for what `work` holds, and is done afterwards.
    """
    with ThreadPoolExecutor(1) as rival:

        def meanwhile() -> None:
            doing = rival.submit(other)
            until(lambda: doing.done() or _waits(app))
            done.append(doing)

        done = list[object]()
        was_beside = struck(app, work, moment, meanwhile, ["commit"])
    for each in done:
        each.result()  # type: ignore[attr-defined]
    return was_beside


def _waits(app: App) -> bool:
    return app.query(lambda db: db.execute(_WAITING).first()) is not None
