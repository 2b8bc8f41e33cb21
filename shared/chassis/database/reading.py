"""What a service's reader role may see: all columns but those with a hash or somebody's data.

People who look and `suitectl` connect as it. The rights are given column by column after each
migration, so nobody sees a new column before it is known whether it is private.
"""

from sqlalchemy import Connection, MetaData, text

from chassis.personal import PRIVATE

_OF_THE_FRAME = {
    "commands.body_sha256",  # of arguments, which may be few enough to be tried
    "commands.reply",
    "personal.value",
}


def grant(connection: Connection, roles: str, metadata: MetaData) -> None:
    """Let the role `<roles>_reader`, if there is one, see just what is not private.

    `connection`: the owner's; `metadata`: of all of the service's tables.
    """
    reader = f"{roles}_reader"
    if connection.execute(_THERE, {"reader": reader}).first() is None:
        return
    connection.execute(text(f"alter default privileges revoke select on tables from {reader}"))  # noqa: S608
    connection.execute(text(f"grant usage on schema public to {reader}"))
    private = _OF_THE_FRAME | {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if column.info == PRIVATE
    }
    for table, columns in connection.execute(_WRONG, {"reader": reader, "private": [*private]}):
        connection.execute(text(f"revoke select on {table} from {reader}"))  # noqa: S608
        connection.execute(text(f"grant select ({columns}) on {table} to {reader}"))


_THERE = text("select from pg_roles where rolname = :reader")
_WRONG = text(
    """
with known as (
    select attrelid, attname, not relname || '.' || attname = any (:private) as shown,
        has_column_privilege(:reader, attrelid, attnum, 'select') as seen
    from pg_attribute join pg_class on pg_class.oid = attrelid
    where relnamespace = 'public'::regnamespace and relkind = 'r'
        and attnum > 0 and not attisdropped
)
select cast(attrelid as regclass) as table_name,
    string_agg(quote_ident(attname), ', ') filter (where shown) as columns
from known group by attrelid having bool_or(shown <> seen)
"""
)
