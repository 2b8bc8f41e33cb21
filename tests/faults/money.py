"""Random histories of money from a seed on, after billing was killed as money moved."""

import shutil
from collections import Counter
from pathlib import Path

from faults.killed_money import killed
from integration.stages.money_histories import Violated, happen
from servers.postgres import Server

MOMENTS = 20
TOGETHER = 200  # histories in one database


def histories(server: Server, folder: Path, first: int, count: int) -> tuple[int, int]:
    """Kill billing at 20 moments, then let the histories happen; return how many passed and failed.

    Of histories in one database that failed, those before it are told of too; all of them count.
    """
    failed = 0 if _killed(server, folder / "killed", first) else 1
    passed, did = 1 - failed, Counter[str]()
    for start in range(first, first + count, TOGETHER):
        seeds = range(start, min(start + TOGETHER, first + count))
        blobs = folder / f"money-{start}"
        blobs.mkdir()
        try:
            did += happen(server, blobs, seeds)
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


def _killed(server: Server, folder: Path, seed: int) -> bool:
    folder.mkdir()
    moves, wrong = killed(server, folder, MOMENTS, seed)
    print(f"seed {seed}, killed at {', '.join(moves)}: {'; '.join(wrong) or 'all was done, once'}")
    return not wrong
