"""An empty database of one service, with its own roles, as `init` makes it before any migration."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from integration.stages.box_database import PASSWORD
from servers.postgres import Server


@contextmanager
def service_database(server: Server, service: str) -> Iterator[str]:
    """Yield the owner's URL; the app role `<service>_app` has the same password."""
    owner, name = f"{service}_owner", f"empty_{service}"
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        roles = (owner, f"{service}_app")
        for role in roles:
            admin.execute(f"create role {role} login password '{PASSWORD}'".encode())
        admin.execute(f"create database {name} owner {owner}".encode())
        try:
            yield server.url(owner, PASSWORD, name)
        finally:
            admin.execute(f"drop database {name} with (force)".encode())
            for role in roles:
                admin.execute(f"drop role {role}".encode())
