"""The inventory: one TOML file that says where things are, as in `inventory.example.toml`."""

import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from chassis import codec
from chassis.broker.address import CA_FILE
from chassis.database.address import parsed
from chassis.domain import value
from chassis.errors import Invalid
from chassis.settings import Misconfigured
from contracts import BROKER_USERS, SERVICES
from suitectl.limits import OfUser

# A user's name is a part of routing keys and patterns, where a dot or a dash follows it: without
# either in it, no name's pattern meets another's.
USER = re.compile("[a-z][a-z_]+")
LONGEST = 31
# Before the names of databases, roles and broker users of a suite that shares its servers.
PREFIX = re.compile("([a-z][a-z_]{0,18}_)?")
PORT = re.compile(r":\d+$")
API = re.compile("https?://")
# What others' queues, keys and exchanges begin with, as in 'rpc.reply-billing-…'.
RESERVED = (
    "amq", "events", "evt", "guest", "hears", "nameko", "reply", "rpc", "standalone_rpc_proxy",
)  # fmt: skip

VHOST = "ai-studio"  # unless the inventory says another; the prefix before it


@value
class Postgres:
    """One PostgreSQL server, as suitectl and as services reach it."""

    admin_url: str  # a superuser's
    host: str | None = None  # or several, as libpq takes them: `a:5432,b:5432`
    port: int | None = None
    generated: bool = False  # the superuser's password: the server is started with it

    def admin(self, superuser: str) -> str:
        """Return where the superuser connects; `superuser` is the password among the secrets."""
        where = parsed(self.admin_url)
        _, given = where.get_dialect()().create_connect_args(
            where
        )  # a URL's blanks are not libpq's
        return make_conninfo(**given, **({"password": superuser} if self.generated else {}))

    def url(self, role: str, password: str, database: str) -> str:
        """Return where a role connects; parameters of `admin_url` (sslmode, …) are kept."""
        admin = parsed(self.admin_url)
        there = parsed(f"postgresql://{self.host}") if self.host else admin
        port = self.port or there.port or admin.port
        host, port = (there.host, port) if there.host else (None, None)  # several are in the query
        query = {**admin.query, **there.query}
        made = URL.create("postgresql", role, password, host, port, database, query)
        return made.render_as_string(hide_password=False)


@value
class Rabbit:
    """One RabbitMQ, as services reach it, and how it is administered."""

    host: str = ""
    hosts: tuple[str, ...] = ()  # instead, the nodes of a cluster: 'rabbit-1', 'rabbit-2:5673'
    port: int = 5672  # of those that say none
    tls: bool = False
    ca_file: str | None = None
    vhost: str = VHOST
    definitions: str | None = None
    ctl: tuple[str, ...] = ()
    api: str | None = None
    admin: str | None = None

    def url(self, user: str, password: str) -> str:
        """Return where a user connects."""
        scheme = "amqps" if self.tls else "amqp"
        vhost = quote(self.vhost, safe="")
        asked = f"?{CA_FILE}={quote(self.ca_file)}" if self.ca_file else ""
        who = f"{user}:{quote(password, safe='')}"
        return f"{scheme}://{who}@{','.join(self._places())}/{vhost}{asked}"

    def _places(self) -> Iterator[str]:
        for each in self.hosts or (self.host,):
            yield each if PORT.search(each) else f"{each}:{self.port}"


@value
class Inventory:
    """What the inventory file says."""

    services: tuple[str, ...]
    secrets: str
    postgres: Postgres
    rabbitmq: Rabbit
    prefix: str = ""
    callers: tuple[str, ...] = ()
    nameko_callers: tuple[str, ...] = ()  # by nameko's own proxies, which declare nameko-rpc
    env: str | None = None
    limits: tuple[OfUser, ...] = ()  # where they differ from those of `limits`

    def __post_init__(self) -> None:
        unknown = sorted(set(self.services) - set(SERVICES))
        rabbit = self.rabbitmq
        names = (*self.callers, *self.nameko_callers)
        wrong = {
            **{f"callers: {why}": True for why in map(why_no_user_name, names) if why},
            "callers: one is named twice": len(set(names)) < len(names),
            "prefix: a letter, then a to z and _, 20 at the most, and _ at its end": (
                not PREFIX.fullmatch(self.prefix)
            ),
            "limits: connections and channels are 1 or more": any(
                min(each.connections, each.channels) < 1 for each in self.limits
            ),
            f"services: unknown: {', '.join(unknown)}": unknown,
            "rabbitmq: host, or hosts": bool(rabbit.host) == bool(rabbit.hosts),
            "rabbitmq: one of definitions, ctl, api": not (
                rabbit.definitions or rabbit.ctl or rabbit.api
            ),
            "rabbitmq: ctl or api, not both": rabbit.ctl and rabbit.api,
            "rabbitmq.ca_file: of no use without tls": rabbit.ca_file and not rabbit.tls,
            "rabbitmq.api: http://… or https://…": not API.match(rabbit.api or "http://"),
            "rabbitmq.admin: who administers it by api": rabbit.api and not rabbit.admin,
            "postgres.admin_url: name the database": not _database(self.postgres.admin_url),
        }
        if reasons := [reason for reason, is_so in wrong.items() if is_so]:
            raise Misconfigured("; ".join(reasons))

    def named(self, name: str) -> str:
        """Return what a database, a role or a broker user of this suite is called on its server."""
        return f"{self.prefix}{name}"

    @property
    def users(self) -> tuple[str, ...]:
        """The broker users that the suite itself needs."""
        return (*self.services, *self.calling)

    @property
    def calling(self) -> tuple[str, ...]:
        """Those of them that are no service: they call, and have nothing but an AMQP URI."""
        return ("operator", *self.callers, *self.nameko_callers)

    def why_no_consumer(self, name: str) -> str | None:
        """Return why another team's service cannot be called so here; else None."""
        taken = f"{name!r}: a caller of the inventory" if name in self.users else None
        return why_no_user_name(name) or taken


def load(path: Path) -> Inventory:
    """Return the inventory of a file; paths in it become absolute.

    Raises `Misconfigured` with what is wrong in it.
    """
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(f"{path}: {error}") from None
    for table, name in ((given, "secrets"), (given, "env"), (given.get("rabbitmq"), "definitions")):
        if isinstance(table, dict) and isinstance(table.get(name), str):
            table[name] = str(path.absolute().parent / table[name])
    if isinstance(rabbit := given.get("rabbitmq"), dict):
        rabbit.setdefault("vhost", f"{given.get('prefix', '')}{VHOST}")
    try:
        found: Inventory = codec.load(Inventory, given)
    except Invalid as error:
        raise Misconfigured(f"{path}: {error.details['fields']}") from None
    return found


def why_no_user_name(name: str) -> str | None:
    """Return why a name cannot be another broker user's, beside the suite's own; else None."""
    reasons = {
        "it is empty": not name,
        f"it is longer than {LONGEST} characters": len(name) > LONGEST,
        "two or more of a to z and _, a letter first": not USER.fullmatch(name),
        "it is one of the suite's own": name in BROKER_USERS,
        "others' queues, keys or exchanges begin with it": name in RESERVED,
    }
    why = next((reason for reason, is_so in reasons.items() if is_so), None)
    return why and f"{name[: LONGEST + 1]!r}: not a name for a broker user: {why}"


def _database(admin_url: str) -> object:
    with suppress(Invalid):
        return parsed(admin_url).database
    return None
