"""People are asked into a workspace, and join it or not: by the mailed link alone, or signed in."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url

from auth.acts import inviting
from auth.domain import user, workspace
from auth.domain.user_messages import SignUp
from auth.domain.workspace_messages import OpenWorkspace
from auth.projections import invitations
from auth.pruning import SCHEDULES
from chassis import ids
from chassis.errors import ServiceError
from chassis.identity import service_actor
from chassis.personal import keep
from chassis.unit import feed, rebuilding
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from integration.stages.claimants import nobodys
from integration.stages.deaf_services import Person
from integration.stages.guests import DEAD, Guests, guests
from servers.postgres import Server

DAY = timedelta(days=1)
ANOTHER, REVOKED = "another password of theirs", "chassis.token_revoked"


@pytest.fixture(scope="module")
def house(postgres_server: Server) -> Iterator[Guests]:
    with guests(postgres_server) as made:
        yield made


@pytest.fixture
def owner(house: Guests) -> Person:
    return house.somebody()


def test_who_signs_up_by_an_invitation_is_in_that_workspace_and_has_no_other(
    house: Guests, owner: Person
) -> None:
    email = nobodys()
    workspaces = house.count("workspace", "true")
    token = house.invited(owner, email, "admin")
    shown = house.call(None, "get_invitation", token=token)
    assert (shown["workspace_name"], shown["email"], shown["role"], shown["logo"]) == (
        *("Kari's Workspace", email, "admin"),
        None,
    )

    asked = {"name": "Ola", "email": email, "invitation_token": token}
    after_it = house.auth.code("sign_up", **asked, password="Kari's Workspace1!")
    assert after_it == "auth.password_is_context"
    made, again = (house.signed_up(email, token, idempotency_key=email) for _ in range(2))

    mine = house.me(owner)["workspace_id"]
    assert made == again
    assert (made["workspace_id"], made["version"]) == (mine, 2)
    assert house.count("session", f"user_id = '{made['user_id']}'") == 0
    assert house.count("workspace", "true") == workspaces
    invited = Person(house.services, email, made["user_id"])
    me = house.me(invited)
    assert (me["workspace_id"], me["role"], me["email_verified"]) == (mine, "admin", True)
    assert house.code(None, "get_invitation", token=token) == DEAD
    ((state, hashed),) = house.auth.rows(
        f"select state, token from invitation where email = '{email}'"
    )
    assert (state, hashed[:8]) == ("accepted", "[erased]")


@pytest.mark.asvs("6.3.8")
def test_whoever_has_an_account_is_answered_alike_and_told_by_mail(
    house: Guests, owner: Person
) -> None:
    known, unknown = house.somebody(), nobodys()
    token = house.invited(owner, known.email)
    before = house.me(known)
    answers = [
        house.signed_up(known.email, token, ANOTHER),
        house.signed_up(unknown, house.invited(owner, unknown)),
    ]

    assert answers[0].keys() == answers[1].keys()
    assert [each["workspace_id"] for each in answers] == [house.me(owner)["workspace_id"]] * 2
    assert [each["version"] for each in answers] == [2, 2]
    assert house.auth.mailed(known.email)[-1].endswith("tried to sign up with your address")
    assert house.count('"user"', f"id = '{answers[0]['user_id']}'") == 0
    assert house.me(known) == before
    assert house.call(known, "accept_invitation", token=token)["role"] == "member"


def test_by_an_invitation_an_address_that_was_claimed_is_of_whoever_was_invited(
    house: Guests, owner: Person
) -> None:
    email = nobodys()
    house.auth.sign_up(email, ANOTHER, "Stranger")
    claimed = house.link(email)
    token = house.invited(owner, email)
    house.auth.sign_up(email, ANOTHER, "Stranger")  # once more: the invitation stays good
    house.signed_up(email, token)

    assert house.count("claim", f"email_folded = '{email}'") == 0
    dead = house.auth.code("verify_email", token=claimed, password=ANOTHER)
    assert dead == "auth.token_invalid"
    house.services.now += DAY
    assert house.auth.sign_in(email, ANOTHER) == "auth.invalid_credentials"
    assert house.auth.sign_in(email) == "answered"


def test_by_an_invitation_an_account_that_was_never_verified_moves(
    house: Guests, owner: Person
) -> None:
    email, user_id, workspace_id = nobodys(), ids.fresh(), ids.fresh()

    def make(unit: Unit) -> None:  # as before there were claims
        texts = {"name": "Ola", "email": email, "email_folded": email}
        unit.execute(keep(user_id, user_id, texts))
        unit.execute(keep(workspace_id, workspace_id, {"name": "Ola's", "slug": str(user_id)}))
        opened = OpenWorkspace(workspace_id=workspace_id, owner_user_id=user_id)
        unit.decide(workspace.decider, workspace_id, opened)
        unit.decide(user.decider, user_id, SignUp(workspace_id=workspace_id))

    house.auth.app.attempt(by_auth(house), make)

    made = house.signed_up(email, house.invited(owner, email))

    assert made["user_id"] == str(user_id)
    me = house.me(Person(house.services, email, str(user_id)))
    assert (me["workspace_id"], me["email_verified"]) == (house.me(owner)["workspace_id"], True)
    assert house.count("workspace", f"id = '{workspace_id}' and closed_at is not null") == 1


def by_auth(house: Guests) -> Call:
    return Call(
        id=ids.fresh(),
        at=house.services.now,
        actor=service_actor("auth"),
        correlation_id=str(ids.fresh()),
    )


def test_who_is_signed_in_accepts_and_their_own_unused_workspace_is_closed(
    house: Guests, owner: Person
) -> None:
    person = house.somebody()
    own = house.me(person)["workspace_id"]
    token = house.invited(owner, person.email)
    (offered,) = house.call(person, "list_my_invitations")["items"]
    assert (offered["workspace_name"], offered["role"]) == ("Kari's Workspace", "member")

    accepted = house.call(person, "accept_invitation", token=token)

    mine = house.me(owner)["workspace_id"]
    assert (accepted["id"], accepted["workspace_id"]) == (offered["invitation_id"], mine)
    assert accepted["role"] == "member"
    assert house.me(person)["workspace_id"] == mine
    assert house.count("workspace", f"id = '{own}' and closed_at is not null") == 1
    assert house.call(person, "list_my_invitations")["items"] == []
    page = house.call(owner, "list_invitations")
    assert page == {"items": [], "next_cursor": None}


def test_an_invitation_is_accepted_or_declined_by_its_id_as_well(
    house: Guests, owner: Person
) -> None:
    person, other = house.somebody(), house.somebody()
    declined, accepted = house.invite(owner, person.email), house.invite(other, person.email)
    of_person = house.call(person, "list_my_invitations")["items"]
    assert {each["invitation_id"] for each in of_person} == {declined["id"], accepted["id"]}

    house.call(person, "decline_invitation", invitation_id=declined["id"])
    assert house.code(person, "accept_invitation", invitation_id=declined["id"]) == DEAD
    house.call(person, "accept_invitation", invitation_id=accepted["id"])
    assert house.me(person)["workspace_id"] == house.me(other)["workspace_id"]


def test_who_is_in_the_workspace_already_stays_what_they_are(house: Guests, owner: Person) -> None:
    admin = house.member(owner, "admin")
    token = house.invited(owner, admin.email)
    assert house.call(admin, "accept_invitation", token=token)["role"] == "admin"
    assert house.me(admin)["role"] == "admin"


def test_whose_workspace_has_others_stays_in_it(house: Guests, owner: Person) -> None:
    busy = house.somebody()
    house.member(busy)
    token = house.invited(owner, busy.email)
    code = house.code(busy, "accept_invitation", token=token)
    assert code == "auth.already_in_workspace"
    assert house.call(None, "get_invitation", token=token)  # nothing is spent


def test_a_later_invitation_of_an_address_takes_the_place_of_an_earlier_one(
    house: Guests, owner: Person
) -> None:
    email = nobodys()
    first = house.invited(owner, email, "owner")
    second = house.invited(owner, email.upper(), "admin")
    (listed,) = house.call(owner, "list_invitations")["items"]
    assert (listed["email"].lower(), listed["role"]) == (email, "admin")
    assert house.code(None, "get_invitation", token=first) == DEAD
    assert house.call(None, "get_invitation", token=second)["role"] == "admin"
    assert "token" not in listed


def unknown(house: Guests, owner: Person, email: str) -> str:
    return uuid4().hex


def run_out(house: Guests, owner: Person, email: str) -> str:
    token = house.invited(owner, email)
    house.services.now += 7 * DAY
    assert house.call(owner, "list_invitations")["items"] == []
    return token


def cancelled(house: Guests, owner: Person, email: str) -> str:
    token = house.invited(owner, email)
    (stands,) = house.call(owner, "list_invitations")["items"]
    house.call(owner, "cancel_invitation", invitation_id=stands["id"])
    house.call(owner, "cancel_invitation", invitation_id=stands["id"])  # nothing is left to do
    return token


def of_another_address(house: Guests, owner: Person, email: str) -> str:
    return house.invited(owner, nobodys())


def of_another_purpose(house: Guests, owner: Person, email: str) -> str:
    address = nobodys()
    house.auth.sign_up(address)
    return house.link(address)


def by_who_was_removed(house: Guests, owner: Person, email: str) -> str:
    admin = house.member(owner, "admin")
    token = house.invited(admin, email)
    house.call(owner, "remove_member", user_id=admin.user_id)
    return token


def by_who_was_demoted(house: Guests, owner: Person, email: str) -> str:
    admin = house.member(owner, "admin")
    token = house.invited(admin, email, "admin")
    house.call(owner, "change_member_role", user_id=admin.user_id, role="member")
    return token


@pytest.mark.parametrize(
    "dead",
    [
        unknown,
        run_out,
        cancelled,
        of_another_address,
        of_another_purpose,
        by_who_was_removed,
        by_who_was_demoted,
    ],
)
def test_what_is_no_invitation_any_more_is_answered_as_one_that_never_was(
    house: Guests, owner: Person, dead: Callable[[Guests, Person, str], str]
) -> None:
    person = house.somebody()
    token = dead(house, owner, person.email)
    own = house.me(person)["workspace_id"]

    assert house.code(person, "accept_invitation", token=token) == DEAD
    asked = {"name": "Kari", "email": person.email, "password": ANOTHER}
    assert house.auth.code("sign_up", **asked, invitation_token=token) == DEAD
    if dead is not of_another_address:
        assert house.code(None, "get_invitation", token=token) == DEAD
    if dead not in (by_who_was_removed, by_who_was_demoted):  # who declines harms nobody
        assert house.code(person, "decline_invitation", token=token) == DEAD
    assert house.call(person, "list_my_invitations")["items"] == []
    assert house.me(person)["workspace_id"] == own


def test_an_id_that_is_anothers_or_nobodys_or_has_run_out_is_no_invitation(
    house: Guests, owner: Person
) -> None:
    person = house.somebody()
    theirs, old = house.invite(owner, nobodys())["id"], house.invite(owner, person.email)["id"]
    house.services.now += 7 * DAY
    for id in (theirs, str(uuid4()), old):
        for method in ("accept_invitation", "decline_invitation"):
            assert house.code(person, method, invitation_id=id) == DEAD


def test_an_invitation_is_named_by_its_token_or_its_id(house: Guests, owner: Person) -> None:
    both = {"token": "a-token", "invitation_id": str(uuid4())}
    for method in ("accept_invitation", "decline_invitation"):
        for given in ({}, both):
            assert house.code(owner, method, **given) == "chassis.invalid_argument"


def test_nobody_offers_more_than_they_are(house: Guests, owner: Person) -> None:
    admin, member = house.member(owner, "admin"), house.member(owner)
    offer = {"idempotency_key": uuid4().hex, "email": nobodys(), "role": "owner"}
    assert house.code(admin, "invite_member", **offer) == "auth.above_own_role"
    assert house.code(member, "invite_member", **offer) == "chassis.not_allowed"
    offered = house.invite(owner, offer["email"], "owner")
    again = {"idempotency_key": uuid4().hex, "invitation_id": offered["id"]}
    assert house.code(admin, "resend_invitation", **again) == "auth.above_own_role"
    theirs = house.me(owner)["workspace_id"]
    assert house.invite(house.services.admin, nobodys(), "owner", workspace_id=theirs)


def test_a_system_admin_may_own_what_they_have_made(house: Guests) -> None:
    admin = house.services.system_admin()
    of = {"name": "Ours", "owner_email": admin.email, "send_mail": False}
    made = house.call(admin, "create_workspace", idempotency_key=uuid4().hex, **of)
    house.call(admin, "accept_invitation", token=made["token"])
    me = house.me(admin)
    assert (me["workspace_id"], me["role"]) == (made["id"], "owner")


@pytest.mark.asvs("8.4.1")
def test_anothers_workspace_has_no_invitations(house: Guests, owner: Person) -> None:
    stranger = house.somebody()
    id, theirs = house.invite(owner, nobodys())["id"], house.me(owner)["workspace_id"]
    for method in ("resend_invitation", "cancel_invitation"):
        key = {"idempotency_key": uuid4().hex}
        assert house.code(stranger, method, invitation_id=id, **key) == "auth.invitation_not_found"
    named = {"workspace_id": theirs}
    offer = {"idempotency_key": uuid4().hex, "email": nobodys(), **named}
    assert house.code(stranger, "invite_member", **offer) == "auth.workspace_not_found"
    assert house.code(stranger, "list_invitations", **named) == "auth.workspace_not_found"
    (seen,) = house.call(house.services.admin, "list_invitations", **named)["items"]
    assert seen["id"] == id


def test_a_suspended_workspace_invites_nobody_and_nobody_joins_it(
    house: Guests, owner: Person
) -> None:
    person, email = house.somebody(), nobodys()
    token = house.invited(owner, person.email)
    by_mail = house.invited(owner, email)
    suspended = {"workspace_id": house.me(owner)["workspace_id"], "reason": "unpaid"}
    house.call(house.services.admin, "set_workspace_status", status="suspended", **suspended)

    offer = {"idempotency_key": uuid4().hex, "email": nobodys()}
    assert house.code(owner, "invite_member", **offer) == "auth.workspace_suspended"
    code = house.code(person, "accept_invitation", token=token)
    assert code == "auth.workspace_suspended"
    for address, link in ((email, by_mail), (person.email, token)):  # known or not: alike
        asked = {"name": "Kari", "email": address, "password": ANOTHER, "invitation_token": link}
        assert house.auth.code("sign_up", **asked) == "auth.workspace_suspended"


def test_an_invitation_is_sent_again_three_times_a_day_and_every_link_leads_in(
    house: Guests, owner: Person
) -> None:
    email = nobodys()
    first = house.invited(owner, email)
    (stands,) = house.call(owner, "list_invitations")["items"]
    for _ in range(3):
        house.services.now += timedelta(hours=2)
        resent = house.again(owner, stands["id"])
    assert resent["expires_at"] > stands["expires_at"]
    again = {"idempotency_key": uuid4().hex, "invitation_id": stands["id"]}
    code, wait_s = house.refusal(owner, "resend_invitation", **again)
    assert (code, wait_s) == ("auth.too_many_invitations", 20 * 3_600)

    *_, latest = links = house.auth.links(email)
    assert len(links) == 4
    for token in (first, latest):
        assert house.call(None, "get_invitation", token=token)["email"] == email
    house.services.now += 6 * DAY + timedelta(hours=20)
    assert house.code(None, "get_invitation", token=first) == DEAD  # a link's own time ends
    house.signed_up(email, latest)
    assert house.code(None, "get_invitation", token=links[-2]) == DEAD


def test_a_workspace_invites_twenty_a_day_and_has_a_hundred_waiting(
    house: Guests, owner: Person
) -> None:
    stands = house.invite(owner, nobodys())
    more(house, stands["id"], 18)
    house.invite(owner, nobodys())
    offer = {"idempotency_key": uuid4().hex, "email": nobodys()}
    code, wait_s = house.refusal(owner, "invite_member", **offer)
    assert code == "auth.too_many_invitations"
    assert wait_s is not None and 86_300 < wait_s <= 86_400

    house.services.now += DAY
    more(house, stands["id"], 80)
    code, wait_s = house.refusal(owner, "invite_member", **offer)
    assert code == "auth.too_many_invitations"
    assert wait_s is not None and 6 * 86_400 - 100 < wait_s <= 6 * 86_400
    ((email,),) = house.auth.rows(f"select email from invitation where id = '{stands['id']}'")
    assert house.invite(owner, email)["version"] == 1  # in the place of its own


def test_what_was_mailed_with_an_invitation_is_good_for_nothing_else(
    house: Guests, owner: Person
) -> None:
    token = house.invited(owner, nobodys())
    dead = house.auth.code("verify_email", token=token, password=ANOTHER)
    assert dead == "auth.token_invalid"
    dead = house.auth.code("reset_password", token=token, new_password=ANOTHER)
    assert dead == "auth.token_invalid"
    assert house.call(None, "get_invitation", token=token)


def test_an_address_that_is_forgotten_is_invited_no_more_and_a_rebuild_shows_the_same(
    house: Guests, owner: Person
) -> None:
    email, kept = nobodys(), nobodys()
    for each in (email, kept):
        house.invited(owner, each)
    declined = house.somebody()
    token = house.invited(owner, declined.email)
    house.call(declined, "decline_invitation", token=token)

    house.auth.app.attempt(by_auth(house), partial(inviting.forget, address=email))
    house.auth.app.attempt(by_auth(house), partial(inviting.forget, address=declined.email))

    of_invitations = "personal where row_id in (select id from invitation) and value"
    for each in (email, declined.email):
        for where in ("invitation where email_folded", of_invitations):
            assert house.auth.rows(f"select 1 from {where} = '{each}'") == []
    (stands,) = house.call(owner, "list_invitations")["items"]
    assert stands["email"] == kept
    assert_a_rebuild_shows_the_same(house)
    house.services.now += 15 * DAY  # the mailed tokens go
    (prune,) = (each for each in SCHEDULES if each.name == "prune_verifications")
    prune.run(house.auth.app)
    assert house.count("verification", f"identifier = '{kept}'") == 0
    assert_a_rebuild_shows_the_same(house)


def assert_a_rebuild_shows_the_same(house: Guests) -> None:
    app = house.auth.app
    while feed.number(app.engine):
        pass
    url = make_url(house.services.owners["auth"]).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    with engine.begin() as connection:
        rebuilding.fill(connection, app.codec, [invitations.projection])
    engine.dispose()
    columns = ", ".join(each.name for each in invitations.table.c)
    of_events = f"select {columns} from {{}} where email <> '-' order by id"  # a test made others
    rebuilt, live = (
        house.auth.rows(of_events.format(each)) for each in ("rebuilt.invitation", "invitation")
    )
    assert len(live) >= 3 and live == rebuilt
    house.auth.rows("drop schema rebuilt cascade")


def more(house: Guests, like: str, many: int) -> None:
    """Let so many other invitations stand beside one."""
    house.auth.rows(
        "insert into invitation (id, email, email_folded, workspace_id, token, expires_at,"
        " created_at, invited_by) select gen_random_uuid(), '-', '-', workspace_id,"
        " gen_random_uuid(), expires_at, created_at, invited_by"
        f" from invitation, generate_series(1, {many}) where id = '{like}'"
    )


def test_of_fifty_who_accept_one_invitation_at_once_one_does(house: Guests, owner: Person) -> None:
    person = house.somebody()
    token = house.invited(owner, person.email)

    codes = at_once(house, person, [token] * 50)

    assert codes.count("answered") == 1
    assert set(codes) <= {"answered", DEAD, REVOKED}
    assert len(house.call(owner, "list_members")["items"]) == 2
    joined = "type in ('MemberJoined', 'Accepted') and data->>'user_id'"
    assert house.count("events", f"{joined} = '{person.user_id}'") == 2


def test_of_two_invitations_that_one_person_accepts_at_once_one_counts(house: Guests) -> None:
    for _ in range(3):  # rivals do not always meet
        person, hosts = house.somebody(), [house.somebody(), house.somebody()]

        codes = at_once(house, person, [house.invited(host, person.email) for host in hosts])

        assert codes.count("answered") == 1
        assert set(codes) <= {"answered", "auth.already_in_workspace", REVOKED}
        workspaces = [house.me(each)["workspace_id"] for each in hosts]
        assert house.me(person)["workspace_id"] == workspaces[codes.index("answered")]
        members = [len(house.call(each, "list_members")["items"]) for each in hosts]
        assert sorted(members) == [1, 2]


def at_once(house: Guests, person: Person, tokens: list[str]) -> list[str]:
    """Let somebody accept by each of these at the same moment; return the codes, in their order."""
    access, start = house.access(person), Barrier(len(tokens))

    def accept(token: str) -> str:
        start.wait()
        try:
            house.services.call("auth", "accept_invitation", access, token=token)
        except ServiceError as refusal:
            return refusal.code
        return "answered"

    with ThreadPoolExecutor(len(tokens)) as rivals:
        return list(rivals.map(accept, tokens))
