"""The main job as a process of its own, to be killed: `python -m journeys.killed_main_job …`.

It prints a line when the suite has started and one before each call.
"""

import sys
from pathlib import Path
from typing import Any

from demo.figures import figures
from demo.main_job import Photo
from embedded.suite import Suite
from journeys.quiet import main_job


class Speaking(Suite):
    """A suite that says which call comes next."""

    def call(self, service: str, method: str, access_token: str | None, /, **arguments: Any) -> Any:
        print(f"{service}.{method}", flush=True)
        return super().call(service, method, access_token, **arguments)


def main(data: str, *photos: str) -> int:
    """Do what is left of the main job; `photos` are pairs `room=path`."""
    pairs = [photo.partition("=") for photo in photos]
    with Speaking(data, durable=False) as suite:
        print("started", flush=True)
        outcome = main_job(
            suite, [Photo(room=room, path=Path(path)) for room, _, path in pairs]
        ).run()
    return 1 if [figure for figure in figures(outcome) if not figure.holds] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
