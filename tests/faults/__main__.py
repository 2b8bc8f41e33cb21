"""`make faults`: so many seeds, one after another; the last line is `N passed, M failed`.

With CLUSTER=1 over three RabbitMQ nodes, of which each is killed in turn. With MONEY=10000 so many
random histories of money instead, after billing was killed at 20 moments of them; with PAID=500 so
many stories of paid work at fal's stand-in, with PAID_FILMS=200 of films; with FILMS=500 of films
that share pieces, and as many of two pieces that end at once. All on PostgreSQL alone.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from chassis.errors import Unavailable
from distributed.suite import end_as_ctrl_c
from faults import clustered, films, money, paid
from faults.plan import drawn
from faults.run import at_work
from servers.postgres import Server
from servers.rabbit import Broker, private_broker


def main() -> int:
    """Run the seeds; return 1 if one of them failed."""
    chosen = _parser().parse_args()
    end_as_ctrl_c()
    try:
        passed, failed = _all_seeds(chosen)
    except (KeyboardInterrupt, Unavailable) as error:
        print(f"faults: {error!r}", file=sys.stderr)
        return 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _all_seeds(chosen: argparse.Namespace) -> tuple[int, int]:
    """Run the seeds on servers of their own; return how many passed and failed."""
    first, count = chosen.first_seed, chosen.seeds
    folder = Path(tempfile.mkdtemp(prefix="ai-studio-"))
    folder.chmod(0o711)  # as root, the account that serves PostgreSQL passes through it
    server = Server(folder / "postgres", durable=False)
    with server:
        if chosen.money:
            passed, failed = money.histories(server, folder, first, chosen.money)
        elif chosen.paid:
            passed, failed = paid.photographs(server, folder, first, chosen.paid)
        elif chosen.paid_films:
            passed, failed = paid.films(server, folder, first, chosen.paid_films)
        elif chosen.films:
            passed, failed = films.stories(server, folder, first, chosen.films)
        else:
            run = _over_a_cluster if chosen.cluster else _over_a_broker
            failed = run(server, folder, first, count)
            passed = count - failed
    server.forget()
    if not failed:
        shutil.rmtree(folder)  # else the logs stay
    return passed, failed


def _over_a_broker(server: Server, folder: Path, first: int, count: int) -> int:
    with private_broker(folder / "rabbit") as broker:
        if broker is None or broker.node is None:
            raise Unavailable("faults.no_broker", "needs a RabbitMQ of its own")
        return _seeds(server, broker, folder, first, count)


def _over_a_cluster(server: Server, folder: Path, first: int, count: int) -> int:
    """Run the seeds, each on a suite of its own; return how many failed."""
    failed = 0
    with clustered.three_nodes(folder / "rabbit") as cluster:
        for seed in range(first, first + count):
            logs = folder / f"from-{seed}"
            with clustered.at_work(server, cluster, logs) as seeds:
                result = seeds.run(clustered.planned(seed))
                print(result.line(), seeds.away(), sep="; ", flush=True)
            if result.violations:
                failed += 1
                _explain(result.violations, seed, logs, " CLUSTER=1")
    return failed


def _seeds(server: Server, broker: Broker, folder: Path, first: int, count: int) -> int:
    """Run so many seeds; after one that failed, on a fresh suite. Return how many failed."""
    failed, seed = 0, first
    while seed < first + count:
        logs = folder / f"from-{seed}"
        with at_work(server, broker, logs) as seeds:
            while seed < first + count:
                result = seeds.run(drawn(seed, pauses=True))
                print(result.line(), flush=True)
                seed += 1
                if result.violations:
                    failed += 1
                    _explain(result.violations, seed - 1, logs)
                    break
    return failed


def _explain(violations: tuple[str, ...], seed: int, logs: Path, how: str = "") -> None:
    for each in violations:
        print(f"  {each}")
    again = f"make faults{how} SEEDS=1 FIRST_SEED={seed}"
    print(f"  again: {again}; logs: {logs / 'logs'}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--cluster", action="store_true", help="over three RabbitMQ nodes")
    parser.add_argument("--money", type=int, default=0, help="histories of money, and no seeds")
    parser.add_argument("--paid", type=int, default=0, help="stories of paid work, and no seeds")
    parser.add_argument("--paid-films", type=int, default=0, help="the same, of films")
    parser.add_argument("--films", type=int, default=0, help="stories of films, and no seeds")
    return parser


if __name__ == "__main__":
    sys.exit(main())
