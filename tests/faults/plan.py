"""What one seed does: some stories at once, and the faults that fall upon them, all drawn ahead."""

import random
from collections.abc import Callable, Sequence

from chassis.domain import value
from faults.suite import HEARERS, NAMES, SERVICES
from faults.wire import AMQP, POINTS, POSTGRES

WITHIN_CALLS = 45  # of the seed, in which its faults begin; by calls, as a machine may be slow
NET_ORE, GROSS_ORE = 100_000, 125_000  # of one project
STOPPED_S = (0.3, 1.5)
PAUSED_S = 35  # over three heartbeats: the broker gives up who is silent for two or three
WORKERS = tuple(name for name in NAMES if "-work-" in name)
# how often a cut falls upon who serves: it has no confirms, and few other messages of its own
SERVES = {"confirm_lost": 0.0, "publish_unsent": 0.25}
SERVERS = tuple(name for name in NAMES if "-serve-" in name)


@value
class StoryPlan:
    """One customer's way, from sign-up to the last payment."""

    number: int
    percent: int  # that the affiliate earns; 0: nobody refers this customer
    projects: int
    early: bool  # work is asked for before the workspace may be invoiced
    payments: tuple[int, ...]  # øre, in this order
    again: bool  # calls are made twice at once, with one key
    rival: bool  # somebody else does the same at the same time, with another key
    leaves: bool  # signs out in the end


@value
class Fault:
    """One thing that goes wrong."""

    kind: str  # a function's name in `faults.blows`
    after_calls: int  # that were answered
    arguments: tuple[object, ...]

    def __str__(self) -> str:
        return " ".join(map(str, (self.kind, *self.arguments)))


@value
class Plan:
    """All that a seed does."""

    seed: int
    stories: tuple[StoryPlan, ...]
    payout: str  # confirm | fail | cancel
    faults: tuple[Fault, ...]


def drawn(seed: int, pauses: bool = False) -> Plan:
    """Return what a seed does; with `pauses`, a server is stopped too, for half a minute."""
    chance = random.Random(seed)
    stories = tuple(_story(chance, number) for number in range(chance.choice((2, 2, 3))))
    faults = [_fault(chance) for _ in range(chance.randint(3, 6))]
    payout = chance.choice(("confirm", "confirm", "fail", "cancel"))
    if pauses:
        faults.append(_pause(chance))
    return Plan(
        seed=seed,
        stories=stories,
        payout=payout,
        faults=tuple(sorted(faults, key=_time)),
    )


def _time(fault: Fault) -> int:
    return fault.after_calls


def _story(chance: random.Random, number: int) -> StoryPlan:
    projects = chance.choice((1, 1, 2))
    return StoryPlan(
        number=number,
        percent=chance.choice((0, 1, 20, 33, 100)),
        projects=projects,
        early=chance.random() < 0.3,
        payments=_parts(chance, projects * GROSS_ORE),
        again=chance.random() < 0.5,
        rival=chance.random() < 0.5,
        leaves=chance.random() < 0.3,
    )


def _parts(chance: random.Random, amount: int) -> tuple[int, ...]:
    cuts = sorted({0, amount, *(chance.randrange(1, amount) for _ in range(chance.randint(0, 2)))})
    return tuple(after - before for before, after in zip(cuts, cuts[1:], strict=False))


def _fault(chance: random.Random) -> Fault:
    kinds = list(DRAW)
    (kind,) = chance.choices(kinds, [DRAW[each][0] for each in kinds])
    arguments = tuple(DRAW[kind][1](chance))
    return Fault(kind=kind, after_calls=chance.randrange(WITHIN_CALLS), arguments=arguments)


def _pause(chance: random.Random) -> Fault:
    arguments = (chance.choice(SERVERS), PAUSED_S)
    return Fault(kind="pause", after_calls=chance.randrange(WITHIN_CALLS), arguments=arguments)


