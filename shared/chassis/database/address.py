"""Where a database is: a URL, of one host or of several, of which one takes writes."""

import re

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from chassis.errors import Invalid

CONNECT_S = 10  # for all hosts together: the first ones may be dead
LEAST_S = 2  # libpq's
HOST = re.compile(r"\[?(?P<host>.*?)\]?(?::(?P<port>[0-9]*))?")  # of IPv6 in brackets
PORTS = re.compile("[0-9,]*")


def parsed(url: str | URL) -> URL:
    """Return a URL for psycopg. Raises `Invalid` for what is none.

    Several hosts may be written in libpq's way, `//user@a:5432,b:5432/name`, or in SQLAlchemy's,
    `?host=a:5432&host=b:5432`. Here they are lists, `?host=a,b&port=5432,5432`: both read these.
    """
    try:
        made = make_url(url)
    except ValueError:  # so are several ports, to SQLAlchemy
        made = _several_hosts(str(url))
    except ArgumentError:
        raise _no_url() from None
    if "," in (made.host or ""):
        made = _several_hosts(str(url))
    hosts = made.query.get("host")
    if isinstance(hosts, tuple):
        pairs = [HOST.fullmatch(each) for each in hosts]
        lists = {
            name: ",".join(each[name] or "" for each in pairs if each) for name in ("host", "port")
        }
        made = made.update_query_dict(lists)
    return made.set(drivername="postgresql+psycopg")


def connect_timeout(where: URL) -> int:
    """Return how many seconds each host of a parsed URL has to let us in."""
    hosts = str(where.query.get("host", "")).split(",")
    return max(LEAST_S, CONNECT_S // len(hosts))


def _several_hosts(url: str) -> URL:
    try:
        given = {name: str(part) for name, part in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError:
        raise _no_url() from None
    if not PORTS.fullmatch(given.get("port", "")):
        raise _no_url()
    user, password, name = (given.pop(part, None) for part in ("user", "password", "dbname"))
    return URL.create("postgresql", user, password, database=name, query=given)


def _no_url() -> Invalid:
    return Invalid("chassis.invalid_database_url", "what names the database is no URL")
