"""Random histories of money from a seed on, after billing was killed as money moved."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from faults.killed_money import killed
from integration.stages.card_sales import Sales, card_sales
from integration.stages.killed_charges import charged
from integration.stages.killed_refunds import refunded
from integration.stages.lost_replies import made_once
from integration.stages.money_histories import Violated, happen
from servers.postgres import Server
from unit.stages.commission_lives import drawn, live

MOMENTS = 20
REFUNDS = 50  # by card, each with a process or two that dies on the way, or a reply lost
CHARGES = 50  # the same, and their deliveries
LOST = 50  # buyers whose replies from Stripe are lost at each call that makes something
TOGETHER = 200  # histories in one database
Killed = Callable[[Sales, int], tuple[list[str], list[str]]]  # what happened, and what is wrong


def histories(server: Server, folder: Path, first: int, count: int) -> tuple[int, int]:
    """Kill billing at 20 moments, on 50 charges and 50 refunds; lose replies; let histories happen.

    Return how many passed and failed.

    Of histories in one database that failed, those before it are told of too; all of them count.
    """
    right = [_killed(server, folder / "killed", first), *_cards(server, folder / "cards", first)]
    passed, failed, did = right.count(True), right.count(False), Counter[str]()
    for start in range(first, first + count, TOGETHER):
        seeds = range(start, min(start + TOGETHER, first + count))
        blobs = folder / f"money-{start}"
        blobs.mkdir()
        try:
            did += happen(server, blobs, seeds)
            _commissions(seeds)
        except Violated as violated:
            failed += len(seeds)
            print(f"seeds {start} to {seeds[-1]}: {violated}")
            print(f"  again: make faults MONEY={len(seeds)} FIRST_SEED={start}", flush=True)
        else:
            passed += len(seeds)
            print(f"seeds {start} to {seeds[-1]}: the money is right", flush=True)
            shutil.rmtree(blobs)
    steps = sorted((step, n) for step, n in did.items() if ": " not in step)
    print("; ".join(f"{step} {n}" for step, n in steps))
    return passed, failed


def _commissions(seeds: Iterable[int]) -> None:
    """Let each seed draw a history of what affiliate earns, too."""
    for seed in seeds:
        steps = drawn(seed)
        try:
            live(steps)
        except Exception as error:
            raise Violated([], f"commissions of seed {seed}: {steps}") from error


def _killed(server: Server, folder: Path, seed: int) -> bool:
    folder.mkdir()
    moves, wrong = killed(server, folder, MOMENTS, seed)
    print(f"seed {seed}, killed at {', '.join(moves)}: {'; '.join(wrong) or 'all was done, once'}")
    return not wrong


def _cards(server: Server, folder: Path, first: int) -> list[bool]:
    """Return whether all went once: charges, refunds, and what is made where replies are lost."""
    folder.mkdir()
    with card_sales(server, folder) as sales:
        right = [
            _each(sales, "charges", charged, range(first, first + CHARGES)),
            _each(sales, "refunds", refunded, range(first, first + REFUNDS)),
            _each(sales, "buyers", _made_once, range(first, first + LOST)),
        ]
        broken = sales.broken()
    print(f"cards: broken: {broken or 'nothing'}", flush=True)
    return [each and not broken for each in right]


def _made_once(sales: Sales, seed: int) -> tuple[list[str], list[str]]:
    return made_once(sales.shop, seed)


def _each(sales: Sales, what: str, happens: Killed, seeds: Sequence[int]) -> bool:
    failed = 0
    for seed in seeds:
        way, wrong = happens(sales, seed)
        if wrong:
            failed += 1
            print(f"{what}, seed {seed}: {'; '.join(way)}: {'; '.join(wrong)}")
    print(f"{len(seeds) - failed} of {len(seeds)} {what} by card went once", flush=True)
    return not failed
