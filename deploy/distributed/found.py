"""Which servers a suite on this machine runs on: those it is given, or some of its own."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from chassis.broker.address import CA_FILE, hosts
from chassis.errors import Unavailable
from chassis.settings import Misconfigured
from distributed.servers import Servers, inventory, of_node
from servers.postgres import Server, make_folder
from servers.rabbit_environment import SEARCH_PATH
from servers.rabbit_node import Node, installed
from suitectl.inventory import VHOST, Postgres, Rabbit

PLAIN_GATEWAY = "plain_web"  # the broker user that calls by nameko's own proxies
API_PORT = 15_672
ASK_S = 30


@contextmanager
def servers(data_dir: Path, environment: Mapping[str, str], prefix: str) -> Iterator[Servers]:
    """Yield the servers of DATABASE_URL (a superuser's) and AMQP_URI, or of our own.

    On given ones, `prefix` is before all names: an installed suite may be there too.
    Our own are a PostgreSQL from a wheel and a RabbitMQ from the installed rabbitmq-server; they
    keep their data in `data_dir` and end with this context. Raises `Unavailable` where there is
    no RabbitMQ to be had.
    """
    data_dir = data_dir.resolve()  # it is written into the inventory
    make_folder(data_dir)
    with ExitStack() as ending:
        url, uri = environment.get("DATABASE_URL"), environment.get("AMQP_URI")
        postgres = Postgres(admin_url=url or _own_postgres(data_dir, ending))
        rabbit = given_rabbit(uri) if uri else of_node(_own_rabbit(data_dir, ending))
        if url or uri:
            shared = replace(rabbit, vhost=f"{prefix}{VHOST}")
            suite = inventory(data_dir, postgres, shared, prefix)
        else:
            suite = inventory(data_dir, postgres, rabbit)
        # who may delete nameko-rpc has no place on a broker that others use
        yield Servers(suite if uri else replace(suite, nameko_callers=(PLAIN_GATEWAY,)))


def given_rabbit(uri: str) -> Rabbit:
    """Return the broker of a URI, with the way in which it is administered from here.

    `rabbitmqctl` where it answers on this machine, else the management API as the URI's user.
    Raises `Misconfigured` for what is no URI of a broker.
    """
    try:
        where, (first, *others) = urlsplit(uri), hosts(uri)
    except (KeyError, ValueError):  # which may quote a password
        raise Misconfigured("AMQP_URI: is not amqp://user:password@host:port/") from None
    tls = where.scheme == "amqps"
    host, _, port = first.rpartition(":")
    ca_file = dict(parse_qsl(where.query)).get(CA_FILE)
    host = host or "127.0.0.1"
    rabbit = Rabbit(host=host, port=int(port), tls=tls, ca_file=ca_file)
    if others:
        rabbit = replace(rabbit, host="", hosts=(first, *others))
    ctl = shutil.which("rabbitmqctl", path=SEARCH_PATH)
    if ctl and host in ("127.0.0.1", "localhost") and _answers(ctl, int(port)):
        return replace(rabbit, ctl=(ctl,))
    lend_password(uri)
    api, admin = f"http://{host}:{API_PORT}", where.username or "guest"
    return replace(rabbit, api=api, admin=admin)


def lend_password(uri: str) -> None:
    """Let the management API be asked with the password of a URI, unless another is given."""
    os.environ.setdefault("RABBITMQ_ADMIN_PASSWORD", urlsplit(uri).password or "guest")


def _answers(ctl: str, port: int) -> bool:
    """Return whether it answers, of the broker that listens on that port."""
    command = [ctl, "--quiet", "status", "--formatter", "json"]
    asked = subprocess.run(command, capture_output=True, timeout=ASK_S, check=False)
    if asked.returncode != 0:
        return False
    status = json.loads(asked.stdout[asked.stdout.index(b"{") :])
    return any(each["port"] == port for each in status["listeners"])


def _own_postgres(data_dir: Path, ending: ExitStack) -> str:
    server = Server(data_dir / "postgres")
    ending.enter_context(server)
    return server.admin_url


def _own_rabbit(data_dir: Path, ending: ExitStack) -> Node:
    programs = installed()
    if programs is None:
        raise Unavailable(
            "distributed.no_broker", "no rabbitmq-server is installed: give AMQP_URI, or install it"
        )
    node = Node(programs, data_dir / "rabbitmq")  # empty at each start: it is a cache of the log
    ending.callback(node.remove)
    node.start()
    return node
