"""The comparison with the seed's schema: the seed's own tables agree, and each damage is named."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Composed, Identifier, Literal

from contract.seed_schema import Deviation, Tables, compare, load_deviations, load_tables
from servers.postgres import Server

Connection = psycopg.Connection[tuple[Any, ...]]

OURS = """
alter table invitation alter role set default 'member';
alter table invoice alter issue_date type date, alter due_date type date;
alter table invoice alter fiken_invoice_id type bigint, alter fiken_contact_id type bigint;
alter table workspace_pricing alter fiken_contact_id type bigint;
do $$
declare it record;
begin
    for it in select conrelid::regclass as owner, conname from pg_constraint
        where contype = 'f' and connamespace = current_schema()::text::regnamespace
    loop
        execute format('alter table %s drop constraint %I', it.owner, it.conname);
    end loop;
    for it in select table_name, column_name, data_type from information_schema.columns
        where table_schema = current_schema()
    loop
        if it.data_type like 'timestamp%' then
            execute format(
                'alter table %I alter %I type timestamptz', it.table_name, it.column_name);
        end if;
        if it.column_name in ('created_at', 'updated_at') then
            execute format('alter table %I alter %I drop default', it.table_name, it.column_name);
        end if;
        if it.column_name ~ '_(ore|cost)$' or it.column_name = 'amount_cents' then
            execute format('alter table %I alter %I type bigint', it.table_name, it.column_name);
        end if;
    end loop;
end $$;
"""


@pytest.fixture(scope="module")
def database(postgres_server: Server) -> Iterator[str]:
    with psycopg.connect(postgres_server.admin_url, autocommit=True) as admin:
        admin.execute("create database seed_compare")
        yield make_conninfo(postgres_server.admin_url, dbname="seed_compare")
        admin.execute("drop database seed_compare")


@pytest.fixture
def seeded(database: str) -> Iterator[Connection]:
    """All the seed's tables as the seed has them, in a transaction that is rolled back."""
    with psycopg.connect(database) as connection:
        for statement in statements(load_tables()):
            connection.execute(statement)
        yield connection
        connection.rollback()


def statements(tables: Tables) -> Iterator[Composed]:
    for table, parts in tables.items():
        columns = [definition(name, column) for name, column in parts["columns"].items()]
        yield SQL("create table {} ({})").format(Identifier(table), SQL(", ").join(columns))
        for index, on in parts["indexes"].items():
            names = SQL(", ").join(map(Identifier, on))
            yield SQL("create index {} on {} ({})").format(
                Identifier(index), Identifier(table), names
            )
    for table, parts in tables.items():
        for name, column in parts["columns"].items():
            if target := column.get("references"):
                yield SQL(
                    "alter table {} add foreign key ({}) references {} ({}) on delete {}"
                ).format(
                    Identifier(table),
                    Identifier(name),
                    Identifier(target["table"]),
                    Identifier(target["column"]),
                    SQL(target["on_delete"]),
                )


def definition(name: str, column: dict[str, Any]) -> Composed:
    parts: list[Composed | SQL] = [SQL("{} {}").format(Identifier(name), SQL(column["type"]))]
    parts += [] if column["nullable"] else [SQL("not null")]
    parts += [SQL("primary key")] if column.get("primary_key") else []
    parts += [SQL("unique")] if column.get("unique") else []
    match column.get("default"):
        case None:
            pass
        case "now":
            parts.append(SQL("default now()"))
        case literal:
            parts.append(SQL("default {}").format(Literal(literal)))
    if words := column.get("words"):
        allowed = SQL(", ").join(map(Literal, words))
        parts.append(SQL("check ({} in ({}))").format(Identifier(name), allowed))
    return SQL(" ").join(parts)


def test_the_seed_itself_agrees_and_needs_no_deviation(seeded: Connection) -> None:
    assert compare(load_tables(), seeded, []) == []


