"""media on a database of its own, with a clock that a test may move, and its tokens' issuer."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg

from chassis import settings
from chassis.database import migrations
from chassis.door.tokens import TokenIssuer, new_key_pair
from chassis.running.parts import Parts, Port
from media import app as media
from media.settings import Settings
from servers.postgres import Server

PASSWORD = "only-for-tests"


class Clock:
    """The time, which a test may move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 4, 15, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def media_at_work(
    server: Server, stored: Mapping[str, str], work: Path
) -> Iterator[tuple[Parts, TokenIssuer, Clock]]:
    """Yield media, put together; `stored`: the settings of its store."""
    private, public = new_key_pair()
    clock = Clock()
    with media_database(server) as url:
        variables = {
            "DATABASE_URL": url,
            "PUBLIC_KEYS": json.dumps({"1": public}),
            "PUBLIC_URL": "https://media.example",
            "WORK_FOLDER": str(work),
            "ENGINE": "local",
            "ENV": "embedded",
            **stored,
        }
        parts = media.build(settings.load(Settings, variables), no_peers, clock)
        yield parts, TokenIssuer("1", private), clock
        parts.close()


@contextmanager
def media_database(server: Server) -> Iterator[str]:
    """Yield the URL of a migrated database, as media's app role."""
    name = f"media_{uuid4().hex[:8]}"
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        for role in (name, "media_app"):
            admin.execute(f"create role {role} login password '{PASSWORD}'".encode())
        admin.execute(f"create database {name} owner {name}".encode())
        migrations.upgrade("media", server.url(name, PASSWORD, name))
        yield server.url("media_app", PASSWORD, name)
        admin.execute(f"drop database {name} with (force)".encode())
        for role in (name, "media_app"):
            admin.execute(f"drop role {role}".encode())


def no_peers(service: str) -> Port:
    raise AssertionError(f"media calls nobody, not {service} either")
