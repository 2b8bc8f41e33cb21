"""A database for each service, with an owner that migrates it and roles that work and look."""

from collections.abc import Mapping

from chassis.database import migrations
from embedded.keys import SERVICES
from servers.postgres import Server
from suitectl import databases
from suitectl.change import made


def provide(server: Server, passwords: Mapping[str, str]) -> None:
    """Make roles and databases that are missing; bring every schema to its newest version."""
    wanted = databases.changes(server.admin_url, SERVICES, passwords, alone=True)
    list(made(wanted, rehearsal=False))
    for service in SERVICES:
        owner = f"{service}_owner"
        migrations.upgrade(service, server.url(owner, passwords[owner], service))
