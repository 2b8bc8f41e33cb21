"""Where a broker is, and how it proves that it is: one URI, in RabbitMQ's own words.

`amqps://user:password@host:5671/vhost?cacertfile=/etc/ssl/broker-ca.pem`, and of a cluster all
nodes, parted by commas: `amqp://user:password@rabbit-1:5672,rabbit-2:5672,rabbit-3:5672/vhost`.
"""

import random
import re
import ssl
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

import kombu
from kombu.connection import ConnectionPool, PooledConnection

CA_FILE = "cacertfile"  # of PEM certificates; without one, those that this machine trusts
PLAIN, TLS = "amqp", "amqps"
PORTS = {PLAIN: 5672, TLS: 5671}


class EachByItsName:
    """A connection of kombu's to one of several hosts, which shows the present one's name."""

    hostname: Any

    @property
    def ssl(self) -> Any:
        """How TLS is spoken with the present host."""
        return self._ssl

    @ssl.setter
    def ssl(self, options: Any) -> None:
        # set with each host; kombu alone takes a certificate of any name
        self._ssl = options and {**options, "server_hostname": self.hostname}


class Client(EachByItsName, kombu.Connection):
    """kombu's description of a connection to one of several hosts; it goes on to the next one."""

    def Pool(self, limit: int | None = None, **options: Any) -> "Pool":  # noqa: N802
        """Return a pool of such connections."""
        return Pool(self, limit, **options)  # type: ignore[no-untyped-call]


class Pool(ConnectionPool):
    """kombu's, whose connections are a kind of their own and know no host but the first."""

    def new(self) -> Any:
        """Return one more connection, that is not connected yet."""
        return Pooled(self, **dict(self.connection._info(resolve=False)))  # type: ignore[no-untyped-call]


class Pooled(EachByItsName, PooledConnection):
    """One of a pool."""


def client(uri: str, **options: Any) -> Client:
    """Return the description of a connection; nothing is connected yet.

    Several hosts are in an order of their own, so that not everybody goes to the first one. By
    `amqps` the broker's certificate must be of its host, before a password is sent to it. Raises
    `ValueError` for another scheme than `amqp` and `amqps`, for anything else than `cacertfile`
    behind the question mark, and for a list of hosts with a hole in it.
    """
    where = urlsplit(uri)
    if where.scheme not in PORTS:
        raise ValueError(f"an AMQP URI begins with {PLAIN}:// or {TLS}://")
    asked = dict(parse_qsl(where.query, strict_parsing=bool(where.query)))
    ca_file = asked.pop(CA_FILE, None)
    if asked or (ca_file and where.scheme != TLS):
        raise ValueError(f"an AMQP URI takes {CA_FILE} with {TLS}, and nothing else after a ?")
    if where.scheme == TLS:
        options["ssl"] = {"ca_certs": ca_file, "cert_reqs": ssl.CERT_REQUIRED}
    uris = [where._replace(netloc=each, query="").geturl() for each in _single(where)]
    return Client(random.sample(uris, len(uris)), **options)  # type: ignore[no-untyped-call]


def hosts(uri: str) -> list[str]:
    """Return where a URI leads, each `host:port`. Raises `ValueError`."""
    return [each.rpartition("@")[2] for each in _single(urlsplit(uri))]


def prefix(uri: str, service: str) -> str | None:
    """Return what the URI's broker user has before the service's name: '' or 'second_'.

    None for a user who is not named after the service. Raises what `client` raises.
    """
    named = re.fullmatch(rf"([a-z][a-z_]*_)?{service}", client(uri).userid or "")
    return (named[1] or "") if named else None


def without(prefix: str, user: str | None) -> str | None:
    """Return by what name the suite knows its broker user; None for a user that is not its own."""
    return user.removeprefix(prefix) if user and user.startswith(prefix) else None


def _single(where: SplitResult) -> list[str]:
    """Return what stands for each host between the slashes: user and password before it, a port."""
    who, at, listed = where.netloc.rpartition("@")
    each = listed.split(",")
    if len(each) > 1 and "" in each:
        raise ValueError("an AMQP URI has a host before and after each comma")
    # said in any case: kombu would take the last host's
    said = [
        host if urlsplit(f"//{host}").port else f"{host}:{PORTS[where.scheme]}" for host in each
    ]
    return [f"{who}{at}{host}" for host in said]
