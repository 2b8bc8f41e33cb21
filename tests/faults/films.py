"""Stories of films that share pieces, and of two pieces that end at once, from a seed on."""

import logging
import shutil
from collections.abc import Iterable
from pathlib import Path

from integration.stages import film_checks
from integration.stages.film_stories import BUDGET_CENTS, ended_at_once, told
from integration.stages.films_at_work import Films, films_on
from servers.postgres import Server

TOGETHER = 50  # in one database


def stories(server: Server, folder: Path, first: int, count: int) -> tuple[int, int]:
    """Let so many happen, of both; return how many of both passed and failed."""
    logging.getLogger("chassis.jobs").setLevel(logging.CRITICAL)  # jobs are to fail
    failed = 0
    for start in range(first, first + count, TOGETHER):
        seeds, blobs = range(start, min(start + TOGETHER, first + count)), folder / f"films-{start}"
        blobs.mkdir()
        with films_on(server, blobs, VIDEO_BUDGET_CENTS=str(BUDGET_CENTS)) as films:
            bad = _told(films, seeds)
            bad += sum(ended_at_once(films) != 1 for _ in seeds)
            otherwise = film_checks.rebuilt_otherwise(films)
        bad += bool(otherwise)
        print(f"seeds {start} to {seeds[-1]}: {bad} failed", *otherwise, flush=True)
        failed += bad
        shutil.rmtree(blobs)
    return 2 * count - failed, failed


def _told(films: Films, seeds: Iterable[int]) -> int:
    failed = 0
    for seed in seeds:
        happened, wrong = told(films, seed)
        failed += bool(wrong)
        for each in wrong:
            print(f"  seed {seed}: {each}; after {'; '.join(happened)}")
            print(f"  again: make faults FILMS=1 FIRST_SEED={seed}", flush=True)
    return failed
