"""The main job as a process of its own, to be killed.

It says when the suite has started, and before each call which one comes.
"""

import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from demo.figures import figures
from demo.main_job import Photo
from embedded.suite import Suite
from journeys.stages.quiet import main_job


class Speaking(Suite):
    """A suite that says which call comes next."""

    def __init__(self, data: Path, tell: Connection) -> None:
        super().__init__(data, durable=False)
        self._tell = tell

    def call(self, service: str, method: str, access_token: str | None, /, **arguments: Any) -> Any:
        self._tell.send(f"{service}.{method}")
        return super().call(service, method, access_token, **arguments)


def run(data: Path, photos: Sequence[Photo], tell: Connection) -> None:
    """Do what is left of the main job; exit with 1 if it ends with a wrong figure."""
    with Speaking(data, tell) as suite:
        tell.send("started")
        outcome = main_job(suite, photos).run()
    sys.exit(any(not figure.holds for figure in figures(outcome)))
