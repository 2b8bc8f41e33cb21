"""What a live PostgreSQL says of its tables, in the same words as the seed's schema."""

import re
from collections.abc import Iterator
from typing import Any

from psycopg import Connection

Fact = tuple[str, str, str]  # what, table, column (or index)
Facts = dict[Fact, str]

COLUMNS = """
    select table_name, column_name, data_type, is_nullable, column_default
    from information_schema.columns
    where table_schema = current_schema() and table_name = any(%s)
"""
UNIQUE = """
    select c.relname, a.attname, i.indisprimary
    from pg_index i join pg_class c on c.oid = i.indrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
    where c.relnamespace = current_schema()::text::regnamespace and c.relname = any(%s)
      and i.indisunique and i.indnkeyatts = 1 and i.indpred is null and i.indexprs is null
"""
INDEXES = """
    select c.relname, n.relname, array(
        select a.attname::text from unnest(i.indkey) with ordinality as k(attnum, place)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum order by place)
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_class n on n.oid = i.indexrelid
    where c.relnamespace = current_schema()::text::regnamespace and c.relname = any(%s)
      and i.indpred is null and i.indexprs is null
"""
REFERENCES = """
    select c.relname, a.attname, t.relname, b.attname, case k.confdeltype
        when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default'
        when 'r' then 'restrict' else 'no action' end
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    join pg_class t on t.oid = k.confrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
    join pg_attribute b on b.attrelid = t.oid and b.attnum = k.confkey[1]
    where k.contype = 'f' and cardinality(k.conkey) = 1
      and c.relnamespace = current_schema()::text::regnamespace and c.relname = any(%s)
"""
CHECKS = """
    select c.relname, a.attname, pg_get_constraintdef(k.oid)
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
    where k.contype = 'c' and cardinality(k.conkey) = 1
      and c.relnamespace = current_schema()::text::regnamespace and c.relname = any(%s)
"""
ONE_OF = re.compile(r"= ANY \(+ARRAY\[(.*?)\]|= ('(?:[^']|'')*')")
LITERAL = re.compile(r"'((?:[^']|'')*)'")


def live_facts(connection: "Connection[tuple[Any, ...]]", tables: list[str]) -> Facts:
    """Return what stands in the connection's current schema of `tables`."""
    facts = {fact: text for fact, text in _column_facts(connection, tables)}
    for table, column, primary in connection.execute(UNIQUE, [tables]):
        facts["primary_key" if primary else "unique", table, column] = "yes"
    for table, index, columns in connection.execute(INDEXES, [tables]):
        facts["index", table, index] = ", ".join(columns)
    for table, column, target, key, on_delete in connection.execute(REFERENCES, [tables]):
        facts["reference", table, column] = f"{target}.{key} on delete {on_delete}"
    words: dict[Fact, set[str]] = {}
    for table, column, definition in connection.execute(CHECKS, [tables]):
        if allowed := check_words(definition):
            fact = ("words", table, column)
            words[fact] = words.get(fact, allowed) & allowed  # two checks allow what both do
    return facts | {fact: " | ".join(sorted(allowed)) for fact, allowed in words.items()}


def _column_facts(
    connection: "Connection[tuple[Any, ...]]", tables: list[str]
) -> Iterator[tuple[Fact, str]]:
    for table, column, kind, nullable, default in connection.execute(COLUMNS, [tables]):
        yield ("table", table, ""), "present"
        yield ("column", table, column), "present"
        yield ("type", table, column), kind
        yield ("nullable", table, column), nullable.lower()
        yield ("primary_key", table, column), "no"
        yield ("unique", table, column), "no"
        yield ("default", table, column), plain_default(default)


def plain_default(expression: str | None) -> str:
    """Return a column's default as the seed writes it: "'active'::text" is 'active'."""
    if expression is None:
        return "none"
    if expression in ("now()", "CURRENT_TIMESTAMP", "transaction_timestamp()"):
        return "now"
    plain = re.sub(r"::[\w ]+$", "", expression)
    return plain[1:-1].replace("''", "'") if plain.startswith("'") else plain


def check_words(definition: str) -> set[str]:
    """Return the words that `check (column in (…))` allows; none for a check of another kind."""
    parts = ONE_OF.findall(definition)
    return {word.replace("''", "'") for part in parts for word in LITERAL.findall("".join(part))}
