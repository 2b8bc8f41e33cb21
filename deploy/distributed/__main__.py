"""`make up-local`: the suite as processes of their own on this machine, until Ctrl-C."""

import argparse
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import NoReturn

from chassis.errors import ServiceError
from chassis.settings import Misconfigured
from distributed import guide
from distributed.found import servers
from distributed.keeper import Keeper
from distributed.suite import Suite, end_as_ctrl_c

LOOK_S = 0.5
PREFIX = "local_"  # of what it makes on given servers


def main(arguments: list[str] | None = None) -> int:
    """Start everything, say where it is, and wait; return the exit code."""
    chosen = _parser().parse_args(arguments)
    end_as_ctrl_c()
    try:
        print("servers, databases and broker users …", flush=True)
        with servers(chosen.data.resolve(), os.environ, PREFIX) as found:
            _run(Suite(chosen.data, found, chosen.replicas))
    except KeyboardInterrupt:
        print("stopped")
        return 0
    except (Misconfigured, ServiceError) as error:
        print(f"up-local: {error}", file=sys.stderr)
        return 1


def _run(suite: Suite) -> NoReturn:
    """Keep it running until somebody ends it."""
    say = partial(print, flush=True)
    with suite:
        say("\n".join(guide.lines(suite)))
        kept = (*suite.processes.values(), suite.stand_in)
        keepers = [Keeper(each, say) for each in kept]
        while True:
            for keeper in keepers:
                keeper.look(time.monotonic())
            time.sleep(LOOK_S)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m distributed", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("up-data"), help="the data folder")
    parser.add_argument("--replicas", type=int, default=1, help="of each serve and each work")
    return parser


if __name__ == "__main__":
    sys.exit(main())
