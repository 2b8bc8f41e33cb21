"""Stories of paid work from a seed on: fal fails in every way, and so do those who ask it."""

import shutil
from pathlib import Path

from integration.stages.paid_engine import PaidEngine, paid_engine
from integration.stages.paid_stories import told
from servers.postgres import Server

TOGETHER = 50  # stories in one database


def stories(server: Server, folder: Path, first: int, count: int) -> tuple[int, int]:
    """Let so many happen; return how many passed and failed."""
    failed = 0
    for start in range(first, first + count, TOGETHER):
        seeds, blobs = range(start, min(start + TOGETHER, first + count)), folder / f"paid-{start}"
        blobs.mkdir()
        with paid_engine(server, blobs) as paid:
            wrong = [seed for seed in seeds if not _is_right(paid, seed)]
        failed += len(wrong)
        print(f"seeds {start} to {seeds[-1]}: {len(wrong)} failed", flush=True)
        shutil.rmtree(blobs)
    return count - failed, failed


def _is_right(paid: PaidEngine, seed: int) -> bool:
    happened, wrong = told(paid, seed)
    for each in wrong:
        print(f"  seed {seed}: {each}; after {'; '.join(happened)}")
        print(f"  again: make faults PAID=1 FIRST_SEED={seed}", flush=True)
    return not wrong