def _cut(chance: random.Random) -> Sequence[object]:
    point = chance.choice(list(POINTS))
    role = "serve" if chance.random() < SERVES.get(point, 0.4) else "work"
    return f"{chance.choice(SERVICES)}-{role}", point, _nth(chance, point)


def _kill_at(chance: random.Random) -> Sequence[object]:
    point = chance.choice(list(POINTS))
    name = chance.choice(SERVERS if chance.random() < SERVES.get(point, 0.4) else WORKERS)
    return name, point, _nth(chance, point)


def _nth(chance: random.Random, point: str) -> int:
    return chance.randint(1, 40 if point == "statement_unanswered" else 5)


def _hold(chance: random.Random) -> Sequence[object]:
    # with PostgreSQL: a rival finds the unit half done, and its rows locked or not
    point = chance.choice(("commit_unseen", "commit_unanswered", *["statement_unanswered"] * 3))
    seconds = round(chance.uniform(*STOPPED_S), 2)
    return chance.choice(WORKERS), point, _nth(chance, point), seconds


def _stop(chance: random.Random) -> Sequence[object]:
    name = chance.choice(WORKERS if chance.random() < 0.8 else SERVERS)
    return name, round(chance.uniform(*STOPPED_S), 2)


def _kill(chance: random.Random) -> Sequence[object]:
    name = chance.choice(WORKERS if chance.random() < 0.7 else SERVERS)
    return name, round(chance.uniform(0, 0.5), 2)


def _service(chance: random.Random) -> Sequence[object]:
    return (chance.choice(SERVICES),)


def _working(chance: random.Random) -> Sequence[object]:
    # most often one whose jobs leave events
    return (chance.choice((*SERVICES, "media", "media", "billing")),)


def _source(chance: random.Random) -> Sequence[object]:
    return (chance.choice(list(HEARERS)),)


def _deaf_source(chance: random.Random) -> Sequence[object]:
    return (*_source(chance), *_for_a_while(chance))


def _part(chance: random.Random) -> Sequence[object]:
    return chance.choice(NAMES), chance.choice((AMQP, POSTGRES)), *_for_a_while(chance)


def _for_a_while(chance: random.Random) -> Sequence[object]:
    return (round(chance.uniform(0.2, 1.0), 2),)


def _some_seconds(chance: random.Random) -> Sequence[object]:
    return (round(chance.uniform(1.0, 4.0), 2),)


def _dice(chance: random.Random) -> int:
    # the seed of what cannot be drawn ahead, such as the order of copies
    return chance.randrange(1_000)


# how often each kind is drawn, and with what; those that take seconds are rare
DRAW: dict[str, tuple[float, Callable[[random.Random], Sequence[object]]]] = {
    "cut": (12, _cut),
    "hold": (4, _hold),
    "kill_at": (5, _kill_at),
    "kill": (3, _kill),
    "stop": (4, _stop),
    "lapse": (4, _working),
    "terminate": (3, lambda chance: (*_service(chance), chance.choice((0.3, 1.0)), _dice(chance))),
    "refuse_writes": (2, lambda chance: (*_service(chance), *_some_seconds(chance))),
    "part": (2, _part),
    "purge": (3, _deaf_source),
    "lose_queues": (2, _deaf_source),
    "crowd": (1, lambda chance: (*_source(chance), *_some_seconds(chance))),
    "repeat": (3, lambda chance: (*_source(chance), _dice(chance))),
    "block_broker": (1, _some_seconds),
    "restart_broker": (0.5, _for_a_while),
    "kill_broker": (0.25, _for_a_while),
    "lose_broker": (0.35, _for_a_while),
}


def name_of(seed: int, story: object, what: str) -> str:
    """Return the name of a call: its idempotency key, and the correlation id of all it causes."""
    return f"s{seed}.{story}.{what}"


def prefix(seed: int) -> str:
    """Return what the names of all calls of a seed begin with."""
    return f"s{seed}."
