"""Alike: how well the time that a sign-up takes tells a known address from an unknown one.

`python -m bench.alike` signs up with both in turn, on a PostgreSQL that keeps what it confirms, and
prints the area under the curve: 0.5 is a coin's, 1 tells every time. It is no contest, as there
is no peer, and no test, as it goes by the clock.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from chassis import ids
from integration.stages.claimants import Claimants, nobodys
from integration.stages.deaf_services import Services
from servers.postgres import Server

SAMPLES = 200
KNOWN = 20  # addresses; each is asked about again and again, as whoever guesses does


def main() -> None:
    """Measure and print."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory(prefix="ai-studio-")))
        folder.chmod(0o711)  # as root, the account that serves PostgreSQL passes through it
        server = Server(folder / "postgres")
        ending.callback(server.forget)
        services = Services(ending.enter_context(server), folder, ending, ("auth",))
        services.now, services.clock = ids.now(), ids.now
        known, unknown = _times(Claimants(services))
    print(f"known {median(known) * 1_000:.2f} ms, unknown {median(unknown) * 1_000:.2f} ms")
    print(f"area under the curve {area(known, unknown):.3f}, of {SAMPLES} + {SAMPLES} samples")


def _times(auth: Claimants) -> tuple[list[float], list[float]]:
    """Return how long sign-ups took, in seconds: with known addresses, with unknown ones."""
    addresses = [nobodys() for _ in range(KNOWN)]
    for each in addresses:
        auth.verified(each)
    known, unknown = list[float](), list[float]()
    for number in range(SAMPLES):
        for times, address in ((known, addresses[number % KNOWN]), (unknown, nobodys())):
            began = time.perf_counter()
            auth.sign_up(address)
            times.append(time.perf_counter() - began)
    return known, unknown


def area(some: Sequence[float], others: Sequence[float]) -> float:
    """Return how often the larger of two is of the same side, at least 0.5 (Mann and Whitney)."""
    larger = sum((one > other) + (one == other) / 2 for one in some for other in others)
    share = larger / (len(some) * len(others))
    return max(share, 1 - share)


if __name__ == "__main__":
    main()
