"""What is said of a workspace, by whom: its details, its standing, its beginning and its end."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID, uuid4

import pytest

from auth.invariants import MEMBERS_AGREE, OWNED
from integration.stages.deaf_services import Services
from integration.stages.workspaces_people import ANSWERED, Member, Tenants
from servers.postgres import Server

NUMBER, OTHER_NUMBER = "923609016", "974760673"
CLOSED, UNSEEN = "auth.workspace_closed", "auth.workspace_not_found"


@pytest.fixture(scope="module")
def tenants(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenants]:
    with ExitStack() as ending:
        folder = tmp_path_factory.mktemp("workspaces")
        tenants = Tenants(Services(postgres_server, folder, ending, ("auth",)))
        yield tenants
        assert tenants.broken() == {}
        live, rebuilt = tenants.rows()
        assert live and live == rebuilt


def row(tenants: Tenants, workspace_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = tenants.admin.asks("get_workspace", workspace_id=workspace_id)
    return shown


def reasons(tenants: Tenants, workspace_id: str) -> dict[str, str]:
    """Return what is kept of why, each of the workspace itself."""
    query = f"select field, subject_id, value from personal where row_id = '{workspace_id}'"
    kept = tenants.services.run("auth", f"{query} and field like '%reason'")
    assert {subject_id for _, subject_id, _ in kept} <= {workspace_id}
    return {field: value for field, _, value in kept}


def no_event_says(tenants: Tenants, *texts: str) -> bool:
    query = "select 1 from events where data::text ilike '%{0}%' or meta::text ilike '%{0}%'"
    return all(tenants.services.run("auth", query.format(text)) == [] for text in texts)


def test_details_are_changed_by_its_admins_and_by_system_admins_who_name_it(
    tenants: Tenants,
) -> None:
    founder, other = tenants.founder(), tenants.founder()
    mine = founder.workspace_id
    founder.asks("update_workspace", name="Kari Bolig", organization_number=NUMBER)
    tenants.admin.asks("update_workspace", workspace_id=mine, legal_name="Kari Bolig AS")

    shown = row(tenants, mine)
    said = ("name", "organization_number", "legal_name")
    assert [shown[each] for each in said] == ["Kari Bolig", NUMBER, "Kari Bolig AS"]
    assert founder.code("update_workspace", workspace_id=mine, name="Kari Bolig") == ANSWERED
    assert other.code("update_workspace", workspace_id=mine, name="Mine") == UNSEEN
    assert other.code("get_workspace", workspace_id=mine) == UNSEEN
    assert tenants.admin.code("update_workspace", name="Whose?") == "auth.no_workspace"
    query = f"select distinct subject_id from personal where row_id = '{mine}'"
    assert tenants.services.run("auth", query) == [(mine,)]
    assert no_event_says(tenants, "Kari Bolig")


def test_the_first_questions_are_answered_once(tenants: Tenants) -> None:
    founder = tenants.founder()
    answers = {"user_name": "Kari N", "workspace_name": "Nord", "organization_number": NUMBER}
    answered = founder.asks("complete_onboarding", **answers)
    assert founder.asks("complete_onboarding", **answers) == answered

    assert founder.asks("me")["name"] == "Kari N"
    shown = founder.asks("get_workspace")
    said = ("name", "organization_number", "onboarding_completed", "version")
    assert [shown[each] for each in said] == ["Nord", NUMBER, True, answered["version"]]
    member = tenants.joins(founder, "member")
    assert member.code("complete_onboarding") == "chassis.not_allowed"


def test_a_suspended_workspace_keeps_its_people_and_goes_on_again(tenants: Tenants) -> None:
    founder = tenants.founder()
    mine, old = founder.workspace_id, founder.browser.access()
    say = {"workspace_id": mine, "status": "suspended", "reason": "chargebacks"}
    suspended = tenants.admin.asks("set_workspace_status", **say)
    assert tenants.admin.asks("set_workspace_status", **say) == suspended

    assert tenants.services.call("auth", "me", old)["id"] == founder.id
    shown = row(tenants, mine)
    assert (shown["status"], shown["suspended_reason"]) == ("suspended", "chargebacks")
    assert founder.code("update_workspace", name="Still ours") == ANSWERED
    tenants.admin.asks("set_workspace_status", **say | {"reason": "more chargebacks"})
    assert row(tenants, mine)["suspended_at"] == shown["suspended_at"]
    tenants.admin.asks("set_workspace_status", **say | {"status": "trial", "reason": "paid"})
    shown = row(tenants, mine)
    assert (shown["status"], shown["suspended_at"], shown["suspended_reason"]) == (
        "trial",
        None,
        None,
    )
    assert reasons(tenants, mine) == {"status_reason": "paid"}
    assert no_event_says(tenants, "chargebacks")
    assert founder.code("set_workspace_status", **say) == "chassis.not_allowed"


def test_a_plan_and_the_eligibility_for_invoices_keep_why(tenants: Tenants) -> None:
    founder = tenants.founder()
    mine = founder.workspace_id
    plan = {"workspace_id": mine, "plan": "pro", "reason": "a pilot"}
    assert tenants.admin.asks("set_workspace_plan", **plan) == tenants.admin.asks(
        "set_workspace_plan", **plan | {"reason": "changes nothing"}
    )
    allow = {"workspace_id": mine, "eligible": True, "reason": "known to us"}
    refused = tenants.admin.code("set_invoice_eligibility", **allow)
    assert refused == "auth.organization_number_missing"
    founder.asks("update_workspace", organization_number=NUMBER)
    refused = tenants.admin.code("set_invoice_eligibility", **allow)
    assert refused == "auth.legal_name_missing"
    founder.asks("update_workspace", legal_name="Kari AS")
    tenants.admin.asks("set_invoice_eligibility", **allow)

    assert row(tenants, mine)["plan"] == "pro" and row(tenants, mine)["invoice_eligible"]
    assert reasons(tenants, mine) == {
        "plan_reason": "a pilot",
        "eligibility_reason": "known to us",
    }
    founder.asks("update_workspace", organization_number=OTHER_NUMBER)
    assert not row(tenants, mine)["invoice_eligible"]
    assert no_event_says(tenants, "a pilot", "known to us")


def test_a_closed_workspace_is_closed_for_good(tenants: Tenants) -> None:
    founder = tenants.founder()
    mine, admin = founder.workspace_id, tenants.joins(founder, "admin")
    assert admin.code("close_workspace", idempotency_key="1") == "chassis.not_allowed"
    closed = founder.asks("close_workspace", reason="moved away", idempotency_key="1")
    again = tenants.admin.asks(
        "close_workspace", workspace_id=mine, reason="another", idempotency_key="2"
    )

    assert again == closed and closed["id"] == mine
    shown = row(tenants, mine)
    assert (shown["status"], shown["suspended_reason"]) == ("suspended", "moved away")
    assert shown["closed_at"] < closed["purge_after"]
    for method, of in (
        ("update_workspace", {"name": "Ours again"}),
        ("complete_onboarding", {}),
        ("change_member_role", {"user_id": admin.id, "role": "owner"}),
        ("transfer_ownership", {"user_id": admin.id}),
    ):
        assert founder.code(method, **of) == CLOSED
    said = {"workspace_id": mine, "reason": "sorry"}
    assert tenants.admin.code("set_workspace_status", status="active", **said) == CLOSED
    assert tenants.admin.code("set_workspace_plan", plan="pro", **said) == CLOSED
    assert reasons(tenants, mine) == {"closing_reason": "moved away"}


def made(tenants: Tenants, **of: Any) -> dict[str, Any]:
    """Return a workspace that a system admin has made for somebody."""
    of = {"name": "Ny Bolig", "owner_email": f"{uuid4().hex[:8]}@example.com", **of}
    shown: dict[str, Any] = tenants.admin.asks(
        "create_workspace", idempotency_key=uuid4().hex, send_mail=False, **of
    )
    return shown


def test_a_workspace_made_for_somebody_waits_for_its_owner(tenants: Tenants) -> None:
    details = {"organization_number": NUMBER, "legal_name": "Ny Bolig AS", "plan": "enterprise"}
    guest = tenants.founder()
    left_behind, key = guest.workspace_id, {"idempotency_key": "made"}
    of = {**details, "invoice_eligible": True, "reason": "a pilot", "send_mail": False}
    asked = {"name": "Ny Bolig", "owner_email": guest.email, **of, **key}
    new = tenants.admin.asks("create_workspace", **asked)
    assert tenants.admin.asks("create_workspace", **asked) == {**new, "token": None}

    shown = row(tenants, new["id"])
    assert {name: shown[name] for name in details} == details
    assert shown["invited_by_admin"] and shown["invoice_eligible"]
    assert shown["slug"].startswith("ny-bolig-")
    assert tenants.admin.asks("list_members", workspace_id=new["id"])["items"] == []
    guest.asks("accept_invitation", token=new["token"])
    assert guest.standing == (new["id"], "owner")
    assert row(tenants, left_behind)["closed_at"]


def test_an_invitation_to_own_one_goes_by_mail_and_its_token_to_nobody_else(
    tenants: Tenants,
) -> None:
    new = tenants.admin.asks(
        "create_workspace", name="Ny", owner_email="eier@example.com", idempotency_key="mailed"
    )
    assert new["token"] is None
    query = f"select args->>'template' from jobs where subject = '{new['invitation_id']}'"
    assert tenants.services.run("auth", query) == [("invitation",)]


def test_what_is_missing_or_taken_makes_no_workspace(tenants: Tenants) -> None:
    named = {"name": "Ny", "owner_email": "eier@example.com", "send_mail": False}

    def refused(**of: Any) -> str:
        return tenants.admin.code("create_workspace", idempotency_key=uuid4().hex, **named, **of)

    assert refused(invoice_eligible=True) == "auth.organization_number_missing"
    numbered = {"invoice_eligible": True, "organization_number": NUMBER}
    assert refused(**numbered) == "auth.legal_name_missing"
    theirs = tenants.founder().workspace_id
    assert refused(workspace_id=theirs) == "auth.workspace_exists"
    free = str(UUID(int=7))
    assert made(tenants, workspace_id=free)["id"] == free
    assert row(tenants, theirs)["name"] != "Ny"
    assert tenants.founder().code("create_workspace", idempotency_key="k", **named) == (
        "chassis.not_allowed"
    )


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("update_workspace", {"name": "a\nb"}, "name"),
    ("update_workspace", {"legal_name": "a‮b"}, "legal_name"),
    ("update_workspace", {"contact_person": "a\x07"}, "contact_person"),
    ("update_workspace", {"organization_number": "974760674"}, "organization_number"),
    ("complete_onboarding", {"user_name": "a\r\nb"}, "user_name"),
    ("complete_onboarding", {"workspace_name": "a⁦b"}, "workspace_name"),
    ("change_member_role", {"user_id": str(UUID(int=1)), "role": "king"}, "role"),
    ("close_workspace", {"idempotency_key": "k", "reason": "a\nb"}, "reason"),
]


def test_what_is_malformed_changes_nothing(tenants: Tenants) -> None:
    founder = tenants.founder()
    before = tenants.services.run("auth", "select count(*) from events")
    token = founder.browser.access()
    for method, of, field in BAD:
        with pytest.raises(Exception) as refusal:
            tenants.services.call("auth", method, token, **of)
        assert field in refusal.value.details["fields"], method  # type: ignore[attr-defined]
    assert tenants.services.run("auth", "select count(*) from events") == before


def broken(tenants: Tenants, founder: Member, change: str) -> dict[str, Any]:
    """Return which invariants notice a change of somebody's row, which is taken back."""
    where = f"where id = '{founder.id}'"
    (before,) = tenants.services.run("auth", f'select workspace_id, role from "user" {where}')
    tenants.services.run("auth", f'update "user" set {change} {where}')
    try:
        return tenants.broken()
    finally:
        back = f"workspace_id = '{before[0]}', role = '{before[1]}'"
        tenants.services.run("auth", f'update "user" set {back} {where}')


@pytest.mark.parametrize("change", ["role = 'admin'", "workspace_id = null", "workspace_id = '-'"])
def test_a_member_who_is_not_what_their_workspace_says_is_noticed(
    tenants: Tenants, change: str
) -> None:
    founder = tenants.founder()
    assert set(broken(tenants, founder, change)) == {OWNED.name, MEMBERS_AGREE.name}
