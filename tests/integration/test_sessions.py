"""Sessions: how many there are, what is left of one, which end with it, from where one begins."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from auth.acts import sessions
from auth.domain.session import MOST_SESSIONS
from chassis.errors import ServiceError
from chassis.identity import ANYONE
from chassis.unit.deciding import Unit
from embedded.mailbox import mails, text
from integration.stages.box_database import call
from integration.stages.claimants import Claimants, claimants
from integration.stages.deaf_services import PASSWORD, Browser, Person, Services
from servers.postgres import Server
from waiting import until

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
JOINED = "\u2060"  # after the dots of what is no link
AT_HOME = {"ip": "192.0.2.7", "user_agent": "Firefox"}


@pytest.fixture(scope="module")
def auth(postgres_server: Server) -> Iterator[Claimants]:
    with claimants(postgres_server) as auth:
        yield auth


@pytest.fixture
def services(auth: Claimants) -> Services:
    return auth.services


def sign_in(services: Services, person: Person, **seen: Any) -> Browser:
    services.now += MINUTE
    given = {"email": person.email, "password": PASSWORD, **seen}
    started = services.call("auth", "sign_in", None, **given)
    return Browser(services, started["session_id"], started["session_token"])


def acting(services: Services, admin: Person, person: Person) -> Browser:
    """Let an admin act as somebody."""

    def work(unit: Unit) -> Any:
        admitted = sessions.admitted(unit, UUID(person.user_id))
        by = UUID(admin.user_id)
        return sessions.start_session(unit, admitted, {}, impersonated_by=by)

    started = services.parts["auth"].app.attempt(call(at=services.now, actor=ANYONE), work)
    return Browser(services, str(started.session_id), started.session_token)


def lives(browser: Browser) -> bool:
    try:
        browser.access()
    except ServiceError as refusal:
        assert refusal.code in ("auth.session_unknown", "auth.session_ended")
        return False
    return True


@pytest.mark.asvs("7.1.2", "7.2.4")
def test_one_session_too_many_ends_the_oldest_and_no_admins(services: Services) -> None:
    person = services.somebody()
    first, *others = [sign_in(services, person) for _ in range(MOST_SESSIONS)]
    acted, token = acting(services, services.admin, person), first.access()
    assert all(map(lives, (*others, acted)))
    new = sign_in(services, person)
    assert not lives(first)
    assert all(map(lives, (*others, acted, new)))
    with pytest.raises(ServiceError, match="revoked"):
        services.call("auth", "me", token)
    tokens = {each.session_token for each in (first, *others, acted, new)}
    assert len(tokens) == MOST_SESSIONS + 2


@pytest.mark.asvs("7.1.2")
def test_of_two_sign_ins_at_once_the_second_counts_the_first(services: Services) -> None:
    person = services.somebody()  # with a session
    for _ in range(MOST_SESSIONS - 2):
        sign_in(services, person, **AT_HOME)
    mine = f"where user_id = '{person.user_id}'"
    with psycopg.connect(services.owners["auth"]) as locked, ThreadPoolExecutor(2) as threads:
        locked.execute(f"select from seen_device {mine} for update".encode())
        first = threads.submit(sign_in, services, person, **AT_HOME)  # has begun, and waits
        until(lambda: waiting(services) == 1, what="its wait")
        second = threads.submit(person.signed_in)
        until(lambda: second.done() or waiting(services) == 2, what="the other, or its wait")
        locked.rollback()
    assert lives(first.result()) and lives(second.result())
    assert services.run("auth", f"select count(*) from session {mine}") == [(MOST_SESSIONS,)]


def waiting(services: Services) -> int:
    """Return how many wait for what others hold."""
    ((count,),) = services.run("auth", "select count(*) from pg_locks where not granted")
    return int(count)


@pytest.mark.parametrize("how", ["sign_out", "revoke_session"])
def test_with_a_session_go_its_hash_its_address_and_its_agent(services: Services, how: str) -> None:
    browser = sign_in(services, services.somebody(), **AT_HOME)
    traces = (
        f"select row_id from secrets where row_id = '{browser.session_id}' union all"
        f" select row_id from personal where row_id = '{browser.session_id}'"
    )
    assert len(services.run("auth", traces)) == 3
    named: dict[str, Any] = {"session_id": browser.session_id} if how == "revoke_session" else {}
    services.call("auth", how, browser.access(), **named)
    assert services.run("auth", traces) == []
    assert not lives(browser)


@pytest.mark.parametrize("how", ["sign_out", "revoke_other_sessions", "end_sessions", "ban_user"])
def test_with_an_admins_session_end_those_in_which_they_act_as_somebody(
    services: Services, how: str
) -> None:
    admin, person = services.system_admin(), services.somebody()
    mine, other = sign_in(services, admin), sign_in(services, admin)
    acted = acting(services, admin, person)
    token, theirs = acted.access(), sign_in(services, person)
    if how in ("end_sessions", "ban_user"):
        by = services.admin.signed_in().access()
        services.call("auth", how, by, user_id=admin.user_id, reason="left us")
    else:
        services.call("auth", how, mine.access())
    assert [lives(each) for each in (mine, other)] == {
        "sign_out": [False, True],
        "revoke_other_sessions": [True, False],
    }.get(how, [False, False])
    assert (lives(acted), lives(theirs)) == (False, True)
    with pytest.raises(ServiceError, match="revoked"):
        services.call("auth", "me", token)


def test_an_admin_who_is_none_in_a_session_ends_what_they_do_as_somebody_with_it_all_the_same(
    services: Services,
) -> None:
    admin, person = services.system_admin(), services.somebody()
    mine, acted = sign_in(services, admin), acting(services, admin, person)
    plain = services.parts["auth"].door.tokens.actor(mine.access(), services.now)
    token = services.token(type(plain)(**{**_fields(plain), "is_system_admin": False}))
    services.call("auth", "sign_out", token)
    assert (lives(mine), lives(acted)) == (False, False)


def _fields(actor: Any) -> dict[str, Any]:
    return {name: getattr(actor, name) for name in actor.__slots__}


def test_whoever_acts_as_somebody_changes_nothing_of_how_they_show_who_they_are(
    services: Services,
) -> None:
    token = acting(services, services.admin, services.somebody()).access()
    asked: dict[str, dict[str, Any]] = {
        "enable_totp": {},
        **dict.fromkeys(("confirm_totp", "disable_totp", "new_recovery_codes"), {"code": "1"}),
        "reauthenticate": {"password": PASSWORD},
        "revoke_session": {"session_id": str(uuid4())},
        "revoke_other_sessions": {},
    }
    for method, given in asked.items():
        with pytest.raises(ServiceError) as refusal:
            services.call("auth", method, token, **given)
        assert refusal.value.code == "auth.not_while_impersonating", method


@pytest.mark.asvs("7.4.5")
def test_an_admin_ends_all_sessions_of_a_person_who_signs_in_again(services: Services) -> None:
    person, admin = services.somebody(), services.admin.signed_in()
    theirs = [sign_in(services, person), acting(services, services.admin, person)]
    end = partial(services.call, "auth", "end_sessions", reason="a stolen telephone")
    ended = end(admin.access(), user_id=person.user_id)
    assert ended["id"] == person.user_id
    assert not any(map(lives, theirs))
    again = sign_in(services, person)
    assert lives(again)
    assert services.call("auth", "me", again.access())["version"] == ended["version"]
    for token, about, code in (
        (again.access(), person.user_id, "chassis.not_allowed"),
        (admin.access(), str(uuid4()), "auth.user_not_found"),
    ):
        with pytest.raises(ServiceError) as refusal:
            end(token, user_id=about)
        assert refusal.value.code == code


def warnings(auth: Claimants, person: Person) -> list[str]:
    """Return what somebody was told of new sign-ins."""
    auth.mailed(person.email)
    found = mails(auth.services.folder / "mail", person.email)
    return [
        text(mail).replace(JOINED, "") for mail in found if "new sign-in" in str(mail["Subject"])
    ]


@pytest.mark.asvs("6.3.5")
def test_from_what_was_not_seen_before_one_is_told_and_of_the_tries_before(
    auth: Claimants, services: Services
) -> None:
    person = services.somebody()
    sign_in(services, person)  # nothing is known of it, and so nothing is new
    assert warnings(auth, person) == []
    for _ in range(3):
        assert auth.sign_in(person.email, "wrong one") == "auth.invalid_credentials"
    sign_in(services, person, **AT_HOME)
    (told,) = warnings(auth, person)
    assert "192.0.2.7" in told
    assert "Firefox" in told
    assert "3 before it" in told
    sign_in(services, person, **AT_HOME)
    sign_in(services, person)
    assert len(warnings(auth, person)) == 1
    sign_in(services, person, **(AT_HOME | {"ip": "192.0.2.8"}))
    sign_in(services, person, **(AT_HOME | {"user_agent": "Chrome"}))
    assert len(warnings(auth, person)) == 3
    assert "none before it" in warnings(auth, person)[-1]


def test_a_household_with_ipv6_is_one_network(auth: Claimants, services: Services) -> None:
    person = services.somebody()
    for ip in ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"):
        sign_in(services, person, **(AT_HOME | {"ip": ip}))
    assert len(warnings(auth, person)) == 2


def test_each_sign_in_leaves_when_it_was_and_nothing_of_its_device(services: Services) -> None:
    person = services.somebody()
    sign_in(services, person)
    sign_in(services, person, **AT_HOME)
    first = services.now
    services.now += DAY
    sign_in(services, person, **AT_HOME)
    query = f"select hash, first_at, last_at from seen_device where user_id = '{person.user_id}'"
    rows = sorted(services.run("auth", query), key=lambda row: row[2])
    assert [(row[1], row[2]) for row in rows[1:]] == [(first, services.now)]
    assert len(rows) == 2
    assert all(len(row[0]) == 64 for row in rows)
