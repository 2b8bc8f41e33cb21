"""An installation from before claims: who has not followed a link yet is a claimant from now on."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from alembic import command

from auth import claims
from auth.acts.claims import sign_up
from auth.acts.signing_in import sign_in
from auth.acts.verifying import verify as verify_email
from auth.app import SERVICE
from auth.gateways import passwords
from auth.kept import digest
from auth.secret_keys import SecretKeys, new_key
from chassis.database import migrations, postgres
from chassis.door import rules
from chassis.door.edge import Door
from chassis.door.tokens import AccessTokens
from chassis.errors import Unauthenticated
from chassis.hearing.cursors import call
from chassis.unit.handling import App
from contracts.auth.accounts import SignIn, SignUp, VerifyEmail
from integration.stages.box_database import PASSWORD
from integration.stages.service_database import service_database
from servers.postgres import Server

AT = datetime(2026, 3, 1, tzinfo=UTC)
KARI, OLA, ADA = (UUID(int=number) for number in (1, 2, 3))
# as they were kept then: casefolded, which takes "ǰ" apart
EMAILS = {KARI: "kari@blåbær.no", OLA: "ola@example.com", ADA: "ada.j\u030c@example.com"}
SECRET = "only-for-tests"
NAMES = 'select "user".name, email, email_folded, email_verified, workspace.name from "user"'
NAMES += ' join workspace on workspace.id = workspace_id where "user".id = %s'


@pytest.fixture(scope="module")
def before(postgres_server: Server) -> Iterator[tuple[str, Door]]:
    """A migrated database that was in use: two wait for their link to be followed, one has."""
    with service_database(postgres_server, "auth") as url:
        configured = migrations.config("auth", url)
        configured.attributes["upgrading"] = True
        command.upgrade(configured, "0001")
        with psycopg.connect(url) as owner:
            for user_id in (KARI, OLA, ADA):
                _sign_up_as_then(owner, user_id)
        migrations.upgrade("auth", url)
        app_url = postgres_server.url("auth_app", PASSWORD, "empty_auth")
        engine = postgres.engine(app_url, name="auth")
        yield (
            url,
            Door(
                app=App(service=SERVICE, engine=engine),
                tokens=AccessTokens({}),
                permissions={},
                tools=SimpleNamespace(keys=SecretKeys(new_key())),
            ),
        )
        engine.dispose()


def _sign_up_as_then(owner: psycopg.Connection[Any], user_id: UUID) -> None:
    person, workspace, email = str(user_id), str(UUID(int=user_id.int + 100)), EMAILS[user_id]
    events: list[tuple[str, str, str, dict[str, str] | None]] = [
        ("workspace", workspace, "WorkspaceOpened", {"owner_user_id": person}),
        ("user", person, "SignedUp", {"role": "owner"}),
    ]
    if user_id == ADA:
        events.append(("user", person, "EmailVerified", None))
    rows = [
        {
            "event_id": str(UUID(int=user_id.int * 1_000 + number)),
            "stream_id": f"{category}-{subject}",
            "version": 2 if kind == "EmailVerified" else 1,
            "type": kind,
            "schema_version": 1,
            "data": {} if data is None else {"workspace_id": workspace, "at": str(AT), **data},
            "meta": {"workspace": workspace, "correlation": "then", "causation": None},
            "outbox": None,
            "recorded_at": AT.isoformat(),
        }
        for number, (category, subject, kind, data) in enumerate(events)
    ]
    owner.execute("select append(%s::jsonb, '[]', null)", [json.dumps(rows)])
    texts = {(person, "name"): "Then", (person, "email"): email}
    texts |= {(workspace, "name"): "Then's Workspace", (workspace, "slug"): f"then-{user_id.int}"}
    for (row, field), text in texts.items():
        owner.execute("insert into personal values (%s, %s, %s, %s)", [row, field, person, text])
    owner.execute(
        "insert into workspace (id, name, slug, created_at, updated_at)"
        " values (%s, 'Then''s Workspace', %s, %s, %s)",
        [workspace, f"then-{user_id.int}", AT, AT],
    )
    owner.execute(
        'insert into "user" (id, name, email, email_verified, workspace_id, role, created_at,'
        " updated_at) values (%s, 'Then', %s, %s, %s, 'owner', %s, %s)",
        [person, email, user_id == ADA, workspace, AT, AT],
    )
    owner.execute(
        "insert into account (id, account_id, provider_id, user_id, password, created_at,"
        " updated_at) values (%s, %s, 'credential', %s, %s, %s, %s)",
        [person, person, person, passwords.hashed(SECRET), AT, AT],
    )
    owner.execute(
        "insert into verification values (%s, %s, %s, now() + interval '1 hour', %s, %s)",
        [person, email, digest(f"mailed to {email}"), AT, AT],
    )


def test_a_link_mailed_before_goes_on_with_the_password_of_then(before: tuple[str, Door]) -> None:
    url, door = before
    proof = VerifyEmail(token=f"mailed to {EMAILS[KARI]}", password=SECRET)
    assert verify_email(door, call(door.app), proof).user_id == KARI
    with psycopg.connect(url) as owner:
        row = owner.execute(NAMES, [str(KARI)]).fetchone()
    folded = "kari@xn--blbr-roah.no"
    assert row == ("Then", EMAILS[KARI], folded, True, "Then's Workspace")
    assert sign_in(door, call(door.app), SignIn(email=folded, password=SECRET)).session_token


def test_an_account_made_before_is_theirs_who_shows_that_the_address_is(
    before: tuple[str, Door],
) -> None:
    url, door = before
    asked = SignUp(name="Ola", email="Ola@example.com", password="another password")
    made = sign_up(door, call(door.app), asked)
    with door.app.engine.begin() as connection:
        claim = claims.find(connection, made.user_id)
        assert claim is not None
        now = door.app.clock()
        claims.keep_link(connection, claim, "mailed now", now, now + timedelta(hours=1))

    proof = VerifyEmail(token="mailed now", password="another password")
    assert verify_email(door, call(door.app), proof).user_id == OLA

    with psycopg.connect(url) as owner:
        row = owner.execute(NAMES, [str(OLA)]).fetchone()
    assert row == ("Ola", "Ola@example.com", "ola@example.com", True, "Ola's Workspace")
    with pytest.raises(Unauthenticated):
        sign_in(door, call(door.app), SignIn(email="ola@example.com", password=SECRET))


def test_who_was_verified_signs_in_as_before_and_nobody_claims_their_address(
    before: tuple[str, Door],
) -> None:
    url, door = before
    address = rules.folded(rules.email("Ada.\u01f0@example.com"))
    assert sign_in(door, call(door.app), SignIn(email=address, password=SECRET)).session_token
    with psycopg.connect(url) as owner:
        claimed = "select email from claim union select identifier from verification"
        assert (EMAILS[ADA],) not in owner.execute(claimed.encode()).fetchall()


def test_the_texts_of_a_workspace_are_its_own_from_now_on(before: tuple[str, Door]) -> None:
    with psycopg.connect(before[0]) as owner:
        kept = owner.execute(
            "select distinct row_id, subject_id from personal p"
            " where exists (select from workspace w where w.id = p.row_id)"
        ).fetchall()
    assert {row for row, _ in kept} == {str(UUID(int=each.int + 100)) for each in EMAILS}
    assert all(row == subject for row, subject in kept)
