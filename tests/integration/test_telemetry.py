"""The log: JSON lines with the ids of the call, and nothing of what a person entrusted to us."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from chassis import ids, telemetry
from chassis.errors import Internal, ServiceError
from chassis.identity import Actor
from embedded import mailbox
from embedded.suite import Suite

PASSWORD, WRONG = "a password nobody may read", "another one nobody may read"
EMAIL, QUOTED = "kari.secret@buyer.example", "quoted.secret@buyer.example"
NAME = "Kari Secretly"


@pytest.fixture(scope="module")
def suite(run_folder: Path) -> Iterator[Suite]:
    with Suite(run_folder / "logged", durable=False) as running:
        yield running


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """Yield what every logger writes meanwhile, down to DEBUG."""
    written, root = io.StringIO(), logging.getLogger()
    handler, level = telemetry.json_handler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def calls(written: io.StringIO) -> list[dict[str, Any]]:
    """Return the lines of people's calls, without those of services that listen meanwhile."""
    said = [line for line in lines(written) if line["message"] in ("answered", "refused")]
    return [line for line in said if not line.get("actor", "").startswith("service:")]


def the_bug(written: io.StringIO) -> dict[str, Any]:
    """Return the line of the one bug, without those of suites that are at work meanwhile."""
    (bug,) = [line for line in lines(written) if line["message"] == "a bug"]
    return bug


def mailed_token(suite: Suite, email: str) -> str:
    suite.settle()
    return mailbox.token(suite.mail(email)[-1])


def test_no_line_holds_a_password_a_token_or_an_address(suite: Suite) -> None:
    def call(method: str, access: str | None = None, /, **arguments: Any) -> dict[str, Any]:
        return dict(suite.call("auth", method, access, **arguments))

    with everything_logged() as written:
        call("sign_up", name=NAME, email=EMAIL, password=PASSWORD)
        mailed = mailed_token(suite, EMAIL)
        session = call("verify_email", token=mailed, password=PASSWORD)["session_token"]
        access = call("authenticate", session_token=session)["access_token"]
        call("me", access)
        again = call("sign_in", email=EMAIL, password=PASSWORD)["session_token"]
        for refused in (
            ("sign_up", {"name": NAME, "email": EMAIL, "password": PASSWORD, PASSWORD: 1}),
            ("sign_up", {"name": NAME, "email": [EMAIL], "password": PASSWORD}),
            ("sign_in", {"email": EMAIL, "password": WRONG}),
            ("verify_email", {"token": mailed, "password": WRONG}),
            ("authenticate", {"session_token": session + "x"}),
        ):
            with suppress(ServiceError):
                call(refused[0], **refused[1])
        with suppress(ServiceError):
            call("me", access + "x")
    log = written.getvalue()
    assert len(lines(written)) > 4
    secrets = (PASSWORD, WRONG, EMAIL, NAME, mailed, session, access, again)
    assert [each for each in secrets if each in log] == []


def test_what_the_database_quotes_of_a_row_stays_out_of_a_bugs_line(suite: Suite) -> None:
    with psycopg.connect(suite.owner_url("auth"), autocommit=True) as owner:
        owner.execute(
            f"alter table claim add constraint refused check (email <> '{QUOTED}')".encode()
        )
        try:
            with everything_logged() as written, pytest.raises(Internal):
                suite.call("auth", "sign_up", None, name=NAME, email=QUOTED, password=PASSWORD)
        finally:
            owner.execute("alter table claim drop constraint refused")
    bug = the_bug(written)
    assert 'violates check constraint "refused"' in bug["exc_info"]
    assert "DETAIL:  (left out)" in bug["exc_info"]
    assert [each for each in (QUOTED, NAME, PASSWORD) if each in written.getvalue()] == []


def test_a_value_that_is_no_number_stays_out_too(suite: Suite) -> None:
    with everything_logged() as written, psycopg.connect(suite.owner_url("auth")) as connection:
        try:
            connection.execute("select %s::text::int", [PASSWORD])
        except psycopg.Error:
            logging.getLogger("any").exception("a bug")
    bug = the_bug(written)
    assert "InvalidTextRepresentation" in bug["exc_info"]
    assert PASSWORD not in bug["exc_info"]


@pytest.mark.asvs("16.3.2")
def test_a_refused_call_has_its_ids_on_its_line(suite: Suite) -> None:
    with everything_logged() as written, pytest.raises(ServiceError) as raised:
        suite.call("auth", "sign_in", None, email=EMAIL, password=WRONG)
    (refused,) = calls(written)
    assert refused["request_id"] == raised.value.request_id
    assert (refused["service"], refused["method"]) == ("auth", "sign_in")
    assert UUID(refused["request_id"])
    assert refused["correlation_id"]
    assert {"time", "level", "logger"} <= refused.keys()


