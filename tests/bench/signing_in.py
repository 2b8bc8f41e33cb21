"""Signing in: what auth's `serve` takes of memory, at its most, while forty people sign in at once.

A process of its own, as it is deployed: Linux tells its high water.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.stage import Stage
from chassis.broker.rpc import Rpc
from chassis.errors import Unauthenticated
from distributed.servers import GATEWAY
from distributed.suite import Suite
from journeys.stages.alone import alone
from journeys.stages.distributed_suite import running_as

PEOPLE, TIMES = 40, 5
HIGH_WATER = re.compile(r"VmHWM:\s+([0-9]+) kB")


def figures(stage: Stage) -> dict[str, float]:
    """Return the most memory that it has taken, in MB: before anybody came, and afterwards."""
    with (
        TemporaryDirectory(prefix="ai-studio-") as folder,
        running_as(alone("auth"), stage.server, stage.broker, Path(folder) / "auth") as suite,
    ):
        idle = _high_water_mb(suite)
        _sign_in(suite.servers.broker_url(GATEWAY))
        return {"sign_in_idle_mb": idle, "sign_in_peak_mb": _high_water_mb(suite)}


def _sign_in(uri: str) -> None:
    with closing(Rpc(uri, timeout_s=60, lines=PEOPLE)) as rpc, ThreadPoolExecutor(PEOPLE) as people:
        auth = rpc.port("auth")

        def sign_in(number: int) -> None:
            for _ in range(TIMES):
                with suppress(Unauthenticated):  # who is unknown costs the same hash
                    auth.call("sign_in", email=f"{number}@bench.example", password="a wrong one")

        list(people.map(sign_in, range(PEOPLE)))


def _high_water_mb(suite: Suite) -> float:
    status = Path(f"/proc/{suite.processes['auth-serve-0'].pid}/status").read_text()
    found = HIGH_WATER.search(status)
    assert found is not None
    return int(found[1]) * 1_024 / 1_000_000
