"""A process killed anywhere goes on where it was, and ends as if nothing had happened."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from embedded.figures import figures
from embedded.main_job import MainJob, Outcome, Photo
from embedded.suite import Suite
from journeys.histories import effects, problems
from journeys.quiet import Quiet

KILLS = 20
SEED = 20_261_122
LONGEST_S = 1.5  # from the suite's start to its death; the work left is longer
EVERY_FIFTH_S = 1.5  # every fifth dies within this time of its own start: while it is starting
ROOTS = ("services", "shared", "deploy", "tests")
CHECKOUT = Path(__file__).parents[2]


def test_twenty_kills_at_random_points_change_nothing(
    run_folder: Path,
    photos: Sequence[Photo],
    outcome: Outcome,
    expected: Counter[tuple[str, str]],
) -> None:
    data, chance = run_folder / "killed", random.Random(SEED)
    last_words = [
        _killed(data, photos, chance.uniform(0.1, EVERY_FIFTH_S), while_starting=True)
        if number % 5 == 0
        else _killed(data, photos, chance.uniform(0.0, LONGEST_S), while_starting=False)
        for number in range(KILLS)
    ]
    print(f"seed {SEED}; killed after: {last_words}")

    with Suite(data, durable=False) as survivor:
        ended = MainJob(survivor, photos, Quiet()).run()
        survivor.settle()

        assert figures(ended) == figures(outcome)
        assert problems(survivor) == []
        assert effects(survivor) == expected


def _killed(data: Path, photos: Sequence[Photo], seconds: float, *, while_starting: bool) -> str:
    """Run the main job and kill it after that time, unless it has ended; return its last words."""
    arguments = [f"{photo.room}={photo.path}" for photo in photos]
    with subprocess.Popen(
        [sys.executable, "-m", "journeys.killed_main_job", str(data), *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(CHECKOUT / root) for root in ROOTS)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = [] if while_starting else [process.stdout.readline()]
        killer = threading.Timer(seconds, process.kill)
        killer.start()
        said += process.stdout.readlines()
        killer.cancel()
    assert process.returncode in (-signal.SIGKILL, 0)
    return (said or ["starting"])[-1].strip()
