"""A job counts the processes that died of it: a step of the frame's schema, one column.

A claim that is found run out counts as a death, and the next claim says so; a process that has
outlived its claim takes that back.
"""

from sqlalchemy import Connection, text

from chassis.database import schema_claims


def make(connection: Connection, roles: str) -> None:
    """Let jobs count deaths, from now on."""
    connection.execute(text("alter table jobs add column deaths int not null default 0"))
    schema_claims.renew(connection, roles)