def test_on_the_seed_itself_every_deviation_is_stale(seeded: Connection) -> None:
    sentences = compare(load_tables(), seeded, load_deviations())
    assert len(sentences) == len(load_deviations())
    assert all(sentence.startswith("no longer a deviation") for sentence in sentences)


def test_our_deviations_explain_all_that_they_speak_of(seeded: Connection) -> None:
    seeded.execute(OURS)
    assert compare(load_tables(), seeded, load_deviations()) == []
    assert len(compare(load_tables(), seeded, [])) > 100


def test_added_columns_and_words_need_no_reason(seeded: Connection) -> None:
    seeded.execute("alter table invoice add state text not null default 'x' unique")
    seeded.execute("alter table invoice drop constraint invoice_status_check")
    seeded.execute(
        "alter table invoice add check (status in "
        "('draft', 'sent', 'paid', 'cancelled', 'overdue', 'written_off'))"
    )
    assert compare(load_tables(), seeded, []) == []


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (
            "drop table stripe_customer",
            "table of stripe_customer: the seed has 'present', the database 'none'",
        ),
        (
            "alter table invoice drop notes",
            "column of invoice.notes: the seed has 'present', the database 'none'",
        ),
        (
            "alter table invoice alter notes type varchar",
            "type of invoice.notes: the seed has 'text', the database 'character varying'",
        ),
        (
            "alter table invoice alter notes set not null",
            "nullable of invoice.notes: the seed has 'yes', the database 'no'",
        ),
        (
            "alter table invoice alter currency drop default",
            "default of invoice.currency: the seed has 'NOK', the database 'none'",
        ),
        (
            "alter table video_project alter music_volume set default 51",
            "default of video_project.music_volume: the seed has '50', the database '51'",
        ),
        (
            "alter table workspace drop constraint workspace_slug_key",
            "unique of workspace.slug: the seed has 'yes', the database 'no'",
        ),
        (
            "alter table invoice add unique (notes)",
            "unique of invoice.notes: the seed has 'no', the database 'yes'",
        ),
        (
            "alter table music_track drop constraint music_track_pkey",
            "primary_key of music_track.id: the seed has 'yes', the database 'no'",
        ),
        (
            "alter table session drop constraint session_impersonated_by_fkey",
            "reference of session.impersonated_by: the seed has 'user.id on delete set null', "
            "the database 'none'",
        ),
        (
            "drop index project_user_idx",
            "index of project.project_user_idx: the seed has 'user_id', the database 'none'",
        ),
        (
            "drop index project_user_idx; create index project_user_idx on project (name)",
            "index of project.project_user_idx: the seed has 'user_id', the database 'name'",
        ),
        (
            'alter table "user" drop constraint user_role_check',
            "words of user.role: the seed has 'owner | admin | member', the database 'none'",
        ),
        (
            "alter table affiliate_earning add check (status in ('pending', 'paid'))",
            "words of affiliate_earning.status: the seed has 'pending | paid_out', "
            "the database 'pending'",
        ),
    ],
)
def test_a_damage_is_named(seeded: Connection, damage: str, sentence: str) -> None:
    seeded.execute(damage.encode())
    assert compare(load_tables(), seeded, []) == [sentence]


def test_a_deviation_of_another_service_is_not_stale(seeded: Connection) -> None:
    deviations = [d for d in load_deviations() if "invoice" in d.tables]
    assert len(deviations) == 2
    assert compare(load_tables("auth"), seeded, deviations) == []


def test_a_deviation_explains_only_what_it_says(seeded: Connection) -> None:
    seeded.execute("alter table invitation alter role set default 'admin'")
    deviation = Deviation(
        what="default",
        tables=("invitation",),
        columns=("role",),
        seed="owner",
        ours="member",
        reason="An invitation must not hand over the workspace.",
    )
    difference, stale = compare(load_tables("auth"), seeded, [deviation])
    assert difference == ("default of invitation.role: the seed has 'owner', the database 'admin'")
    assert stale.startswith("no longer a deviation")
