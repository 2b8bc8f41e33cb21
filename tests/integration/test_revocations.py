"""Access that is ended: at once in auth, elsewhere when it is heard; what an old view refuses."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from auth.jobs.bans import end_bans
from chassis.errors import ServiceError, Unauthenticated
from chassis.running import housekeeping
from contracts.auth.events import REVOKES
from embedded.keys import SERVICES
from integration.stages.box_database import all_at_once
from integration.stages.deaf_services import HEARERS, Services
from servers.postgres import Server

MICROSECOND, SECOND, DAY = timedelta(microseconds=1), timedelta(seconds=1), timedelta(days=1)
REVOKED, STALE = "chassis.token_revoked", "auth.revocations_stale"


@pytest.fixture(scope="module")
def services(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    with ExitStack() as ending:
        yield Services(postgres_server, tmp_path_factory.mktemp("revoking"), ending)


def code(call: Callable[[], Any]) -> str | None:
    """Return with which code a call is refused; None if it is answered."""
    try:
        call()
    except ServiceError as refusal:
        return refusal.code
    return None


def asked(services: Services, service: str, token: str, **by: Any) -> str | None:
    """Return with which code a question that everybody may ask is refused."""
    question = {"auth": "me", "billing": "get_pricing", "affiliate": "list_earnings"}[service]
    return code(partial(services.call, service, question, token, **by))


@pytest.mark.asvs("7.4.2")
def test_who_is_banned_is_refused_at_once_in_auth_and_elsewhere_when_it_is_heard(
    services: Services,
) -> None:
    person = services.somebody()
    browser = person.signed_in()
    token = browser.access()
    services.ban(person)

    assert asked(services, "auth", token) == REVOKED
    assert code(partial(services.call, "auth", "update_workspace", token, name="N")) == REVOKED
    for service in HEARERS:
        assert asked(services, service, token) is None
        services.hear(service)
        assert asked(services, service, token) == REVOKED


def test_who_is_banned_gets_no_new_token(services: Services) -> None:
    person = services.somebody()
    before = person.signed_in()
    services.ban(person)
    services.now += MICROSECOND

    assert code(before.access) == "auth.session_unknown"
    assert code(person.signed_in) == "auth.user_banned"


def test_the_answer_to_a_sign_out_that_was_lost_is_had_by_signing_in_again(
    services: Services,
) -> None:
    person = services.somebody()
    token = person.signed_in().access()
    leave = partial(services.call, "auth", "sign_out", idempotency_key="leave")
    first = leave(token)

    assert code(partial(leave, token)) == REVOKED
    services.now += MICROSECOND
    browser = person.signed_in()
    assert leave(browser.access()) == first
    assert code(browser.access) is None  # the repeat has ended nothing


def test_a_session_that_began_beside_a_ban_is_of_no_use_either(services: Services) -> None:
    person = services.somebody()
    browser = person.signed_in()
    token = browser.access()
    services.run("auth", f"delete from session where id = '{browser.session_id}'")  # not seen yet
    services.ban(person)
    services.hear("billing")

    assert code(browser.access) == "auth.user_banned"
    for service in ("auth", "billing"):
        assert asked(services, service, token) == REVOKED


def test_a_lifted_ban_lets_new_tokens_in_and_no_old_ones(services: Services) -> None:
    person = services.somebody()
    old = person.signed_in().access()
    services.ban(person)
    services.now += MICROSECOND
    admin = services.admin.signed_in().access()
    services.call("auth", "unban_user", admin, user_id=person.user_id)
    new = person.signed_in().access()
    services.hear("billing")

    for service in ("auth", "billing"):
        assert asked(services, service, old) == REVOKED
        assert asked(services, service, new) is None


def test_a_ban_ends_by_the_clock_and_is_noted_once(services: Services) -> None:
    person = services.somebody()
    services.ban(person, expires_at=(services.now + DAY).isoformat())
    services.now += DAY - SECOND
    end_bans(services.parts["auth"].app)
    assert code(person.signed_in) == "auth.user_banned"
    services.now += SECOND

    assert asked(services, "auth", person.signed_in().access()) is None
    assert banned(services, person.user_id) == [(True, "fraud")]
    for _ in range(2):
        end_bans(services.parts["auth"].app)
    assert banned(services, person.user_id) == [(False, None)]
    query = f"select count(*) from events where stream_id = 'user-{person.user_id}'"
    assert services.run("auth", f"{query} and type = 'UserUnbanned'") == [(1,)]


def banned(services: Services, user_id: str) -> list[Any]:
    return services.run("auth", f"select banned, ban_reason from \"user\" where id = '{user_id}'")


def test_the_reason_of_a_ban_is_shown_replaced_and_in_no_event(services: Services) -> None:
    person = services.somebody()
    services.ban(person, reason="a reason")
    services.ban(person, reason="a better reason")

    assert banned(services, person.user_id) == [(True, "a better reason")]
    assert services.run("auth", "select 1 from events where data::text like '%better%'") == []


@pytest.mark.asvs("7.4.1")
def test_signing_out_ends_the_own_session_and_no_other(services: Services) -> None:
    person = services.somebody()
    here, there = person.signed_in(), person.signed_in()
    token, other = here.access(), there.access()
    services.call("auth", "sign_out", token)

    assert code(here.access) == "auth.session_unknown"
    assert asked(services, "billing", token) is None
    services.hear("billing")
    for service in ("auth", "billing"):
        assert asked(services, service, token) == REVOKED
        assert asked(services, service, other) is None
    assert code(there.access) is None


@pytest.mark.asvs("7.5.2")
def test_one_of_the_own_sessions_is_revoked(services: Services) -> None:
    person = services.somebody()
    here, there = person.signed_in(), person.signed_in()
    token, other = here.access(), there.access()
    for _ in range(2):
        services.call("auth", "revoke_session", token, session_id=there.session_id)

    assert asked(services, "auth", other) == REVOKED
    assert asked(services, "auth", token) is None


@pytest.mark.asvs("8.4.1")
def test_somebody_elses_session_does_not_exist(services: Services) -> None:
    theirs = services.somebody().signed_in()
    for me in (services.somebody(), services.admin):
        token = me.signed_in().access()
        for session_id in (theirs.session_id, str(uuid4())):
            refused = code(
                partial(services.call, "auth", "revoke_session", token, session_id=session_id)
            )
            assert refused == "auth.session_not_found"
    assert code(theirs.access) is None


@pytest.mark.asvs("7.5.2")
def test_all_other_sessions_are_revoked_and_listed_no_more(services: Services) -> None:
    person = services.somebody()
    mine, *others = [person.signed_in() for _ in range(3)]
    token = mine.access()
    listed = services.call("auth", "list_sessions", token)["items"]
    assert {each["id"] for each in listed} > {each.session_id for each in (mine, *others)}
    assert all("token" not in each for each in listed)

    ended = services.call("auth", "revoke_other_sessions", token)["items"]

    # the one that following the link began as well
    assert {each["id"] for each in ended} == {each["id"] for each in listed} - {mine.session_id}
    assert [code(each.access) for each in (mine, *others)] == [None, *["auth.session_unknown"] * 2]
    left = services.call("auth", "list_sessions", token)["items"]
    assert [each["id"] for each in left] == [mine.session_id]


def test_nobody_bans_themselves_and_no_member_anybody(services: Services) -> None:
    assert code(partial(services.ban, services.admin)) == "auth.self_ban"
    person, token = services.somebody(), services.somebody().signed_in().access()
    ban = partial(services.call, "auth", "ban_user", token, user_id=person.user_id, reason="r")
    assert code(ban) == "chassis.not_allowed"


@pytest.mark.parametrize("attempt", range(5))
def test_of_system_admins_who_ban_each_other_at_once_one_stays(
    services: Services, attempt: int
) -> None:
    ring = [services.system_admin() for _ in range(3)]
    tokens = [each.signed_in().access() for each in ring]
    bans = [
        partial(services.call, "auth", "ban_user", token, user_id=whom.user_id, reason="r")
        for token, whom in zip(tokens, ring[1:] + ring[:1], strict=True)
    ]

    outcomes = all_at_once(bans)

    refused = [each for each in outcomes if isinstance(each, Unauthenticated)]
    assert refused == [each for each in outcomes if isinstance(each, Exception)]
    left = [code(each.signed_in) for each in ring].count(None)
    assert left == len(refused) >= 1


@pytest.mark.parametrize("service", HEARERS)
@pytest.mark.parametrize("ago_s,refused", [(29, False), (31, True), (None, True)])
def test_an_old_view_refuses_what_needs_a_key_or_a_system_admin_and_nothing_else(
    services: Services, service: str, ago_s: int | None, refused: bool
) -> None:
    owner = services.somebody().signed_in().access()
    admin = services.admin.signed_in().access()
    services.hear(service)
    services.looked(service, ago_s)
    target: dict[str, Any] = {"target_kind": "image_project", "target_id": str(uuid4())}
    keyed, by_admins, others = {
        "billing": (
            partial(services.call, "billing", "start_checkout", owner, **target),
            partial(services.call, "billing", "create_invoices", admin),
            partial(services.call, "billing", "set_auto_charge", owner, enabled=True),
        ),
        "affiliate": (
            partial(services.call, "affiliate", "create_payout", admin, cutoff="2026-01-01"),
            partial(services.call, "affiliate", "create_relationship", admin),
            partial(services.call, "affiliate", "affiliate_stats", admin),
        ),
    }[service]

    assert (code(partial(keyed, idempotency_key=str(uuid4()))) == STALE) == refused
    assert (code(by_admins) == STALE) == refused
    assert code(others) != STALE
    assert asked(services, service, owner) != STALE


def test_every_replica_knows(services: Services) -> None:
    person = services.somebody()
    token = person.signed_in().access()
    others = {name: services.replica(name) for name in ("auth", "billing")}
    for name, parts in others.items():
        assert asked(services, name, token, parts=parts) is None
    services.ban(person)
    services.hear("billing")

    for name, parts in others.items():
        assert asked(services, name, token, parts=parts) == REVOKED


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_but_auth_hears_what_ends_access(services: Services, service: str) -> None:
    parts = services.replica(service)
    heard = {each.hears.__name__ for each in parts.revocations}
    assert heard == (set() if service == "auth" else {each.__name__ for each in REVOKES})
    assert housekeeping.REVOCATIONS in parts.schedules
