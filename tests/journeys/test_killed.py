"""A process killed anywhere goes on where it was, and ends as if nothing had happened."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from embedded.figures import figures
from embedded.main_job import MainJob, Outcome, Photo
from embedded.suite import Suite
from journeys.histories import effects, problems
from journeys.quiet import Quiet

KILLS = 20
SEED = 20_261_122
LONGEST_S = 4.0  # from its start to its death: some die while starting, some in the middle of work
ROOTS = ("services", "shared", "deploy", "tests")
CHECKOUT = Path(__file__).parents[2]


def test_twenty_kills_at_random_points_change_nothing(
    run_folder: Path, photos: Sequence[Photo], suite: Suite, outcome: Outcome
) -> None:
    data, chance = run_folder / "killed", random.Random(SEED)
    died_at = [_killed_after(data, photos, chance.uniform(0.3, LONGEST_S)) for _ in range(KILLS)]
    print(f"seed {SEED}; killed after: {died_at}")

    with Suite(data) as survivor:
        ended = MainJob(survivor, photos, Quiet()).run()
        survivor.settle()

        assert figures(ended) == figures(outcome)
        assert problems(survivor) == []
        assert effects(survivor) == effects(suite)


def _killed_after(data: Path, photos: Sequence[Photo], seconds: float) -> str:
    """Run the main job, kill it after that time unless it has ended; return its last words."""
    arguments = [f"{photo.room}={photo.path}" for photo in photos]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "journeys.killed_main_job", str(data), *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(CHECKOUT / root) for root in ROOTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        said, errors = process.communicate()
    assert process.returncode in (-signal.SIGKILL, 0), errors
    return (said.splitlines() or ["nothing"])[-1]
