"""Revoking: somebody signs out; until when do the other services let that access token in?

In ten processes: auth tells it, four others hear it. Each is asked over and over at once, and the
last to refuse counts.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.stage import Stage
from chassis import ids
from demo.people import Person
from distributed.suite import Suite
from journeys.stages.bans import QUERIES, is_let_in, refused_at
from journeys.stages.distributed_suite import running


def waits_s(stage: Stage, trials: int) -> list[float]:
    """Return of each trial how many seconds passed from auth's answer to the last refusal."""
    with (
        TemporaryDirectory(prefix="ai-studio-") as folder,
        running(stage.server, stage.broker, Path(folder) / "revoking") as suite,
        ThreadPoolExecutor(len(QUERIES)) as threads,
    ):
        person = Person(suite, "kari@bench.example", ids.token())
        person.sign_up("Kari", "sign up")
        suite.settle()
        return [_trial(suite, person, threads) for _ in range(trials)]


def _trial(suite: Suite, person: Person, threads: ThreadPoolExecutor) -> float:
    started = suite.call("auth", "sign_in", None, email=person.email, password=person.password)
    session = started["session_token"]
    token = suite.call("auth", "authenticate", None, session_token=session)["access_token"]
    assert all(is_let_in(suite, service, token) for service in QUERIES)
    suite.call("auth", "sign_out", token)
    answered = time.monotonic()
    refused = threads.map(partial(_refused_at, suite, token), QUERIES)
    return max(0.0, max(refused) - answered)


def _refused_at(suite: Suite, token: str, service: str) -> float:
    return refused_at(suite, service, token)
