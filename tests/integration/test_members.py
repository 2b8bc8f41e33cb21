"""Who is in a workspace, and as what: told what they may, taken out, and never the last owner."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import cycle
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from integration.stages.box_database import all_at_once
from integration.stages.deaf_services import Services
from integration.stages.workspaces_people import ANSWERED, MICROSECOND, Member, Tenants, code
from servers.postgres import Server
from waiting import until

AT_ONCE, CHANGES, RACES, PATIENCE_S = 50, 25, 5, 60.0
REVOKED, NOBODY, LAST = "chassis.token_revoked", "auth.user_not_found", "auth.last_owner"
ABOVE = "auth.above_own_role"


@pytest.fixture(scope="module")
def tenants(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenants]:
    with ExitStack() as ending:
        folder = tmp_path_factory.mktemp("members")
        tenants = Tenants(Services(postgres_server, folder, ending, ("auth", "billing")))
        yield tenants
        assert tenants.broken() == {}
        live, rebuilt = tenants.rows()
        assert live and live == rebuilt


def test_people_are_listed_without_what_concerns_no_other_member(tenants: Tenants) -> None:
    founder = tenants.founder()
    member = tenants.joins(founder, "member")
    stranger = tenants.founder()

    listed = member.asks("list_members")["items"]
    assert {(each["id"], each["role"]) for each in listed} == {
        (founder.id, "owner"),
        (member.id, "member"),
    }
    hidden = {"email_folded", "banned", "ban_reason", "ban_expires", "totp_enabled"}
    assert hidden.isdisjoint(listed[0])
    named = {"workspace_id": founder.workspace_id}
    assert tenants.admin.asks("list_members", **named)["items"] == listed
    assert stranger.code("list_members", **named) == "auth.workspace_not_found"
    assert tenants.admin.code("list_members") == "auth.no_workspace"
    nowhere = {"workspace_id": str(uuid4())}
    assert tenants.admin.code("list_members", **nowhere) == "auth.workspace_not_found"


def test_a_role_that_was_changed_counts_from_then_on(tenants: Tenants) -> None:
    founder = tenants.founder()
    member = tenants.joins(founder, "member")
    old = member.browser.access()

    changed = founder.asks("change_member_role", user_id=member.id, role="admin")
    again = founder.asks("change_member_role", user_id=member.id, role="admin")

    assert changed == again and changed["id"] == founder.workspace_id
    assert code(partial(tenants.services.call, "auth", "me", old)) == REVOKED
    assert member.standing == (founder.workspace_id, "admin")
    assert member.asks("update_workspace", name="Kari og Ola")["id"] == founder.workspace_id


def test_a_token_drawn_in_the_second_of_a_role_change_sees_the_new_role(tenants: Tenants) -> None:
    founder = tenants.founder()
    member = tenants.joins(founder, "member")
    call, owner = tenants.services.call, founder.browser.access()
    with tenants.services.ticking():
        for _, role in zip(range(CHANGES), cycle(("admin", "member")), strict=False):
            call("auth", "change_member_role", owner, user_id=member.id, role=role)
            drawn = call("auth", "authenticate", None, session_token=member.browser.session_token)
            assert drawn["role"] == role
            assert call("auth", "me", drawn["access_token"])["role"] == role


def rises(tenants: Tenants, founder: Member, member: Member) -> Callable[[], object]:
    tenants.join(member, founder, "member")
    change = partial(tenants.services.call, "auth", "change_member_role", founder.browser.access())
    return partial(change, user_id=member.id, role="admin")


def comes(tenants: Tenants, founder: Member, member: Member) -> Callable[[], object]:
    return partial(tenants.join, member, founder, "admin")


@pytest.mark.parametrize("becomes_admin", [rises, comes])
def test_a_token_drawn_beside_a_change_of_place_waits_for_it(
    tenants: Tenants, becomes_admin: Callable[[Tenants, Member, Member], Callable[[], object]]
) -> None:
    founder, member, services = tenants.founder(), tenants.founder(), tenants.services
    change = becomes_admin(tenants, founder, member)
    draw = partial(services.call, "auth", "authenticate", None)

    def waiting() -> int:
        ((count,),) = services.run("auth", "select count(*) from pg_locks where not granted")
        return int(count)

    with psycopg.connect(services.owners["auth"]) as locked, ThreadPoolExecutor(2) as threads:
        locked.execute('select from "user" where id = %s for update', [member.id])
        changing = threads.submit(change)
        until(lambda: waiting() == 1, what="the change's wait")
        services.now += MICROSECOND
        drawing = threads.submit(draw, session_token=member.browser.session_token)
        until(lambda: drawing.done() or waiting() > 1, what="a token or a wait for it")
        locked.rollback()
        changing.result(PATIENCE_S)
        drawn = drawing.result(PATIENCE_S)
    assert (drawn["workspace_id"], drawn["role"]) == (founder.workspace_id, "admin")


def test_whose_member_it_is_not_is_as_one_that_never_was(tenants: Tenants) -> None:
    founder, other = tenants.founder(), tenants.founder()
    tenants.joins(other, "admin")
    for user_id in (other.id, str(uuid4()), tenants.admin.id):
        for method, more in (
            ("change_member_role", {"role": "admin"}),
            ("transfer_ownership", {}),
            ("remove_member", {}),
        ):
            assert founder.code(method, user_id=user_id, **more) == NOBODY
    assert other.standing[1] == "owner"


def test_nobody_takes_out_who_stands_as_high_or_changes_more_than_they_may(
    tenants: Tenants,
) -> None:
    founder = tenants.founder()
    admin, second, member = (tenants.joins(founder, r) for r in ("admin", "admin", "member"))

    assert admin.code("remove_member", user_id=founder.id) == ABOVE
    assert admin.code("remove_member", user_id=second.id) == ABOVE
    assert member.code("remove_member", user_id=second.id) == ABOVE
    for who in (admin, member):
        refused = who.code("change_member_role", user_id=member.id, role="admin")
        assert refused == "chassis.not_allowed"
    assert admin.code("remove_member", user_id=member.id) == ANSWERED
    assert second.code("remove_member", user_id=second.id) == ANSWERED
    assert founder.code("remove_member", user_id=admin.id) == ANSWERED
    assert {each.standing for each in (admin, second, member)} == {(None, "member")}


def test_the_last_owner_stays_until_another_owns_it(tenants: Tenants) -> None:
    founder = tenants.founder()
    member = tenants.joins(founder, "member")

    assert founder.code("remove_member", user_id=founder.id) == LAST
    assert founder.code("change_member_role", user_id=founder.id, role="admin") == LAST
    assert founder.code("transfer_ownership", user_id=founder.id) == LAST
    assert tenants.admin.code("remove_member", user_id=founder.id) == LAST
    assert founder.code("transfer_ownership", user_id=member.id) == ANSWERED
    assert (founder.standing[1], member.standing[1]) == ("admin", "owner")
    assert founder.code("remove_member", user_id=founder.id) == ANSWERED


def test_a_system_admin_gives_a_workspace_to_one_of_its_members(tenants: Tenants) -> None:
    founder = tenants.founder()
    second, member = tenants.joins(founder, "owner"), tenants.joins(founder, "member")

    tenants.admin.asks("transfer_ownership", user_id=member.id)

    roles = [each.standing[1] for each in (founder, second, member)]
    assert roles == ["admin", "admin", "owner"]
    assert tenants.admin.code("transfer_ownership", user_id=member.id) == ANSWERED  # as it is


def test_ownership_is_given_by_who_has_just_shown_who_they_are(tenants: Tenants) -> None:
    founder = tenants.founder()
    member = tenants.joins(founder, "member")
    tenants.services.now += 660_000_000 * MICROSECOND
    refused = founder.code("transfer_ownership", user_id=member.id)
    assert refused == "auth.reauthentication_required"


def test_of_two_owners_who_are_demoted_at_once_one_stays(tenants: Tenants) -> None:
    founder = tenants.founder()
    second = tenants.joins(founder, "owner")
    tenants.services.now += MICROSECOND
    demote = partial(tenants.services.call, "auth", "change_member_role", role="member")
    tokens = {founder: second.browser.access(), second: founder.browser.access()}
    works = [partial(demote, by, user_id=of.id) for of, by in tokens.items()] * (AT_ONCE // 2)
    random.Random(5).shuffle(works)

    done = all_at_once([partial(code, work) for work in works])

    assert set(done) <= {ANSWERED, REVOKED, LAST, "chassis.not_allowed"}
    roles = sorted(each.standing[1] for each in (founder, second))
    assert roles == ["member", "owner"]
    versions = _versions(tenants, founder.workspace_id, "MemberRoleChanged")
    assert len(versions) == 1


def _versions(tenants: Tenants, workspace_id: str, type: str) -> list[Any]:
    query = f"select version from events where stream_id = 'workspace-{workspace_id}'"
    return tenants.services.run("auth", f"{query} and type = '{type}'")


def test_of_two_owners_who_leave_at_once_one_stays(tenants: Tenants) -> None:
    founder = tenants.founder()
    owners = [founder, tenants.joins(founder, "owner")]
    leave = partial(tenants.services.call, "auth", "remove_member")
    tenants.services.now += MICROSECOND
    works = [partial(leave, each.browser.access(), user_id=each.id) for each in owners]

    done = all_at_once([partial(code, work) for work in works * (AT_ONCE // 2)])

    assert done.count(ANSWERED) >= 1 and LAST in done
    assert sorted(each.standing[1] for each in owners) == ["member", "owner"]
    assert len(_versions(tenants, founder_of(owners).workspace_id, "MemberLeft")) == 1


def founder_of(owners: list[Member]) -> Member:
    (owner,) = (each for each in owners if each.standing[0] is not None)
    return owner


def test_who_was_taken_out_has_their_own_things_and_no_others(tenants: Tenants) -> None:
    founder, services = tenants.founder(), tenants.services
    member = tenants.joins(founder, "admin")
    services.now += MICROSECOND
    old = member.browser.access()
    founder.asks("remove_member", user_id=member.id)

    assert code(partial(services.call, "auth", "me", old)) == REVOKED
    assert code(partial(services.call, "billing", "get_pricing", old)) == ANSWERED  # not heard yet
    services.hear("billing")
    assert code(partial(services.call, "billing", "get_pricing", old)) == REVOKED
    assert member.standing[0] is None
    assert member.code("list_members") == "chassis.not_allowed"
    assert member.code("get_workspace") == "auth.no_workspace"
    named = {"workspace_id": founder.workspace_id}
    assert member.code("get_workspace", **named) == "auth.workspace_not_found"
    assert tenants.invites(founder, member) == ANSWERED
    assert member.standing == (founder.workspace_id, "member")
    founder.asks("remove_member", user_id=member.id)
    assert member.code("sign_out") == ANSWERED


def test_a_founder_who_moves_leaves_no_unused_workspace_behind(tenants: Tenants) -> None:
    host, guest = tenants.founder(), tenants.founder()
    left_behind = guest.workspace_id
    assert tenants.invites(host, guest) == ANSWERED

    assert guest.standing == (host.workspace_id, "member")
    closed = tenants.admin.asks("get_workspace", workspace_id=left_behind)
    assert closed["status"] == "suspended" and closed["closed_at"]
    assert tenants.admin.asks("list_members", workspace_id=left_behind)["items"] == []


def test_a_workspace_that_is_used_or_has_others_keeps_who_is_in_it(tenants: Tenants) -> None:
    host, busy, crowded = (tenants.founder() for _ in range(3))
    tenants.used(busy.workspace_id)
    tenants.joins(crowded, "owner")
    for each in (busy, crowded):
        assert tenants.invites(host, each) == "auth.already_in_workspace"
        assert each.standing[1] == "owner"


@pytest.mark.parametrize("beside", ["somebody comes", "it is used"])
def test_a_founder_who_moves_while_their_workspace_is_needed_stays_or_has_closed_it(
    tenants: Tenants, beside: str
) -> None:
    host = tenants.founder()
    at_the_host = host.workspace_id
    for _ in range(RACES):
        guest, third = tenants.founder(), tenants.founder()
        behind = guest.workspace_id
        needs = {
            "somebody comes": partial(tenants.join, third, guest, "member", behind),
            "it is used": partial(tenants.used, behind),
        }
        moves = partial(tenants.join, guest, host, "member", at_the_host)
        moved, needed = all_at_once([partial(code, each) for each in (moves, needs[beside])])

        closed = tenants.admin.asks("get_workspace", workspace_id=behind)["closed_at"]
        assert moved == (ANSWERED if closed else "auth.already_in_workspace")
        late = "auth.workspace_closed" if beside == "somebody comes" else ANSWERED
        assert needed == (late if closed else ANSWERED)
        assert guest.standing[0] == (host.workspace_id if closed else behind)


def test_a_closed_workspace_lets_its_people_go(tenants: Tenants) -> None:
    host, founder = tenants.founder(), tenants.founder()
    member = tenants.joins(founder, "member")
    tenants.used(founder.workspace_id)
    closed = founder.workspace_id
    founder.asks("close_workspace", idempotency_key="close")

    tenants.joins(host, "member", member)
    assert member.standing == (host.workspace_id, "member")
    assert founder.code("remove_member", user_id=founder.id) == ANSWERED
    assert tenants.admin.asks("list_members", workspace_id=closed)["items"] == []


def test_who_may_not_offer_a_role_any_more_takes_nobody_in(tenants: Tenants) -> None:
    founder, guest = tenants.founder(), tenants.founder()
    inviter = tenants.joins(founder, "admin")
    founder.asks("change_member_role", user_id=inviter.id, role="member")
    assert code(partial(tenants.join, guest, inviter, "admin")) == "auth.invitation_invalid"
    assert guest.standing[1] == "owner"
