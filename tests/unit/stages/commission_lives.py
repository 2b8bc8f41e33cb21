"""Whole lives of commissions: step after step, each of them looked at."""

import random
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

from chassis.errors import Rejected
from unit.stages.commissions import TICK, Commissions

WAYS = {
    "bind": 2,
    "rate": 2,
    "end": 1,
    "company": 1,
    "issue": 3,
    "pay": 4,
    "credit": 3,
    "bounce": 2,
    "hear": 4,
    "hold": 1,
    "release": 1,
    "reject": 1,
    "pay_out": 2,
    "send": 1,
    "fail": 1,
}
Step = tuple[str, int, int]  # a way, whom it is about, a percentage
BEGINS: Sequence[Step] = [("bind", 0, 20), ("issue", 4, 3), ("pay", 0, 0)]
MOST_N, MOST_STEPS = 60, 30


def live(steps: Sequence[Step]) -> None:
    """Let these steps happen after an invoice was paid; all that was told is heard at the end."""
    with closing(Commissions()) as life:
        for way, n, percent in (*BEGINS, *steps):
            life.now += TICK
            try:
                getattr(life, way)(n, percent)
            except (Rejected, ZeroDivisionError):
                continue  # a rule said no, or there is nothing yet that it could be about
            life.check()
        life.now += timedelta(days=1)
        while life.queue:
            life.hear(49, 0)
        life.check()


def drawn(seed: int) -> Sequence[Step]:
    """Return the steps that a seed draws."""
    chance = random.Random(seed)
    ways = chance.choices(list(WAYS), list(WAYS.values()), k=chance.randint(4, MOST_STEPS))
    return [(way, chance.randint(0, MOST_N), chance.randint(1, 100)) for way in ways]
