"""Where a broker is, and how it proves that it is: one URI, in RabbitMQ's own words.

`amqps://user:password@host:5671/vhost?cacertfile=/etc/ssl/broker-ca.pem`
"""

import re
import ssl
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import kombu

CA_FILE = "cacertfile"  # of PEM certificates; without one, those that this machine trusts
PLAIN, TLS = "amqp", "amqps"


def client(uri: str, **options: Any) -> kombu.Connection:
    """Return kombu's description of a connection; nothing is connected yet.

    By `amqps` the broker's certificate must be of the URI's host, before a password is sent to it.
    Raises `ValueError` for another scheme than `amqp` and `amqps`, and for anything else than
    `cacertfile` behind the question mark.
    """
    where = urlsplit(uri)
    if where.scheme not in (PLAIN, TLS):
        raise ValueError(f"an AMQP URI begins with {PLAIN}:// or {TLS}://")
    asked = dict(parse_qsl(where.query, strict_parsing=bool(where.query)))
    ca_file = asked.pop(CA_FILE, None)
    if asked or (ca_file and where.scheme != TLS):
        raise ValueError(f"an AMQP URI takes {CA_FILE} with {TLS}, and nothing else after a ?")
    if where.scheme == TLS:
        # kombu alone takes a certificate of any name
        options["ssl"] = {
            "server_hostname": where.hostname,
            "ca_certs": ca_file,
            "cert_reqs": ssl.CERT_REQUIRED,
        }
    return kombu.Connection(where._replace(query="").geturl(), **options)


def prefix(uri: str, service: str) -> str | None:
    """Return what the URI's broker user has before the service's name: '' or 'second_'.

    None for a user who is not named after the service. Raises what `client` raises.
    """
    named = re.fullmatch(rf"([a-z][a-z_]*_)?{service}", client(uri).userid or "")
    return (named[1] or "") if named else None


def without(prefix: str, user: str | None) -> str | None:
    """Return by what name the suite knows its broker user; None for a user that is not its own."""
    return user.removeprefix(prefix) if user and user.startswith(prefix) else None
