"""The boxes of `rpc_boxes` in a process of their own, as their callers and operators see them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import Popen

import kombu
import kombu.pools
import psycopg

from chassis.broker import rabbit
from integration.stages.box_database import Database, database
from integration.stages.nameko_process import nameko_process
from integration.stages.rpc_boxes import LOCK, SERVE
from servers.postgres import Server
from servers.rabbit import Broker

PATIENCE_S = 60.0
EXCHANGE = kombu.Exchange("nameko-rpc", type="topic", durable=True)


@dataclass(frozen=True, kw_only=True)
class Boxes:
    """The service, as its callers and operators see it."""

    broker: Broker
    uri: str
    database: Database

    @contextmanager
    def served(self, uri: str = "", watched: str = "", **variables: str) -> Iterator[Popen[bytes]]:
        """Serve in a process of its own; `watched` is a script that runs beside."""
        given = {"AMQP_URI": uri or self.uri, "DATABASE_URL": self.database.app_url, **variables}
        with nameko_process(SERVE + watched, variables=given) as process:
            yield process

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """Let `wait` wait for the end of this."""
        with psycopg.connect(self.database.owner_url) as holder:
            holder.execute("select pg_advisory_lock(%s)", [LOCK])
            yield

    def waiting(self) -> int:
        """Return how many calls of `wait` wait."""
        query = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        return int(self.database.one(query))

    def hearers(self) -> int:
        """Return how many are delivered calls."""
        with kombu.Connection(self.uri) as connection:
            return rabbit.count_hearers(connection.default_channel, "rpc-boxes")

    def opened(self, label: str) -> int:
        query = (
            "select count(*) from events where type = 'BoxOpened' and data->>'label' = %(label)s"
        )
        return int(self.database.one(query, label=label))

    def uri_of(self, user: str) -> str:
        return self.uri.replace("guest:guest", f"{user}:{user}")

    def ctl(self, command: str, *args: str) -> str:
        """Run rabbitmqctl on the service's virtual host."""
        return self.broker.ctl(command, "-p", self.uri.rpartition("/")[2], *args)

    def messages(self, queue: str = "rpc-boxes", state: str = "messages") -> int | None:
        """Return how many wait in a queue or are being worked on; None without that queue."""
        vhost = self.uri.rpartition("/")[2]
        counted = self.broker.evaluate(_COUNTED.format(vhost=vhost, queue=queue, state=state))
        return None if counted == "none" else int(counted)


_COUNTED = """
case rabbit_amqqueue:lookup(rabbit_misc:r(<<"{vhost}">>, queue, <<"{queue}">>)) of
    {{ok, Queue}} -> proplists:get_value({state}, rabbit_amqqueue:info(Queue, [{state}]));
    {{error, not_found}} -> none
end.
"""


@contextmanager
def own_boxes(broker: Broker, server: Server) -> Iterator[Boxes]:
    """Yield a service with a virtual host and a database of its own; not served yet."""
    with broker.vhost() as uri, database(server) as own:
        yield Boxes(broker=broker, uri=uri, database=own)
    kombu.pools.reset()  # nameko's clients leave their connections there
