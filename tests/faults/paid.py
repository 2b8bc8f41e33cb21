"""Stories of paid work from a seed on: fal fails in every way, and so do those who ask it."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from integration.stages import paid_film_stories, paid_stories
from integration.stages.paid_engine import paid_engine
from integration.stages.paid_films import paid_films
from servers.postgres import Server

TOGETHER = 50  # stories in one database

Stage = Callable[[Server, Path], AbstractContextManager[Any]]
Tell = Callable[[Any, int], tuple[list[str], list[str]]]


def photographs(server: Server, folder: Path, first: int, count: int) -> tuple[int, int]:
    """Let so many stories of photographs happen; return how many passed and failed."""
    return _stories(server, folder, first, count, paid_engine, paid_stories.told, "PAID")


def films(server: Server, folder: Path, first: int, count: int) -> tuple[int, int]:
    """Let so many stories of films happen; return as above."""

    def stage(server: Server, folder: Path) -> AbstractContextManager[Any]:
        return paid_films(server, folder, VIDEO_BUDGET_CENTS=str(paid_film_stories.FIRST_CENTS))

    return _stories(server, folder, first, count, stage, paid_film_stories.told, "PAID_FILMS")


def _stories(
    server: Server, folder: Path, first: int, count: int, stage: Stage, tell: Tell, name: str
) -> tuple[int, int]:
    failed = 0
    for start in range(first, first + count, TOGETHER):
        seeds, blobs = range(start, min(start + TOGETHER, first + count)), folder / f"paid-{start}"
        blobs.mkdir()
        with stage(server, blobs) as paid:
            wrong = [seed for seed in seeds if not _is_right(paid, seed, tell, name)]
        failed += len(wrong)
        print(f"seeds {start} to {seeds[-1]}: {len(wrong)} failed", flush=True)
        shutil.rmtree(blobs)
    return count - failed, failed


def _is_right(paid: Any, seed: int, tell: Tell, name: str) -> bool:
    happened, wrong = tell(paid, seed)
    for each in wrong:
        print(f"  seed {seed}: {each}; after {'; '.join(happened)}")
        print(f"  again: make faults {name}=1 FIRST_SEED={seed}", flush=True)
    return not wrong
