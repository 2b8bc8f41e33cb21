"""A RabbitMQ for one test run: the one that `AMQP_URI` names, else a node of our own.

A node of our own comes from an installed rabbitmq-server; else apt installs one, where root runs
on Debian; else docker runs one. It listens on 127.0.0.1 alone, keeps everything in one folder and
ends with the run.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, run
from typing import Protocol

from chassis.errors import Unavailable
from servers.rabbit_environment import SEARCH_PATH
from servers.rabbit_node import Node, free_ports, installed

IMAGE = "rabbitmq:3.13"
LET_IN = (
    'rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"{name}">>, <<".*">>, <<".*">>,'
    ' <<".*">>, <<"guest">>).'
)
ADD_VHOST = f'rabbit_vhost:add(<<"{{name}}">>, <<"guest">>), {LET_IN}'
DELETE_VHOST = 'rabbit_vhost:delete(<<"{name}">>, <<"guest">>).'


class Runner(Protocol):
    """What runs a node: an own process, or docker."""

    port: int

    def ctl(self, *args: str) -> str:
        """Run rabbitmqctl against the node and return what it printed."""

    def evaluate(self, expressions: str) -> str:
        """Evaluate Erlang in the node and return the last value as Erlang writes it."""

    def start(self) -> None:
        """Start the node and return once it accepts connections."""

    def kill(self) -> None:
        """End the node as a power cut would; `start` brings it back with what it had on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A broker for tests; `node` is None where the broker is not ours to stop."""

    uri: str
    node: Runner | None

    def ctl(self, *args: str) -> str:
        """Run rabbitmqctl with `args` and return what it printed.

        Raises:
            Unavailable: the command failed, or the broker is not ours.
        """
        return self._own().ctl(*args)

    def evaluate(self, expressions: str) -> str:
        """Evaluate Erlang in the node, for next to nothing; return the last value as it writes it.

        Raises:
            Unavailable: it failed, or the broker is not ours.
        """
        return self._own().evaluate(expressions)

    def stop_app(self) -> None:
        """Close all connections and stop the broker in an orderly way."""
        self.ctl("stop_app")

    def start_app(self) -> None:
        """Start the broker again after `stop_app`."""
        self.ctl("start_app")

    def kill(self) -> None:
        """End the node as a power cut would."""
        self._own().kill()

    def start(self) -> None:
        """Start the node again after `kill`."""
        self._own().start()

    @contextmanager
    def vhost(self) -> Iterator[str]:
        """Yield the URI of an empty virtual host of its own; a foreign broker's only one."""
        if self.node is None:
            yield self.uri
            return
        name = f"test-{secrets.token_hex(4)}"
        self.evaluate(ADD_VHOST.format(name=name))
        try:
            yield f"{self.uri.rpartition('/')[0]}/{name}"
        finally:
            self.evaluate(DELETE_VHOST.format(name=name))

    def _own(self) -> Runner:
        if self.node is None:
            raise Unavailable("testing.not_our_broker", "AMQP_URI names a broker we do not run")
        return self.node


@contextmanager
def private_broker(folder: Path) -> Iterator[Broker | None]:
    """Yield a broker that keeps its files in `folder`, or None where none can be had.

    Raises:
        Unavailable: a node was found, but did not start; the message ends with its log.
    """
    if uri := os.environ.get("AMQP_URI"):
        yield Broker(uri=uri, node=None)
        return
    node: Node | Container
    if programs := installed() or installed_by_apt():
        node = Node(programs, folder)
    elif docker_answers():
        node = Container()
    else:
        yield None
        return
    try:
        node.start()
        yield Broker(uri=f"amqp://guest:guest@127.0.0.1:{node.port}/", node=node)
    finally:
        node.remove()


def installed_by_apt() -> Path | None:
    """Return the programs of a rabbitmq-server that apt installed just now, if it could."""
    apt = shutil.which("apt-get", path=SEARCH_PATH)
    if apt is None or os.geteuid() != 0:
        return None
    # RUNLEVEL=1 keeps the package from starting a node of its own on the standard port.
    unattended = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    print("installing rabbitmq-server with apt-get for the tests …", flush=True)
    run([apt, "-qq", "update"], env=unattended, stdout=DEVNULL, stderr=DEVNULL)
    command = [apt, "-qq", "install", "--yes", "--no-install-recommends", "rabbitmq-server"]
    run(command, env=unattended, stdout=DEVNULL, stderr=DEVNULL)
    return installed()


def docker_answers() -> bool:
    """Return whether there is a docker whose daemon takes orders."""
    docker = shutil.which("docker", path=SEARCH_PATH)
    command = [docker or "", "version", "--format", "{{.Server.Version}}"]
    return docker is not None and run(command, capture_output=True).returncode == 0


class Container:
    """A node in docker, on a free port of 127.0.0.1."""

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        self.name = f"ai-studio-rabbitmq-{secrets.token_hex(4)}"
        publish = f"127.0.0.1:{self.port}:5672"
        self._docker("create", "--name", self.name, "--publish", publish, IMAGE)

    def start(self) -> None:
        """Start the node and return once it accepts connections."""
        self._docker("start", self.name)
        self.ctl("await_startup")

    def ctl(self, *args: str) -> str:
        """Run rabbitmqctl against the node and return what it printed."""
        return self._docker("exec", self.name, "rabbitmqctl", "--quiet", *args)

    def evaluate(self, expressions: str) -> str:
        """Evaluate Erlang in the node and return the last value as Erlang writes it."""
        return self.ctl("eval", expressions)

    def kill(self) -> None:
        """End the node as a power cut would."""
        self._docker("kill", self.name)

    def remove(self) -> None:
        """End the node and remove its data."""
        self._docker("rm", "--force", "--volumes", self.name)

    def _docker(self, *args: str) -> str:
        done = run(["docker", *args], stdout=PIPE, stderr=STDOUT, text=True)  # noqa: S607
        if done.returncode != 0:
            raise Unavailable("testing.docker_failed", done.stdout[-2000:])
        return done.stdout
