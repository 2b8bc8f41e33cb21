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

from demo.figures import figures
from demo.main_job import Outcome, Photo
from embedded.suite import Suite
from journeys.histories import effects, problems
from journeys.quiet import main_job

SEED = 20_261_122
STARTING = [("", 0, 1.5)] * 5  # (after which call, its how-manieth time, within how many seconds)
WORKING = [("started", 1, 1.0)] * 5  # photographs and film take longer than all five together
# A call is announced before it is made: some die in the middle of it, some just after its commit.
CALLING = [
    ("media.start_project", 1, 0.05),
    ("video.start_video", 1, 0.05),
    ("billing.create_invoices", 1, 0.05),
    ("billing.issue_invoice", 1, 0.05),
    ("billing.invoice_pdf", 1, 0.05),
    ("billing.record_invoice_payment", 1, 0.05),
    ("billing.record_invoice_payment", 2, 0.05),
    ("affiliate.create_payout", 1, 0.05),
    ("affiliate.approve_payout", 1, 0.05),
    ("affiliate.confirm_payout", 1, 0.05),
]
ROOTS = ("services", "shared", "deploy", "tests")
CHECKOUT = Path(__file__).parents[2]


def test_twenty_kills_at_random_points_change_nothing(
    run_folder: Path,
    photos: Sequence[Photo],
    outcome: Outcome,
    expected: Counter[tuple[str, str]],
) -> None:
    data, chance = run_folder / "killed", random.Random(SEED)
    points = [*STARTING[:2], *WORKING, *STARTING[2:], *CALLING]
    last_words = [
        _killed(data, photos, call, nth, chance.uniform(0, longest_s))
        for call, nth, longest_s in points
    ]
    assert len(points) == 20
    print(f"seed {SEED}; killed after: {last_words}")

    with Suite(data, durable=False) as survivor:
        ended = main_job(survivor, photos).run()
        survivor.settle()

        assert figures(ended) == figures(outcome)
        assert problems(survivor) == []
        assert effects(survivor) == expected


def _killed(data: Path, photos: Sequence[Photo], call: str, nth: int, seconds: float) -> str:
    """Run the main job and kill it that long after its nth such call; return its last words."""
    arguments = [f"{photo.room}={photo.path}" for photo in photos]
    said: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-m", "journeys.killed_main_job", str(data), *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(CHECKOUT / root) for root in ROOTS)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        while said.count(call) < nth and (line := process.stdout.readline()):
            said.append(line.strip())
        killer = threading.Timer(seconds, process.kill)
        killer.start()
        said += process.stdout.read().split()
        killer.cancel()
    assert process.returncode == -signal.SIGKILL, said[-5:]  # it ended before it could be killed
    return (said or ["starting"])[-1]
