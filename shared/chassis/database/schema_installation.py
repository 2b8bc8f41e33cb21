"""Whose a database is stands in it: the frame's step of schema for `installation`.

One row, which `migrate` writes; it is compared with whoever connects (`installation`).
"""

from sqlalchemy import Connection, text

_TABLE = """
create table installation (
    one boolean primary key default true check (one),
    service text not null,
    suite uuid
);
"""


def make(connection: Connection, roles: str) -> None:
    """Create the table; the app role may only read it."""
    connection.execute(text(_TABLE))
    connection.execute(text(f"revoke all on installation from {roles}_app"))
    connection.execute(text(f"grant select on installation to {roles}_app"))
