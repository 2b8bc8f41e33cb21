"""What the two processes of a service have in common: settings, the service built, its end."""

import logging
import os
import select
import signal
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from types import FrameType
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from chassis import ids, settings, telemetry
from chassis.broker import address
from chassis.broker.rpc import Rpc
from chassis.database import installation, migrations, schema_rule
from chassis.domain import value
from chassis.door.bodies import MOST_BYTES
from chassis.door.crowd import Crowd
from chassis.hearing import member
from chassis.running.parts import Parts
from chassis.setting_rules import Count, Host, Port, differ
from chassis.settings import Misconfigured, Together
from chassis.unit.digests import digests, note_at_work

STOP_S = 25  # what is under way may take this long after SIGTERM


Member = Annotated[str, member.parsed]


def _broker_address(uri: str) -> None:
    hosts = urlsplit(uri).netloc.rpartition("@")[2].split(",")
    try:
        ports = [urlsplit(f"//{each}").port for each in hosts]
    except ValueError:  # would quote what may be of a password
        raise ValueError("is no URI: what is no letter or digit is %-encoded in it") from None
    if 0 in ports:
        raise ValueError("0 is no port")
    address.client(uri)


@value
class ProcessSettings:
    """Each field is an environment variable of the same name in upper case."""

    # as the broker user that is named like the service, the suite's prefix before it
    amqp_uri: Annotated[str, _broker_address]
    suite: UUID | None = None  # its identity: of no other suite's database is anything done
    http_host: Host = "127.0.0.1"  # the public door: signed links, webhooks
    http_port: Port = 8000
    http_per_address: Count = 40  # connections to it at once, of one address
    # before it: addresses and networks whose X-Forwarded-For is believed
    trusted_proxies: Annotated[str, partial(Crowd, 1)] = ""
    internal_host: Host = "127.0.0.1"  # /livez, /readyz, /metrics: never open to the world
    internal_port: Port = 9000
    max_workers: Count = 10  # calls that `serve` answers at the same time
    max_request_bytes: Count = MOST_BYTES  # of a call's body; a larger one is refused unread
    job_threads: Count = 1  # jobs that `work` does at the same time
    member: Member = "1/1"  # of those that hear: `work` is the 2nd of 3 with 2/3

    TOGETHER: ClassVar = (Together(of=("http_port", "internal_port"), rule=differ),)


@value
class Whose:
    """Of the same environment, what it takes to know one's own database."""

    suite: UUID | None = None


@value
class Process:
    """A service built for a process of its own."""

    name: str
    given: ProcessSettings
    parts: Parts
    rpc: Rpc
    schema: migrations.Schema  # of its database
    digests: Mapping[str, str]  # of its projections' code

    def described(self) -> dict[str, Any]:
        """Return what a log's reader wants to know of it first; no secret."""
        version = self.parts.app.service.version
        schema = {"schema": self.schema.service, "frame_schema": self.schema.frame}
        broker = address.hosts(self.given.amqp_uri)
        given = {"member": self.given.member, "broker": broker}
        return {"service": self.name, "version": version, **schema, **given}


def build(service: str, ending: ExitStack) -> Process:
    """Return the service as the environment describes it; `ending` takes down what it opens.

    Raises `Misconfigured`, `Unavailable` for a database that is away or behind the code, and
    `Conflict` for one that is another service's or suite's.
    """
    own_kind = import_module(f"{service}.settings").Settings
    own, given = settings.load_here(own_kind, ProcessSettings)
    user = broker_user(given, service)
    logging.basicConfig(handlers=[telemetry.json_handler(sys.stderr)], level=logging.INFO)
    rpc = Rpc(given.amqp_uri, user, patient=True)
    ending.callback(rpc.close)
    parts: Parts = import_module(f"{service}.app").build(own, rpc.port, ids.now)
    ending.callback(parts.close)
    installation.guard(parts.app.engine, service, given.suite, as_app=True)
    schema = schema_rule.require(parts.app.engine, service)
    own_digests = digests(parts.app.service.projections)
    note_at_work(parts.app.engine, own_digests)
    return Process(
        name=service, given=given, parts=parts, rpc=rpc, schema=schema, digests=own_digests
    )


def broker_user(given: ProcessSettings, service: str) -> str:
    """Return as whom the process calls, which the broker compares. Raises `Misconfigured`."""
    prefix = address.prefix(given.amqp_uri, service)
    if prefix is None:
        raise Misconfigured(f"AMQP_URI: its user is not that of {service}")
    return f"{prefix}{service}"


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
