"""A database for each service, with an owner that migrates it and a role that works in it."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from chassis import migrations
from embedded.keys import SERVICES
from embedded.postgres import Server


def provide(server: Server, passwords: Mapping[str, str]) -> None:
    """Make roles and databases that are missing; bring every schema to its newest version."""
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        for role, password in passwords.items():
            _role(admin, role, password)
        for service in SERVICES:
            _database(admin, service)
    for service in SERVICES:
        owner = f"{service}_owner"
        migrations.upgrade(service, server.url(owner, passwords[owner], service))


def _role(admin: psycopg.Connection, role: str, password: str) -> None:
    known = admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
    if known is None:
        statement = sql.SQL("create role {} login password {}")
        admin.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def _database(admin: psycopg.Connection, service: str) -> None:
    known = admin.execute("select 1 from pg_database where datname = %s", [service]).fetchone()
    if known is None:
        name, owner = sql.Identifier(service), sql.Identifier(f"{service}_owner")
        admin.execute(sql.SQL("create database {} owner {}").format(name, owner))
    name, app = sql.Identifier(service), sql.Identifier(f"{service}_app")
    admin.execute(sql.SQL("revoke all on database {} from public").format(name))
    admin.execute(sql.SQL("grant connect on database {} to {}").format(name, app))
