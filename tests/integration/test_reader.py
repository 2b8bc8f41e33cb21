"""The reader role sees how the suite does, and neither hashes nor anything about anybody."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from contracts import SERVICES
from embedded import mailbox
from embedded.suite import Suite
from suitectl.invariants import FRAME

PASSWORD = "a password that nobody reads"
ABOUT = {
    "name": "Lesekroken Bolig",
    "organization_number": "701730496",
    "legal_name": "Lesekroken Eiendom AS",
    "billing_address": {"street": "Lesegata 14", "postal_code": "0001", "city": "Lesby"},
    "invoice_email": "invoice@lesekroken.example",
    "invoice_reference": "Leseren Hansen",
    "contact_email": "contact@lesekroken.example",
    "contact_person": "Kontakt Leser",
}
HELD = {  # what no readable column may hold: a statement a service, of all that it keeps of people
    "auth": "select value from personal union select password from account"
    " union select hash from secrets union select value from verification"
    " union select identifier from verification union select body_sha256 from commands",
}
LIKE_PRIVATE = re.compile(
    "name|email|address|token|hash|password|secret|agent|person|phone|contact|reason|notes|reply"
    "|image$|logo|description|body|organization_number|identifier|slug"
)
EXCEPTED = {  # called like it and open: why
    "name": "of a lease, a consumer, a relay, a track; customers' titles stand in events as well",
    "description": "of a line item, which is a project's title",
    "impersonated_by": "an admin's id",
    "artist": "of the music that comes with the suite",
    "dispute.reason": "a word of Stripe's list, such as fraudulent",
}

Columns = Mapping[tuple[str, str], bool]  # (table, column) -> whether the reader sees it


@pytest.fixture(scope="module")
def suite(run_folder: Path) -> Iterator[Suite]:
    with Suite(run_folder / "read", durable=False) as running:
        live_a_little(running)
        yield running


def live_a_little(suite: Suite) -> None:
    """Leave something in every table of auth that holds what people have entrusted to it."""

    def call(method: str, access: str | None = None, /, **arguments: Any) -> dict[str, Any]:
        return dict(suite.call("auth", method, access, **arguments))

    def signed_in(email: str) -> str:
        call(
            "sign_up", name="Leser Lesersen", email=email, password=PASSWORD, idempotency_key=email
        )
        suite.settle()
        mailed = mailbox.token(suite.mail(email)[-1])
        call("verify_email", token=mailed, password=PASSWORD)
        seen = {"ip": "203.0.113.77", "user_agent": "Leseleser 7.7"}
        session = call("sign_in", email=email, password=PASSWORD, **seen)["session_token"]
        return str(call("authenticate", session_token=session)["access_token"])

    owner = signed_in("owner@lesekroken.example")
    call("update_workspace", owner, **ABOUT, idempotency_key="about")
    call("sign_up", name="Ubrukt Leser", email="unused@lesekroken.example", password=PASSWORD)
    suite.create_admin("admin@lesekroken.example", PASSWORD)
    session = call("sign_in", email="admin@lesekroken.example", password=PASSWORD)
    admin = call("authenticate", session_token=session["session_token"])["access_token"]
    banned = call("me", signed_in("banned@lesekroken.example"))["id"]
    call(
        "ban_user",
        admin,
        user_id=banned,
        reason="for reading",
        expires_at=None,
        idempotency_key="b",
    )
    suite.settle()


def reading(suite: Suite, service: str) -> psycopg.Connection[Any]:
    role = f"{service}_reader"
    url = suite.server.url(role, suite._keys["roles"][role], service)
    return psycopg.connect(url, autocommit=True)


def columns(reader: psycopg.Connection[Any]) -> Columns:
    rows = reader.execute(
        "select relname, attname, has_column_privilege(attrelid, attnum, 'select')"
        " from pg_attribute join pg_class on pg_class.oid = attrelid"
        " where relnamespace = 'public'::regnamespace and relkind = 'r'"
        " and attnum > 0 and not attisdropped"
    )
    return {(table, column): seen for table, column, seen in rows}


def selected(reader: psycopg.Connection[Any], table: str, names: list[str]) -> list[Any]:
    # as text: a ban without an end stands until infinity, which is no time of Python's
    listed = ", ".join(f'"{each}"::text' for each in names)
    return reader.execute(f'select {listed} from "{table}"'.encode()).fetchall()


def test_what_is_seen_holds_nothing_of_what_is_kept_about_anybody(suite: Suite) -> None:
    kept = [str(value) for row in suite.sql("auth", HELD["auth"]) for value in row.values()]
    held = {each for each in kept if len(each) > 4}  # shorter ones stand in other words
    assert {"Leser Lesersen", "203.0.113.77", "Leseleser 7.7", "for reading"} < held
    with reading(suite, "auth") as reader:
        of_tables: dict[str, list[str]] = {}
        for (table, column), seen in columns(reader).items():
            of_tables.setdefault(table, []).extend([column] if seen else [])
        assert of_tables["user"] and of_tables["events"] and of_tables["session"]
        told = {table: str(selected(reader, table, names)) for table, names in of_tables.items()}
    assert {table: [each for each in held if each in text] for table, text in told.items()} == {
        table: [] for table in told
    }


@pytest.mark.parametrize("service", SERVICES)
def test_each_column_is_seen_or_refused_and_those_called_like_private_are_refused(
    suite: Suite, service: str
) -> None:
    with reading(suite, service) as reader:
        found = columns(reader)
        for (table, column), seen in found.items():
            if seen:
                selected(reader, table, [column])
                continue
            with pytest.raises(InsufficientPrivilege):
                selected(reader, table, [column])
        with pytest.raises(InsufficientPrivilege):
            reader.execute("update jobs set error = null")
        of_texts = reader.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public' and data_type in ('text', 'jsonb')"
        ).fetchall()
    open_ones = {
        f"{table}.{column}"
        for table, column in of_texts
        if found[table, column]
        and LIKE_PRIVATE.search(column)
        and not {column, f"{table}.{column}"} & EXCEPTED.keys()
    }
    assert open_ones == set()


@pytest.mark.parametrize("service", SERVICES)
def test_all_that_an_operator_asks_is_seen(suite: Suite, service: str) -> None:
    own = suite.parts[service].app.service.invariants
    with reading(suite, service) as reader:
        for invariant in (*FRAME, *own):
            assert reader.execute(invariant.query.encode()).fetchall() == []


@pytest.mark.parametrize("kind", ["app", "reader"])
def test_a_services_roles_reach_its_own_database_alone(suite: Suite, kind: str) -> None:
    role = f"media_{kind}"
    for database in (*SERVICES, "postgres", "template1"):
        url = suite.server.url(role, suite._keys["roles"][role], database)
        if database == "media":
            psycopg.connect(url).close()
            continue
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(url)


def test_a_column_that_comes_later_is_hidden_until_it_is_migrated(suite: Suite) -> None:
    with psycopg.connect(suite.owner_url("media"), autocommit=True) as owner:
        owner.execute("create table later (id int, whose text)")
        owner.execute("alter table project add column later text")
    with reading(suite, "media") as reader:
        assert not any(columns(reader)[each] for each in (("later", "id"), ("project", "later")))
