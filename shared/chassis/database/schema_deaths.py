"""A job counts the processes that died of it: a step of the frame's schema, one column.

A claim that is found run out counts as a death, and the next claim says so; a process that has
outlived its claim takes that back.

Processes of before that are at work meanwhile claim by `claim_job`, whose rows they have prepared
without names: it goes on to return the columns that it had.
"""

from sqlalchemy import Connection, text

from chassis.database import schema_claims

_AS_BEFORE = """
drop function if exists claim_job(text[], int);
create function claim_job(kinds text[], seconds int) returns table (
    id uuid, kind text, subject text, workspace_id text, args jsonb, meta jsonb,
    run_at timestamptz, claims int, failures int, progress jsonb, state text, error text)
language sql as $$
    select id, kind, subject, workspace_id, args, meta,
        run_at, claims, failures, progress, state, error from take_job(kinds, seconds)
$$;
"""


def make(connection: Connection, roles: str) -> None:
    """Let jobs count deaths, from now on."""
    connection.execute(text("alter table jobs add column deaths int not null default 0"))
    schema_claims.renew(connection, roles)
    connection.execute(text(_AS_BEFORE))
