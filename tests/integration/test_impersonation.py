"""System admins act as somebody, and make each other admins: until when, and what is left of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from auth.invariants import IMPERSONATIONS_END
from auth.jobs.impersonations import end_impersonations
from chassis.errors import Invalid, ServiceError
from chassis.identity import Actor
from integration.stages.box_database import all_at_once
from integration.stages.deaf_services import Browser, Person, Services
from servers.postgres import Server

MINUTE, HOUR = timedelta(minutes=1), timedelta(minutes=60)
REASON = "they asked for help with a film"
REVOKED, OVER = "chassis.token_revoked", "auth.session_unknown"


@pytest.fixture(scope="module")
def services(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    with ExitStack() as ending:
        yield Services(postgres_server, tmp_path_factory.mktemp("acting"), ending, ("auth",))


@pytest.fixture
def admin(services: Services) -> Iterator["Admin"]:
    """A system admin of this test's own, signed in."""
    services.now += MINUTE
    yield Admin(services, services.system_admin())


class Admin:
    """A system admin in a browser, and what they do there."""

    def __init__(self, services: Services, person: Person) -> None:
        self.services, self.person, self.id = services, person, person.user_id
        self.browser = person.signed_in()

    def call(self, method: str, /, **arguments: Any) -> Any:
        return self.services.call("auth", method, self.browser.access(), **arguments)

    def act_as(self, person: Person, **more: Any) -> Browser:
        started = self.call("start_impersonation", user_id=person.user_id, reason=REASON, **more)
        return Browser(self.services, started["session_id"], started["session_token"])


def code(call: Callable[[], Any]) -> str | None:
    """Return with which code a call is refused; None if it is answered."""
    try:
        call()
    except ServiceError as refusal:
        return refusal.code
    return None


