"""A process killed anywhere goes on where it was, and ends as if nothing had happened."""

import multiprocessing
import os
import random
import signal
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from demo.figures import figures
from demo.main_job import Outcome, Photo
from embedded.suite import Suite
from journeys.stages import killed_main_job
from journeys.stages.histories import effects, problems
from journeys.stages.quiet import main_job

SEED = 20_261_122
# (after which call, its how-manieth time, within how many seconds) it is killed
STARTING, ENHANCING, FILMING = (
    ("", 0, 1.5),
    ("media.get_project", 1, 1.0),  # asked meanwhile
    ("video.get_video", 1, 1.0),
)
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
SIX = [STARTING, ENHANCING, FILMING, CALLING[3], CALLING[6], CALLING[9]]
TWENTY = [*[STARTING] * 2, *[ENHANCING] * 2, *[FILMING] * 3, *[STARTING] * 3, *CALLING]
# Many starts: what they import is imported once, in the process that each is forked from. What that
# is has to be said where it is first used: other tests have processes of that kind too.
FORKING = multiprocessing.get_context("forkserver")


@pytest.mark.parametrize(
    "points", [SIX, pytest.param(TWENTY, marks=pytest.mark.long)], ids=["six", "twenty"]
)
def test_kills_at_random_points_change_nothing(
    points: Sequence[tuple[str, int, float]],
    run_folder: Path,
    photos: Sequence[Photo],
    outcome: Outcome,
    expected: Counter[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    FORKING.set_forkserver_preload([killed_main_job.__name__])
    data, chance = run_folder / f"killed-{len(points)}", random.Random(SEED)
    last_words = [
        _killed(data, photos, call, nth, chance.uniform(0, longest_s))
        for call, nth, longest_s in points
    ]
    print(f"seed {SEED}; killed after: {last_words}")

    with Suite(data, durable=False) as survivor:
        ended = main_job(survivor, photos).run()
        survivor.settle()

        assert figures(ended) == figures(outcome)
        assert problems(survivor) == []
        assert effects(survivor) == expected


def _killed(data: Path, photos: Sequence[Photo], call: str, nth: int, seconds: float) -> str:
    """Run the main job and kill it that long after its nth such call; return its last words."""
    hear, tell = FORKING.Pipe(duplex=False)
    process = FORKING.Process(target=killed_main_job.run, args=(data, photos, tell))
    process.start()
    tell.close()
    said: list[str] = []
    with hear, suppress(EOFError):
        while said.count(call) < nth:
            said.append(hear.recv())
        killer = threading.Timer(seconds, process.kill)
        killer.start()
        while True:
            said.append(hear.recv())
    process.join()
    assert process.exitcode == -signal.SIGKILL, said[-5:]  # it ended before it could be killed
    return (said or ["starting"])[-1]
