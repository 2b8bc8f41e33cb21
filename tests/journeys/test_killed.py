"""A process killed anywhere goes on where it was, and ends as if nothing had happened.

Nothing that it had started outlives it, and of its files nothing is left after the next start.
"""

import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from demo.figures import figures
from demo.main_job import Outcome, Photo
from embedded.suite import Suite
from journeys.stages import killed_main_job
from journeys.stages.at_work import COMPILING, JUDGING, children, left_over
from journeys.stages.histories import effects, problems
from journeys.stages.quiet import main_job
from waiting import until

SEED = 20_261_122
Point = tuple[str, int, float | str]
# (after which call, its how-manieth time, within how many seconds or while which file stands) it is
# killed
STARTING, UPLOADING, ENHANCING, FILMING, JOINING = (
    ("", 0, 1.5),
    ("media.confirm_uploads", 1, JUDGING),
    ("media.get_project", 1, 1.0),  # asked meanwhile
    ("video.get_video", 1, 1.0),
    ("video.start_video", 1, COMPILING),
)
# A call is announced before it is made: some die in the middle of it, some just after its commit.
CALLING: list[Point] = [
    ("media.start_project", 1, 0.05),
    ("video.start_video", 1, 0.05),
    ("billing.create_invoices", 1, 0.05),
    ("billing.issue_invoice", 1, 0.05),
    ("billing.document", 1, 0.05),
    ("billing.record_invoice_payment", 1, 0.05),
    ("billing.record_invoice_payment", 2, 0.05),
    ("billing.start_checkout", 1, 0.05),
    ("billing.refund_payment", 1, 0.05),
    ("affiliate.create_payout", 1, 0.05),
    ("affiliate.approve_payout", 1, 0.05),
    ("affiliate.confirm_payout", 1, 0.05),
]
LIVES: dict[str, list[Point]] = {
    "four": [UPLOADING, JOINING, CALLING[3], CALLING[8]],
    "seven": [STARTING, UPLOADING, JOINING, CALLING[3], *CALLING[7:9], CALLING[11]],
    # twenty, in two: no piece of work dies a third time in one, as then its job is given up
    "ten": [STARTING, STARTING, UPLOADING, CALLING[0], ENHANCING, FILMING, *CALLING[2:6]],
    "ten others": [STARTING, UPLOADING, CALLING[1], JOINING, *CALLING[6:]],
}
# Many starts: what they import is imported once, in the process that each is forked from. What that
# is has to be said where it is first used: other tests have processes of that kind too.
FORKING = multiprocessing.get_context("forkserver")


@pytest.mark.parametrize(
    "life",
    ["four", *(pytest.param(each, marks=pytest.mark.long) for each in LIVES if each != "four")],
)
def test_kills_at_random_points_change_nothing(
    life: str,
    run_folder: Path,
    photos: Sequence[Photo],
    outcome: Outcome,
    expected: Counter[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    FORKING.set_forkserver_preload([killed_main_job.__name__])
    data, chance = run_folder / f"killed {life}", random.Random(SEED)
    last_words = [
        _killed(data, photos, call, nth, _moment(when, data, chance))
        for call, nth, when in LIVES[life]
    ]
    print(f"seed {SEED}; killed after: {last_words}")

    with Suite(data, durable=False) as survivor:
        ended = main_job(survivor, photos).run()
        survivor.settle()

        assert left_over(data) == set()
        assert figures(ended) == figures(outcome)
        assert problems(survivor) == []
        assert effects(survivor) == expected


def _moment(when: float | str, data: Path, chance: random.Random) -> Callable[[], object]:
    """Return what waits until it is time."""
    if isinstance(when, float):
        return partial(time.sleep, chance.uniform(0, when))
    return partial(until, partial(_is_there, data, when), within_s=120)


def _is_there(data: Path, pattern: str) -> bool:
    with suppress(FileNotFoundError):  # a folder that goes while it is looked through
        return any(data.glob(pattern))
    return False


def _killed(
    data: Path, photos: Sequence[Photo], call: str, nth: int, wait: Callable[[], object]
) -> str:
    """Run the main job and kill it so long after its nth such call; return its last words."""
    hear, tell = FORKING.Pipe(duplex=False)
    process = FORKING.Process(target=killed_main_job.run, args=(data, photos, tell))
    process.start()
    tell.close()
    said: list[str] = []

    def kill() -> None:
        wait()
        process.kill()

    killer = threading.Thread(target=kill)
    with hear, suppress(EOFError):
        while said.count(call) < nth:
            said.append(hear.recv())
        killer.start()
        while True:
            said.append(hear.recv())
    process.join()
    assert killer.ident, f"it ended before {call} came for the {nth}th time: {said[-5:]}"
    killer.join()
    until(lambda: not children(data), what="the end of what it had started")
    assert process.exitcode == -signal.SIGKILL, said[-5:]  # it ended before it could be killed
    return (said or ["starting"])[-1]
