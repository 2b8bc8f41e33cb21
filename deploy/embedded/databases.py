"""A database for each service, with an owner that migrates it and roles that work and look."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.database import migrations
from embedded.keys import SERVICES
from servers.postgres import Server
from suitectl import databases
from suitectl.change import made
from suitectl.databases import Wanted


def provide(server: Server, keys: Mapping[str, Any]) -> None:
    """Make roles and databases that are missing; bring every schema to its newest version."""
    passwords, suite = keys["roles"], UUID(keys["suite"])
    wanted = Wanted(services=SERVICES, passwords=passwords, suite=suite, alone=True)
    with databases.as_admin(server.admin_url) as admin:
        list(made(databases.changes(admin, wanted), rehearsal=False))
    for service in SERVICES:
        owner = f"{service}_owner"
        migrations.upgrade(service, server.url(owner, passwords[owner], service), suite)
