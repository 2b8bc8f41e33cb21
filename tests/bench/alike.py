"""Alike: how well the time that a call takes tells a known address from an unknown one.

`python -m bench.alike` signs up, and asks for a new password, with both in turn, on a PostgreSQL
that keeps what it confirms, and prints the area under the curve: 0.5 is a coin's, 1 tells every
time. It is no contest, as there is no peer, and no test, as it goes by the clock.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from chassis import ids
from integration.stages.claimants import Claimants, nobodys
from integration.stages.deaf_services import Services
from servers.postgres import Server

SAMPLES = 200
ADDRESSES = 50  # of each kind; each is asked about four times: a fifth wrong one would wait


def main() -> None:
    """Measure and print."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory(prefix="ai-studio-")))
        folder.chmod(0o711)  # as root, the account that serves PostgreSQL passes through it
        server = Server(folder / "postgres")
        ending.callback(server.forget)
        services = Services(ending.enter_context(server), folder, ending, ("auth",))
        services.now, services.clock = ids.now(), ids.now
        auth = Claimants(services)
        asked: Mapping[str, Callable[[str], object]] = {
            "sign_up": auth.sign_up,
            "sign_in": lambda email: auth.sign_in(email, "a wrong password"),
            "request_password_reset": lambda email: auth.call(
                "request_password_reset", email=email
            ),
        }
        for method, ask in asked.items():
            known, unknown = _times(auth, ask)
            print(
                f"{method}: known {median(known) * 1_000:.2f} ms, unknown"
                f" {median(unknown) * 1_000:.2f} ms, area under the curve"
                f" {area(known, unknown):.3f}, of {SAMPLES} + {SAMPLES} samples"
            )


def _times(auth: Claimants, ask: Callable[[str], object]) -> tuple[list[float], list[float]]:
    """Return how long it took, in seconds: with known addresses, with unknown ones."""
    somebodys, others = ([nobodys() for _ in range(ADDRESSES)] for _ in range(2))
    for each in somebodys:
        auth.verified(each)
    known, unknown = list[float](), list[float]()
    for number in range(SAMPLES):
        for times, addresses in ((known, somebodys), (unknown, others)):
            began = time.perf_counter()
            ask(addresses[number % ADDRESSES])
            times.append(time.perf_counter() - began)
    return known, unknown


def area(some: Sequence[float], others: Sequence[float]) -> float:
    """Return how often the larger of two is of the same side, at least 0.5 (Mann and Whitney)."""
    larger = sum((one > other) + (one == other) / 2 for one in some for other in others)
    share = larger / (len(some) * len(others))
    return max(share, 1 - share)


if __name__ == "__main__":
    main()
