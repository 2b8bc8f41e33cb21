"""What has ended goes and what has not stays; what is asked for after that has its answer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import create_engine, make_url, text

from auth.domain.session import ABSOLUTE
from chassis import ids
from chassis.asked import Written
from chassis.errors import ServiceError
from chassis.jobs import pruning
from chassis.running import housekeeping
from chassis.unit import rebuilding
from embedded import mailbox
from embedded.suite import Suite
from integration.stages import boxes
from integration.stages.box_database import MINE, NOON, Database, all_at_once, call

DAY = timedelta(days=1)
PASSWORD = "a long enough password"
PERSONAL = "select value from personal where field in ('ip_address', 'user_agent') order by 1"
IPS = {"old": "192.0.2.1", "young": "192.0.2.2"}
SESSIONS = "select * from session order by created_at, id"


class Person:
    """Somebody of auth: signed in twice, by the mailed link and by password, with one unused."""

    def __init__(self, suite: Suite, name: str) -> None:
        self.suite, self.name, self.email = suite, name, f"{name}@example.com"
        about = {"name": name, "email": self.email, "password": PASSWORD}
        self.call("sign_up", **about, idempotency_key=name)
        suite.settle()
        self.link = mailbox.token(suite.mail(self.email)[-1])
        self.call("verify_email", token=self.link, password=PASSWORD)
        seen = {"ip": IPS[name], "user_agent": f"agent of {name}"}
        signed_in = self.call("sign_in", email=self.email, password=PASSWORD, **seen)
        self.session: str = signed_in["session_token"]
        self.call("sign_up", name=name, email=f"unused.{self.email}", password=PASSWORD)
        suite.settle()

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        return dict(self.suite.call("auth", method, None, **arguments))


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(ServiceError) as refused:
        work()
    return refused.value.code


def prune(suite: Suite) -> None:
    for schedule in suite.parts["auth"].schedules:
        if schedule.name.startswith("prune_"):
            suite.run_schedule("auth", schedule.name)


def test_old_links_and_sessions_and_replies_go_and_what_is_asked_of_them_is_refused(
    run_folder: Path,
) -> None:
    now = [ids.now() - ABSOLUTE - 2 * DAY]
    with Suite(run_folder / "pruned", durable=False, clock=lambda: now[0]) as suite:
        old = Person(suite, "old")
        now[0] += ABSOLUTE + 2 * DAY
        young = Person(suite, "young")
        used = partial(old.call, "authenticate", session_token=old.session)
        followed = partial(old.call, "verify_email", token=old.link, password=PASSWORD)
        assert refusal(used) == "auth.session_expired"
        assert followed()["session_token"] is None  # a repeat

        prune(suite)
        mailed = suite.sql("auth", "select distinct identifier from verification order by 1")
        assert [each["identifier"] for each in mailed] == [f"unused.{young.email}", young.email]
        assert [each["value"] for each in suite.sql("auth", PERSONAL)] == [
            IPS["young"],
            "agent of young",
        ]
        sessions = suite.sql("auth", SESSIONS)
        kept = {each["row_id"] for each in suite.sql("auth", "select row_id from secrets")}
        assert kept == {each["id"] for each in sessions[2:]}
        for each in sessions[:2]:
            assert each["token"] == f"[erased]-{each['id']}"
            assert each["ip_address"] is each["user_agent"] is None
        assert {each["ip_address"] for each in sessions[2:]} == {None, IPS["young"]}
        replies = suite.sql("auth", "select recorded_at from commands")
        assert {each["recorded_at"] for each in replies} == {now[0]}

        assert refusal(used) == "auth.session_unknown"
        assert refusal(followed) == "auth.token_invalid"
        assert young.call("authenticate", session_token=young.session)
        _same_after_a_rebuild(suite)
        _a_rebuild_meanwhile_brings_nothing_back(suite, sessions[0]["id"])
        _stripes_events_go_after_they_can_come_again(suite, now[0])
        _what_auth_keeps_goes_when_its_time_is_over(suite, now[0])


def _same_after_a_rebuild(suite: Suite) -> None:
    app = suite.parts["auth"].app
    suite.settle()
    engine = create_engine(make_url(suite.owner_url("auth")).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text("drop schema if exists rebuilt cascade"))
        rebuilding.fill(connection, app.codec, app.service.projections)
    engine.dispose()
    rebuilt = suite.sql("auth", SESSIONS.replace("session", "rebuilt.session"))
    assert rebuilt == suite.sql("auth", SESSIONS)


def _a_rebuild_meanwhile_brings_nothing_back(suite: Suite, session_id: str) -> None:
    with psycopg.connect(suite.owner_url("auth"), autocommit=True) as owner:
        # as one leaves it that had read the old traces before they were forgotten
        brought_back = "update session set token = 'a hash', ip_address = 'an ip' where id = %s"
        owner.execute(brought_back, [session_id])
    prune(suite)
    _same_after_a_rebuild(suite)


def _stripes_events_go_after_they_can_come_again(suite: Suite, now: datetime) -> None:
    with psycopg.connect(suite.owner_url("billing"), autocommit=True) as owner:
        for days in (31, 91):
            owner.execute(
                "insert into stripe_event (id, type, livemode, created, received_at, outcome)"
                " values (%s, 'any', false, 0, %s, 'ignored')",
                [f"evt_{days}", now - days * DAY],
            )
    suite.run_schedule("billing", "prune_stripe_events")
    assert suite.sql("billing", "select id from stripe_event") == [{"id": "evt_31"}]


OF_AUTH: dict[str, tuple[str, str, timedelta]] = {  # by table: a row, and how long it is kept
    "attempt": ("key, failures, first_at, last_at", "'{id}', 1, {at}, {at}", DAY),
    "refusal": ("minute, method, user_id, code, count", "{at}, 'm', '{id}', 'c', 1", 90 * DAY),
    "seen_device": ("user_id, hash, first_at, last_at", "'{id}', 'h', {at}, {at}", 180 * DAY),
    "recovery_code": ("user_id, hash, used_at", "'{id}', 'h', {at}", 7 * DAY),
    "totp": ("user_id, secret, sealed_by, created_at", "'{id}', 's', 'k', {at}", DAY),
    "verification": (
        "id, identifier, value, purpose, subject_id, expires_at, created_at, updated_at",
        "'{id}', 'a', 'v', 'verify_email', 's', {at}, {at}, {at}",
        7 * DAY,
    ),
}


def _what_auth_keeps_goes_when_its_time_is_over(suite: Suite, now: datetime) -> None:
    with psycopg.connect(suite.owner_url("auth"), autocommit=True) as owner:
        for table, (columns, values, kept) in OF_AUTH.items():
            owner.execute(f"delete from {table}".encode())
            for name, ended in (("over", now - kept - DAY), ("kept", now - kept + DAY / 2)):
                row = values.format(id=name, at=f"'{ended.isoformat()}'")
                owner.execute(f"insert into {table} ({columns}) values ({row})".encode())
        # no code that was not used goes, and no secret that counts
        owner.execute("insert into recovery_code values ('unused', 'h', null)")
        on = "insert into totp values ('on', 's', 'k', %(at)s, %(at)s, 1)"
        owner.execute(on, {"at": now - 900 * DAY})
    prune(suite)
    for table in OF_AUTH:
        rows = suite.sql("auth", f"select * from {table}")
        names = {each.get("key") or each.get("user_id") or each["id"] for each in rows}
        never = {"recovery_code": {"unused"}, "totp": {"on"}}.get(table, set())
        assert names == {"kept"} | never, table


def queue(own: Database, state: str, age: timedelta) -> str:
    name = f"{state} {age.days}"
    own.change(
        "insert into jobs (id, kind, subject, args, meta, run_at, state)"
        " values (%(id)s, 'weigh', %(name)s, '{}', '{}', %(at)s, %(state)s)",
        id=uuid4(),
        name=name,
        at=NOON - age,
        state=state,
    )
    return name


def test_jobs_that_ended_a_month_ago_go_but_not_the_dead_nor_those_to_be_done(
    own: Database,
) -> None:
    with own.app(clock=lambda: NOON) as app:
        states = ("waiting", "claimed", "done", "cancelled", "dead")
        jobs = {queue(own, state, days * DAY) for state in states for days in (29, 31)}
        housekeeping.JOBS.run(app)
        left = {name for (name,) in own.rows("select subject from jobs")}
        assert jobs - left == {"done 31", "cancelled 31"}


def test_a_key_whose_reply_is_gone_stands_for_a_call_like_any_other(own: Database) -> None:
    with own.app(clock=lambda: NOON) as app:
        key, box_id = uuid4(), uuid4()
        command = boxes.OpenBox(workspace_id=MINE, label="kept")

        def asked(body: str, at: datetime = NOON) -> Written:
            return app.handle(
                boxes.box, box_id, command, call(id=key, body=body, keyed=True, at=at)
            )

        first = asked("one", NOON - 8 * DAY)
        assert refusal(lambda: asked("another")) == "chassis.idempotency_mismatch"
        housekeeping.REPLIES.run(app)
        assert asked("another") == first, "the box is open already: nothing is left to do"
        assert own.rows("select body_sha256 from commands") == [("another",)]


def test_more_than_a_page_goes_and_two_that_prune_at_once_take_each_row_once(
    own: Database,
) -> None:
    with own.app(clock=lambda: NOON) as app:
        rows = 3 * pruning.PAGE + 1
        own.change(
            "insert into commands (id, method, caller, body_sha256, reply, recorded_at)"
            " select gen_random_uuid(), 'm', 'c', '', '{}', %(at)s from generate_series(1, %(n)s)",
            at=NOON - 8 * DAY,
            n=rows,
        )
        own.change(
            "update commands set recorded_at = %(at)s"
            " where id in (select id from commands limit 5)",
            at=NOON - 6 * DAY,
        )
        before = _counted()
        assert all_at_once([lambda: housekeeping.REPLIES.run(app)] * 2) == [None, None]
        assert own.one("select count(*) from commands") == 5
        assert _counted() - before == rows - 5


def _counted() -> float:
    labels = {"service": "boxes", "schedule": "prune_replies"}
    return REGISTRY.get_sample_value("service_rows_pruned_total", labels) or 0.0
