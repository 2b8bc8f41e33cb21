"""`make up-local`: the suite as processes of their own on this machine, until Ctrl-C."""

import argparse
import os
import sys
import time
from pathlib import Path

from chassis.errors import ServiceError
from chassis.settings import Misconfigured
from contracts import SERVICES
from distributed.found import servers
from distributed.servers import GATEWAY
from distributed.suite import Suite, end_as_ctrl_c

LOOK_S = 0.5


def main(arguments: list[str] | None = None) -> int:
    """Start everything, say where it is, and wait; return the exit code."""
    chosen = _parser().parse_args(arguments)
    end_as_ctrl_c()
    try:
        print("servers, databases and broker users …", flush=True)
        with servers(chosen.data.resolve(), os.environ) as found:
            return _run(Suite(chosen.data, found, chosen.replicas))
    except KeyboardInterrupt:
        print("stopped")
        return 0
    except (Misconfigured, ServiceError) as error:
        print(f"up-local: {error}", file=sys.stderr)
        return 1


def _run(suite: Suite) -> int:
    with suite:
        for service in SERVICES:
            print(f"{service:10} {suite.url(service)}")
        rabbit, secrets = suite.servers.inventory.rabbitmq, suite.servers.inventory.secrets
        print(
            f"broker     {rabbit.host}:{rabbit.port}  (for {GATEWAY}: its password is in {secrets})"
        )
        print(f"mails      {suite.data_dir / 'mail'}")
        print(f"inventory  {suite.data_dir / 'inventory.toml'}  (for suitectl)")
        print(f"logs       {suite.data_dir / 'logs'}\nCtrl-C stops it", flush=True)
        while not (ended := [name for name, each in suite.processes.items() if not each.pid]):
            time.sleep(LOOK_S)
    print(f"ended by itself: {', '.join(ended)}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m distributed", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("up-data"), help="the data folder")
    parser.add_argument("--replicas", type=int, default=1, help="of each serve and each work")
    return parser


if __name__ == "__main__":
    sys.exit(main())
