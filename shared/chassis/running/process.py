"""What the two processes of a service have in common: settings, the service built, its end."""

import logging
import os
import select
import signal
import sys
from contextlib import ExitStack
from importlib import import_module
from types import FrameType

from chassis import ids, settings, telemetry
from chassis.broker import address
from chassis.broker.rpc import Rpc
from chassis.database import schema_rule
from chassis.domain import value
from chassis.door.bodies import MOST_BYTES
from chassis.door.crowd import Crowd
from chassis.hearing import member
from chassis.running.parts import Parts
from chassis.settings import Misconfigured

STOP_S = 25  # what is under way may take this long after SIGTERM


@value
class ProcessSettings:
    """Each field is an environment variable of the same name in upper case."""

    amqp_uri: str  # as the broker user that is named like the service
    http_host: str = "127.0.0.1"  # the public door: signed links, webhooks
    http_port: int = 8000
    http_per_address: int = 40  # connections to it at once, of one address
    trusted_proxies: str = ""  # before it: addresses and networks whose X-Forwarded-For is believed
    internal_host: str = "127.0.0.1"  # /livez, /readyz, /metrics: never open to the world
    internal_port: int = 9000
    max_workers: int = 10  # calls that `serve` answers at the same time
    max_request_bytes: int = MOST_BYTES  # of a call's body; a larger one is refused unread
    job_threads: int = 1  # jobs that `work` does at the same time
    member: str = "1/1"  # of those that hear: `work` is the 2nd of 3 with 2/3

    def __post_init__(self) -> None:
        member.parsed(self.member)
        try:
            address.client(self.amqp_uri)
        except ValueError as wrong:
            raise Misconfigured(f"AMQP_URI: {wrong}") from None
        try:
            Crowd(self.http_per_address, self.trusted_proxies)
        except ValueError as wrong:
            raise Misconfigured(f"TRUSTED_PROXIES: {wrong}") from None


@value
class Process:
    """A service built for a process of its own."""

    name: str
    given: ProcessSettings
    parts: Parts
    rpc: Rpc


def build(service: str, ending: ExitStack) -> Process:
    """Return the service as the environment describes it; `ending` takes down what it opens.

    Raises `Misconfigured`, and `Unavailable` for a database that is away or behind the code.
    """
    given = settings.load(ProcessSettings)
    own = settings.load(import_module(f"{service}.settings").Settings)
    logging.basicConfig(handlers=[telemetry.json_handler(sys.stderr)], level=logging.INFO)
    rpc = Rpc(given.amqp_uri, service, patient=True)
    ending.callback(rpc.close)
    parts: Parts = import_module(f"{service}.app").build(own, rpc.port, ids.now)
    ending.callback(parts.close)
    schema_rule.require(parts.app.engine, service)
    return Process(name=service, given=given, parts=parts, rpc=rpc)


class Ending:
    """Notices that the process is told to stop, by SIGTERM or SIGINT."""

    def __init__(self) -> None:
        """Listen from now on."""
        self.told = False
        # the interpreter writes there: a handler may neither set an event nor write in green ways
        self._heard, tell = os.pipe()
        os.set_blocking(tell, False)
        signal.set_wakeup_fd(tell)
        signal.signal(signal.SIGTERM, self._note)
        signal.signal(signal.SIGINT, self._note)

    def within(self, seconds: float) -> bool:
        """Wait so long, but no longer than until then; return whether it is time to end."""
        select.select([self._heard], [], [], seconds)
        return self.told

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self.told = True