@pytest.mark.asvs("16.3.1")
def test_every_call_has_one_line_that_says_who_made_it(suite: Suite) -> None:
    def call(service: str, method: str, access: str | None = None, /, **arguments: Any) -> Any:
        return suite.call(service, method, access, **arguments)

    email = "who.calls@buyer.example"
    call("auth", "sign_up", name=NAME, email=email, password=PASSWORD)
    proof = {"token": mailed_token(suite, email), "password": PASSWORD}
    session = call("auth", "verify_email", **proof)["session_token"]
    access = call("auth", "authenticate", session_token=session)
    with everything_logged() as written:
        call("auth", "sign_in", email=email.upper(), password=PASSWORD)
        with suppress(ServiceError):
            call("auth", "sign_in", email=email, password=WRONG)
        with suppress(ServiceError):
            call("auth", "sign_in", email=EMAIL, password=WRONG)
        call("auth", "me", access["access_token"])
        with suppress(ServiceError):
            call("media", "create_project", access["access_token"])
        with suppress(ServiceError):
            call("auth", "unban_user", access["access_token"], user_id=str(ids.fresh()))
    said = calls(written)
    assert [(line["message"], line["service"], line["method"]) for line in said] == [
        ("answered", "auth", "sign_in"),
        ("refused", "auth", "sign_in"),
        ("refused", "auth", "sign_in"),
        ("answered", "auth", "me"),
        ("refused", "media", "create_project"),
        ("refused", "auth", "unban_user"),
    ]
    came_in, mistyped, stranger, *signed_in = said
    assert came_in["email_hash"] == mistyped["email_hash"] != stranger["email_hash"]
    assert {line["actor"] for line in said[:3]} == {"anyone:anonymous"}
    assert came_in["user_id"] == access["user_id"]
    assert UUID(came_in["session_id"])
    assert "user_id" not in mistyped
    for line in signed_in:
        assert line["actor"] == f"person:{access['user_id']}"
        assert line["workspace_id"] == access["workspace_id"]
        assert UUID(line["session_id"]) != UUID(came_in["session_id"])
        assert "impersonation" not in line
    secrets = (PASSWORD, WRONG, EMAIL, email, email.upper(), session, access["access_token"])
    assert [each for each in secrets if each in written.getvalue()] == []


def test_who_acts_as_somebody_is_named_beside_them(suite: Suite) -> None:
    admin, session_id, user = ids.fresh(), ids.fresh(), ids.fresh()
    acting = Actor(
        kind="person",
        id=str(user),
        workspace_id=ids.fresh(),
        role="owner",
        session_id=session_id,
        impersonated_by=admin,
    )
    access = suite.parts["auth"].door.tools.issuer.issue(acting, ids.now())
    with everything_logged() as written:
        suite.call("media", "list_projects", access)
        with suppress(ServiceError):
            suite.call("billing", "issue_invoice", access)
    said = calls(written)
    assert [line["message"] for line in said] == ["answered", "refused"]
    for line in said:
        assert line["actor"] == f"person:{admin} as {user}"
        assert line["session_id"] == line["impersonation"] == str(session_id)


def test_what_is_found_out_outside_of_any_context_is_on_no_line() -> None:
    written = io.StringIO()
    log, handler = logging.Logger("any"), telemetry.json_handler(written)
    log.addHandler(handler)
    telemetry.know(user_id="somebody")
    log.warning("outside")
    with telemetry.context(service="auth"):
        telemetry.know(user_id="somebody")
        log.warning("inside")
    assert ["user_id" in line for line in lines(written)] == [False, True]


def test_ids_are_on_lines_inside_only_and_none_is_no_id() -> None:
    written, inner = io.StringIO(), str(ids.fresh())
    log, handler = logging.Logger("any"), telemetry.json_handler(written)
    log.addHandler(handler)
    with telemetry.context(correlation_id="outer", workspace_id=None):
        with telemetry.context(event_id=inner):
            log.warning("inside")
        log.warning("between")
    log.warning("outside")
    keys = ("correlation_id", "event_id", "workspace_id")
    assert [{key: line.get(key) for key in keys} for line in lines(written)] == [
        {"correlation_id": "outer", "event_id": inner, "workspace_id": None},
        {"correlation_id": "outer", "event_id": None, "workspace_id": None},
        {"correlation_id": None, "event_id": None, "workspace_id": None},
    ]