def stored(services: Services, session_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of a session, and what each is told as."""
    return services.run(
        "auth",
        "select type, outbox from events"
        f" where stream_id = 'session-{session_id}' order by version",
    )


def test_an_admin_acts_as_somebody_and_is_no_admin_meanwhile(
    services: Services, admin: Admin
) -> None:
    kari = services.somebody()
    acting = admin.act_as(kari)
    access = services.call("auth", "authenticate", None, session_token=acting.session_token)
    token = access["access_token"]

    assert access["impersonated_by"] == admin.id
    assert services.call("auth", "me", token)["id"] == kari.user_id
    assert code(partial(services.call, "auth", "list_users", token)) == "chassis.not_allowed"
    in_person = partial(services.call, "auth", "update_workspace", token, name="N")
    assert code(in_person) == "auth.not_while_impersonating"
    (shown,) = [
        each
        for each in services.call("auth", "list_sessions", token)["items"]
        if each["id"] == acting.session_id
    ]
    assert shown["impersonated_by"] == admin.id


def test_what_is_written_names_the_admin_the_person_and_the_session(
    services: Services, admin: Admin
) -> None:
    kari = services.somebody()
    acting = admin.act_as(kari)
    services.call("auth", "complete_onboarding", acting.access(), workspace_name="W")

    found = services.run(
        "auth",
        "select type, meta->>'actor', meta->>'subject' from events"
        f" where meta->>'impersonation' = '{acting.session_id}'",
    )
    assert found
    assert {each[1:] for each in found} == {(f"person:{admin.id} as {kari.user_id}", kari.user_id)}
    audited = admin.call("audit", actor_id=admin.id)["items"]
    assert [each["type"] for each in audited if each["impersonation"]] == [
        each[0] for each in reversed(found)
    ]
    about = admin.call("audit", user_id=kari.user_id)["items"]
    assert {each["as_user"] for each in about if each["impersonation"]} == {kari.user_id}


def test_the_first_number_may_be_answered_for_somebody_and_none_that_stands_changed(
    services: Services, admin: Admin
) -> None:
    kari = services.somebody()
    acting = admin.act_as(kari)

    def answer(number: str | None, by: Browser = acting, **more: Any) -> str | None:
        answered = partial(services.call, "auth", "complete_onboarding", by.access())
        return code(partial(answered, organization_number=number, **more))

    assert answer("702000009") is None
    assert answer("702000009", workspace_name="W") is answer(None) is None
    assert answer("974760673") == "auth.not_while_impersonating"
    own = kari.signed_in()
    assert (
        services.call("auth", "get_workspace", own.access())["organization_number"] == "702000009"
    )
    assert answer("974760673", by=own) is None


def test_nobody_acts_as_themselves_an_admin_or_who_is_shut_out(
    services: Services, admin: Admin
) -> None:
    banned = services.somebody()
    services.ban(banned)
    services.now += MINUTE
    for whom in (admin.person, services.admin, banned):
        assert code(partial(admin.act_as, whom)) == "auth.not_impersonable"
    nobody = Person(services, "", str(uuid4()))
    assert code(partial(admin.act_as, nobody)) == "auth.user_not_found"


def test_who_acts_as_somebody_acts_as_nobody_else(services: Services, admin: Admin) -> None:
    kari, ola = services.somebody(), services.somebody()
    start = partial(
        services.call, "auth", "start_impersonation", user_id=ola.user_id, reason=REASON
    )
    assert code(partial(start, admin.act_as(kari).access())) == "chassis.not_allowed"
    both = Actor(  # as auth never signs it
        kind="person",
        id=kari.user_id,
        is_system_admin=True,
        session_id=uuid4(),
        impersonated_by=uuid4(),
        authenticated_at=services.now,
    )
    assert code(partial(start, services.token(both))) == "auth.not_impersonable"


def test_a_reason_has_ten_characters_and_stands_in_no_event(
    services: Services, admin: Admin
) -> None:
    kari = services.somebody()
    start = partial(admin.call, "start_impersonation", user_id=kari.user_id)
    for said in ("short one", "a          ", "they asked\nfor help", "they asked \u202efor help"):
        with pytest.raises(Invalid) as refusal:
            start(reason=said)
        assert list(refusal.value.details["fields"]) == ["reason"]
    acting = admin.act_as(kari)

    kept = "select value, subject_id from personal where field = 'impersonation_reason'"
    rows = services.run("auth", f"{kept} and row_id = '{acting.session_id}'")
    assert rows == [(REASON, kari.user_id)]
    said = "select 1 from events where concat(data, meta, outbox) like '%asked for help%'"
    assert services.run("auth", said) == []


@pytest.mark.asvs("7.5.1")
def test_it_is_begun_only_by_who_has_shown_lately_who_they_are(
    services: Services, admin: Admin
) -> None:
    kari = services.somebody()
    services.now += 11 * MINUTE
    assert code(partial(admin.act_as, kari)) == "auth.reauthentication_required"


def test_after_an_hour_it_is_over_however_it_was_used_and_its_end_is_noted_once(
    services: Services, admin: Admin
) -> None:
    kari, began = services.somebody(), services.now
    acting = admin.act_as(kari)
    for _ in range(2):
        services.now += 29 * MINUTE
        token = acting.access()
    renewed = services.call("auth", "authenticate", None, session_token=acting.session_token)
    assert datetime.fromisoformat(renewed["expires_at"]) == began + HOUR
    end_impersonations(services.parts["auth"].app)
    assert [type for type, _ in stored(services, acting.session_id)] == ["SessionStarted"]

    services.now = began + HOUR
    assert code(acting.access) == "auth.session_expired"
    assert code(partial(services.call, "auth", "me", token)) == "chassis.token_expired"
    assert acting.session_id in unended(services)
    for _ in range(2):
        end_impersonations(services.parts["auth"].app)
    assert acting.session_id not in unended(services)
    assert_ended(services, admin, kari, acting)
    assert code(acting.access) == OVER


def unended(services: Services) -> set[str]:
    """Return the sessions that `verify` would complain of: by its clock they are long over."""
    found = services.run("auth", IMPERSONATIONS_END.query)
    return {stream_id.removeprefix("session-") for stream_id, *_ in found}


def assert_ended(services: Services, admin: Admin, whom: Person, acting: Browser) -> None:
    started, ended = stored(services, acting.session_id)
    who = {"session_id": acting.session_id, "admin_id": admin.id, "user_id": whom.user_id}
    assert started[0] == "SessionStarted"
    assert {**started[1]["data"], **who} == started[1]["data"]
    assert ended == ("SessionEnded", {"type": "auth.impersonation_stopped", "data": who})


def stopped(services: Services, admin: Admin, whom: Person, acting: Browser) -> None:
    for _ in range(2):
        admin.call("stop_impersonation", session_id=acting.session_id)


def signed_out(services: Services, admin: Admin, whom: Person, acting: Browser) -> None:
    services.call("auth", "sign_out", acting.access())


def admin_signs_out(services: Services, admin: Admin, whom: Person, acting: Browser) -> None:
    admin.call("sign_out")


def admin_is_banned(services: Services, admin: Admin, whom: Person, acting: Browser) -> None:
    services.ban(admin.person)


def person_is_banned(services: Services, admin: Admin, whom: Person, acting: Browser) -> None:
    services.ban(whom)


def flag_is_lost(services: Services, admin: Admin, whom: Person, acting: Browser) -> None:
    set_flag(services, admin.person, False)


def person_becomes_an_admin(
    services: Services, admin: Admin, whom: Person, acting: Browser
) -> None:
    set_flag(services, whom, True)


def set_flag(services: Services, whom: Person, is_one: bool) -> Any:
    return services.call(
        "auth",
        "set_system_admin",
        services.admin.signed_in().access(),
        user_id=whom.user_id,
        is_system_admin=is_one,
        reason="they joined, or left",
    )


@pytest.mark.parametrize(
    "end",
    [
        stopped,
        signed_out,
        admin_signs_out,
        admin_is_banned,
        person_is_banned,
        flag_is_lost,
        person_becomes_an_admin,
    ],
)
def test_it_ends_at_once_with(services: Services, admin: Admin, end: Callable[..., None]) -> None:
    kari = services.somebody()
    acting = admin.act_as(kari)
    token = acting.access()
    end(services, admin, kari, acting)

    assert code(partial(services.call, "auth", "me", token)) == REVOKED
    services.now += MINUTE
    assert code(acting.access) == OVER
    assert_ended(services, admin, kari, acting)


def test_a_persons_own_session_is_none_that_an_admin_stops(
    services: Services, admin: Admin
) -> None:
    own = services.somebody().signed_in()
    for session_id in (own.session_id, str(uuid4())):
        stop = partial(admin.call, "stop_impersonation", session_id=session_id)
        assert code(stop) == "auth.session_not_found"
    assert code(own.access) is None


def test_the_person_is_told_by_mail_where_that_is_set(services: Services, admin: Admin) -> None:
    kari = services.somebody()
    parts = services.parts["auth"]
    silent = replace(parts.door.tools, impersonation_notice=False)
    quiet = replace(parts, door=replace(parts.door, tools=silent))
    waiting = (
        f"select args->>'template' from jobs where kind = 'mail' and subject = '{kari.user_id}'"
        " and state = 'waiting'"
    )
    before = services.run("auth", waiting)
    start = partial(
        services.call,
        "auth",
        "start_impersonation",
        admin.browser.access(),
        user_id=kari.user_id,
        reason=REASON,
    )
    start(parts=quiet)
    assert services.run("auth", waiting) == before
    start()
    assert sorted(services.run("auth", waiting)) == sorted([*before, ("impersonated",)])


@pytest.mark.asvs("8.3.2")
def test_who_is_made_an_admin_is_one_from_the_next_token_on_and_why_is_kept(
    services: Services, admin: Admin
) -> None:
    kari = services.somebody()
    browser = kari.signed_in()
    old = browser.access()
    look = partial(services.call, "auth", "list_users")
    assert code(partial(look, old)) == "chassis.not_allowed"
    first = set_flag(services, kari, True)
    again = set_flag(services, kari, True)
    services.now += MINUTE

    assert code(partial(services.call, "auth", "me", old)) == REVOKED
    assert code(partial(look, browser.access())) is None
    assert again == first
    reason = "select value from personal where field = 'system_admin_reason'"
    assert services.run("auth", f"{reason} and row_id = '{kari.user_id}'") == [
        ("they joined, or left",)
    ]


def test_nobody_takes_the_flag_from_themselves(services: Services, admin: Admin) -> None:
    demote = partial(admin.call, "set_system_admin", is_system_admin=False, reason="tired")
    assert code(partial(demote, user_id=admin.id)) == "auth.self_demotion"
    assert code(partial(demote, user_id=str(uuid4()))) == "auth.user_not_found"


@pytest.mark.parametrize("method", ["set_system_admin", "ban_user"])
def test_of_two_admins_who_do_it_to_each_other_at_once_one_stays(
    services: Services, method: str
) -> None:
    more: dict[str, Any] = {"is_system_admin": False} if method == "set_system_admin" else {}
    for _ in range(2):
        services.now += MINUTE
        two = [services.system_admin() for _ in range(2)]
        tokens = [each.signed_in().access() for each in two]
        results = all_at_once(
            [
                partial(
                    code,
                    partial(services.call, "auth", method, token, user_id=whom, reason="r", **more),
                )
                for token, whom in zip(tokens, (two[1].user_id, two[0].user_id), strict=True)
            ]
        )
        left = services.run(
            "auth",
            'select count(*) from "user" where is_system_admin and not banned'
            f" and id in ('{two[0].user_id}', '{two[1].user_id}')",
        )
        assert (sorted(map(str, results)), left) == (["None", REVOKED], [(1,)])


def test_an_admin_gives_a_person_another_name(services: Services, admin: Admin) -> None:
    kari = services.somebody()
    rename = partial(admin.call, "rename_user", user_id=kari.user_id)
    first = rename(name="Kari Nordmann")
    assert rename(name="Kari Nordmann") == first
    assert services.call("auth", "me", kari.signed_in().access())["name"] == "Kari Nordmann"
    for unruly in ("Kari\nNordmann", "Kari \u202enam"):
        with pytest.raises(Invalid) as refusal:
            rename(name=unruly)
        assert list(refusal.value.details["fields"]) == ["name"]
    assert code(partial(admin.call, "rename_user", user_id=str(uuid4()), name="N")) == (
        "auth.user_not_found"
    )
