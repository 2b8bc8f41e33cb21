"""What each process of the distributed suite is told: its settings as environment variables."""

import json
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from contracts import SERVICES
from distributed.servers import Servers
from embedded import assembly
from suitectl.whole_file import write_whole

JOB_THREADS = {"media": "2", "video": "2"}


class Ports:
    """A port for each process's doors, the same after a restart."""

    def __init__(self, path: Path, replicas: int) -> None:
        """Read the file; choose and write what is missing."""
        self._known: dict[str, int] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        wanted = [
            f"{service}-{kind}-{number}"
            for service in SERVICES
            for kind in ("serve", "work", "public")
            for number in range(replicas)
        ] + ["stripe"]
        missing = [name for name in wanted if name not in self._known]
        self._known.update(zip(missing, _free(len(missing)), strict=True))
        write_whole(path, json.dumps(self._known))

    def __getitem__(self, name: str) -> int:
        """Return the port of that name."""
        return self._known[name]

    def public_url(self, service: str) -> str:
        """Return where a service's links lead."""
        return f"http://127.0.0.1:{self[f'{service}-public-0']}"

    @property
    def stripe_url(self) -> str:
        """Where the stand-in for Stripe is."""
        return f"http://127.0.0.1:{self['stripe']}"


def variables(
    name: str, service: str, data_dir: Path, servers: Servers, ports: Ports
) -> Mapping[str, str]:
    """Return the environment variables of the process `name` ('billing-work-0')."""
    number = name.rpartition("-")[2]
    urls = {each: ports.public_url(each) for each in SERVICES} | {"stripe": ports.stripe_url}
    return assembly.environment(service, data_dir, servers.keys, urls) | {
        "ENV": "demo",
        "DATABASE_URL": servers.database_url(service, "app"),
        "AMQP_URI": servers.broker_url(service),
        "SUITE": servers.keys["suite"],
        "HTTP_PORT": str(ports[f"{service}-public-{number}"]),
        "INTERNAL_PORT": str(ports[name]),
        "JOB_THREADS": JOB_THREADS.get(service, "1"),
    }


def _free(count: int) -> list[int]:
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
