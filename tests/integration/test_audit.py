"""What system admins look up: who did what, whom auth did not let in, people and workspaces."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from chassis.errors import Invalid, ServiceError
from integration.stages.box_database import all_at_once
from integration.stages.deaf_services import Browser, Person, Services
from servers.postgres import Server

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(scope="module")
def services(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    with ExitStack() as ending:
        yield Services(postgres_server, tmp_path_factory.mktemp("admins"), ending, ("auth",))


@pytest.fixture
def admin(services: Services) -> Browser:
    services.now += MINUTE  # each test has times of its own
    return services.admin.signed_in()


def looked_up(admin: Browser, method: str, limit: int = 7, **wanted: Any) -> list[dict[str, Any]]:
    """Return all that a list holds, read page by page."""
    items, cursor, token = list[dict[str, Any]](), None, admin.access()
    while True:
        page = admin.services.call("auth", method, token, **wanted, limit=limit, cursor=cursor)
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def types(found: list[dict[str, Any]]) -> list[str]:
    return [each["type"] for each in found]


def test_what_was_done_is_found_by_whom_about_whom_and_where(
    services: Services, admin: Browser
) -> None:
    kari, ola = services.somebody(), services.somebody()
    services.now += MINUTE
    since = services.now
    token = kari.signed_in().access()
    workspace = services.call("auth", "get_workspace", token)["id"]
    services.now += MINUTE
    services.call("auth", "update_workspace", token, name="Kari & Co")
    services.now += MINUTE
    services.ban(kari)
    services.ban(ola)

    by_kari = looked_up(admin, "audit", actor_id=kari.user_id)
    assert types(by_kari) == ["ProfileChanged"]
    assert by_kari[0] == {
        "at": by_kari[0]["at"],
        "type": "ProfileChanged",
        "actor": f"person:{kari.user_id}",
        "as_user": None,
        "on_behalf_of": None,
        "impersonation": None,
        "workspace_id": workspace,
        "stream_id": f"workspace-{workspace}",
        "version": by_kari[0]["version"],
        "count": 1,
    }
    about_kari = looked_up(admin, "audit", user_id=kari.user_id, since=since.isoformat())
    assert types(about_kari) == ["SessionEnded", "SessionEnded", "UserBanned", "SessionStarted"]
    assert {each["actor"] for each in about_kari[:-1]} == {f"person:{services.admin.user_id}"}
    there = looked_up(admin, "audit", workspace_id=workspace)
    assert types(there)[-2:] == ["SignedUp", "WorkspaceOpened"]
    assert {each["workspace_id"] for each in there} == {workspace}


def test_a_time_and_a_type_narrow_it(services: Services, admin: Browser) -> None:
    person = services.somebody()
    before = services.now
    for _ in range(3):
        services.now += MINUTE
        person.signed_in()
    bounds: dict[str, Any] = {
        "since": (before + MINUTE).isoformat(),
        "until": services.now.isoformat(),
    }

    starts = looked_up(admin, "audit", type="SessionStarted", **bounds)
    assert [datetime.fromisoformat(each["at"]) for each in starts] == [
        before + n * MINUTE for n in (2, 1)
    ]
    assert looked_up(admin, "audit", type="SessionStarted", user_id=str(uuid4())) == []


def test_each_event_is_listed_once_whatever_asks_for_it(services: Services, admin: Browser) -> None:
    everything = looked_up(admin, "audit", until=services.now.isoformat())
    places = [(each["stream_id"], each["version"]) for each in everything if "code" not in each]
    ((stored,),) = services.run(
        "auth", f"select count(*) from events where recorded_at < '{services.now.isoformat()}'"
    )

    assert len(set(places)) == len(places) == stored
    assert [each["at"] for each in everything] == sorted(
        (each["at"] for each in everything), reverse=True
    )


def refused(services: Services, email: str, times: int = 1) -> list[Any]:
    """Sign in with a wrong password, all at once; return the codes."""

    def sign_in() -> str:
        try:
            services.call("auth", "sign_in", None, email=email, password="not the password")
        except ServiceError as refusal:
            return refusal.code
        return "let in"

    return all_at_once([sign_in] * times)


@pytest.mark.asvs("16.3.1")
def test_who_was_not_let_in_is_counted_by_the_minute(services: Services, admin: Browser) -> None:
    person, since = services.somebody(), services.now
    assert set(refused(services, person.email, times=4)) == {"auth.invalid_credentials"}
    refused(services, "nobody@example.com", times=3)
    services.now += MINUTE
    refused(services, person.email)

    found = looked_up(admin, "audit", 1, type="sign_in", since=since.replace(second=0).isoformat())
    counts = {(each["stream_id"], each["code"], each["count"]) for each in found}
    whom = f"user-{person.user_id}"
    assert counts == {
        (whom, "auth.invalid_credentials", 4),
        (whom, "auth.invalid_credentials", 1),
        (None, "auth.invalid_credentials", 3),
    }
    about = looked_up(admin, "audit", 1, user_id=person.user_id)
    assert types(about)[:2] == ["sign_in", "sign_in"]
    assert looked_up(admin, "audit", actor_id=person.user_id) == []


def test_who_is_banned_and_who_has_no_session_any_more_are_counted_too(
    services: Services, admin: Browser
) -> None:
    person = services.somebody()
    browser = person.signed_in()
    services.ban(person)
    services.now += MINUTE
    since = services.now.replace(second=0).isoformat()
    for attempt in (person.signed_in, browser.access):
        with pytest.raises(ServiceError):
            attempt()

    found = looked_up(admin, "audit", since=since)
    assert {(each["type"], each["code"]) for each in found if "code" in each} == {
        ("sign_in", "auth.user_banned"),
        ("authenticate", "auth.session_unknown"),
    }


def test_no_address_stands_in_what_is_counted(services: Services, admin: Browser) -> None:
    refused(services, "stranger@example.com")
    rows = services.run("auth", "select refusal::text from refusal")
    assert rows
    assert [each for (each,) in rows if "@" in each] == []


def test_a_cursor_holds_for_its_own_question_alone(services: Services, admin: Browser) -> None:
    others: dict[str, dict[str, Any]] = {
        "audit": {"type": "SignedUp"},
        "list_users": {"search": "kari"},
        "list_workspaces": {"search": "kari"},
    }
    for method, other in others.items():
        ask = partial(services.call, "auth", method, admin.access(), limit=1)
        services.somebody()
        cursor = ask()["next_cursor"]
        with pytest.raises(Invalid) as refusal:
            ask(**other, cursor=cursor)
        assert refusal.value.code == "chassis.cursor_invalid"


def named(services: Services, name: str) -> Person:
    """Return somebody whose workspace bears that name too."""
    person = services.somebody()
    for table, of in (('"user"', "id"), ("workspace", "(select workspace_id from person)")):
        services.run(
            "auth",
            f"with person as (select * from \"user\" where id = '{person.user_id}')"
            f" update {table} set name = '{name}' where id = "
            + (f"'{person.user_id}'" if of == "id" else of),
        )
    return person


def test_people_are_found_by_a_part_of_name_or_address_large_or_small(
    services: Services, admin: Browser
) -> None:
    astrid, percent = named(services, "Astrid ÅSE Berg"), named(services, "100% Ola_Nordmann")

    def found(search: str) -> list[str]:
        return [each["id"] for each in looked_up(admin, "list_users", search=search)]

    assert found("rid åse") == [astrid.user_id]
    assert found(astrid.email.upper()[2:]) == [astrid.user_id]
    assert found("% ola_") == [percent.user_id]
    assert found("%nordmann") == []
    shown = looked_up(admin, "list_users", search="rid åse")[0]
    assert (shown["name"], shown["email"], shown["status"]) == (
        "Astrid ÅSE Berg",
        astrid.email,
        "active",
    )


@pytest.mark.parametrize(
    ("name", "search", "others"),
    [("İpek Öz", "İPEK ö", "Ipek Ozz"), ("Jürgen Weiß", "weiß", "JÜRGEN WEIS")],
)
def test_a_letter_whose_other_case_is_two_is_found_and_no_other(
    services: Services, admin: Browser, name: str, search: str, others: str
) -> None:
    meant, _ = named(services, name), named(services, others)
    assert [each["id"] for each in looked_up(admin, "list_users", search=search)] == [meant.user_id]


def test_people_are_pending_active_or_inactive(services: Services, admin: Browser) -> None:
    away, present, new = (services.somebody() for _ in range(3))
    services.run("auth", f"update \"user\" set email_verified = false where id = '{new.user_id}'")
    services.now += 29 * DAY
    services.run(
        "auth",
        "insert into seen_device values"
        f" ('{present.user_id}', 'h', '{services.now}', '{services.now}')",
    )
    services.now += 1 * DAY
    admin = services.admin.signed_in()

    def standing(status: str) -> set[str]:
        return {each["id"] for each in looked_up(admin, "list_users", status=status)}

    people = {away.user_id, present.user_id, new.user_id}
    assert standing("inactive") & people == {away.user_id}
    assert standing("active") & people == {present.user_id}
    assert standing("pending") & people == {new.user_id}


def test_people_are_listed_by_role_and_workspace_the_newest_first(
    services: Services, admin: Browser
) -> None:
    kari = services.somebody()
    services.now += MINUTE
    ola = services.somebody()
    workspace = services.call("auth", "get_workspace", kari.signed_in().access())["id"]
    services.run(
        "auth",
        f"update \"user\" set workspace_id = '{workspace}', role = 'admin'"
        f" where id = '{ola.user_id}'",
    )

    def found(**wanted: Any) -> list[str]:
        return [each["id"] for each in looked_up(admin, "list_users", **wanted)]

    assert found(workspace_id=workspace) == [ola.user_id, kari.user_id]
    assert found(workspace_id=workspace, role="owner") == [kari.user_id]


def test_workspaces_are_found_by_name_slug_and_their_owner(
    services: Services, admin: Browser
) -> None:
    owner = named(services, "Fjord Eiendom")
    member = named(services, "Somebody Else")
    ((workspace, slug),) = services.run(
        "auth",
        'select w.id, w.slug from workspace w join "user" u on u.workspace_id = w.id'
        f" where u.id = '{owner.user_id}'",
    )
    services.run(
        "auth",
        f"update \"user\" set workspace_id = '{workspace}', role = 'member'"
        f" where id = '{member.user_id}'",
    )
    for search in ("ord eien", slug[2:], owner.email[2:]):
        (found,) = looked_up(admin, "list_workspaces", search=search)
        assert found["id"] == workspace
        assert (found["member_count"], found["owner_email"]) == (2, owner.email)
    assert looked_up(admin, "list_workspaces", search=member.email) == []


def test_of_several_owners_the_one_is_named_who_has_been_it_longest(
    services: Services, admin: Browser
) -> None:
    first, second = services.somebody(), services.somebody()
    workspace = services.call("auth", "get_workspace", second.signed_in().access())["id"]
    services.run(
        "auth",
        f"update \"user\" set workspace_id = '{workspace}' where id = '{first.user_id}'",
    )
    (found,) = looked_up(admin, "list_workspaces", search=second.email)
    assert (found["owner_email"], found["member_count"]) == (first.email, 2)


def test_workspaces_are_listed_by_status_and_plan(services: Services, admin: Browser) -> None:
    on_trial = services.somebody()
    workspace = services.call("auth", "get_workspace", on_trial.signed_in().access())["id"]
    services.run(
        "auth", f"update workspace set status = 'trial', plan = 'pro' where id = '{workspace}'"
    )
    wanted: dict[str, Any] = {"status": "trial", "plan": "pro"}
    assert [each["id"] for each in looked_up(admin, "list_workspaces", **wanted)] == [workspace]


def test_nobody_else_looks_them_up(services: Services) -> None:
    token = services.somebody().signed_in().access()
    for method in ("audit", "list_users", "list_workspaces"):
        with pytest.raises(ServiceError) as refusal:
            services.call("auth", method, token)
        assert refusal.value.code == "chassis.not_allowed"
