"""The rows that auth shows: its users, their workspaces and their sessions."""

from datetime import UTC, datetime
from uuid import UUID

from auth import kept as kept_tables
from auth.domain.session import SessionEnded, SessionRenewed, SessionStarted
from auth.domain.user_events import (
    EmailVerified,
    SignedUp,
    SystemAdminCreated,
    UserBanned,
    UserUnbanned,
)
from auth.domain.workspace_events import InvoiceEligibilitySet, ProfileChanged, WorkspaceOpened
from auth.projections import sessions, users, workspaces
from chassis.testing.projected import at, kept, projected

USER, WORKSPACE, SESSION, OTHER = (UUID(int=n) for n in range(1, 5))
THEN, LATER = (datetime(2026, 5, day, tzinfo=UTC) for day in (1, 2))

signed_up = SignedUp(workspace_id=WORKSPACE, role="owner", at=THEN)
kari = kept(
    name="Kari", email="Kari@example.com", email_folded="kari@example.com", image="kari.jpg"
)
USER_ROW = {
    "id": str(USER),
    "name": "Kari",
    "email": "Kari@example.com",
    "email_folded": "kari@example.com",
    "email_verified": False,
    "image": "kari.jpg",
    "created_at": at(1),
    "updated_at": at(1),
    "workspace_id": str(WORKSPACE),
    "role": "owner",
    "is_system_admin": False,
    "banned": False,
    "ban_reason": None,
    "ban_expires": None,
    "totp_enabled": False,
}


def test_a_person_who_signed_up_has_a_row() -> None:
    assert projected(users.projection, [(USER, kari), (USER, signed_up)]) == [USER_ROW]


def test_a_person_of_whom_nothing_is_kept_reads_as_erased() -> None:
    gone = f"[erased]-{USER}"
    erased = {"name": "[erased]", "email": gone, "email_folded": gone, "image": None}
    assert projected(users.projection, [(USER, signed_up)]) == [{**USER_ROW, **erased}]


def test_a_system_admin_has_no_workspace() -> None:
    told = [(USER, kari), (USER, SystemAdminCreated(at=THEN))]
    of_nobody = {"workspace_id": None, "role": "member", "is_system_admin": True}
    assert projected(users.projection, told) == [{**USER_ROW, **of_nobody}]


def test_an_address_that_answered_is_verified_with_the_name_that_goes_with_it() -> None:
    of_the_claim = kept(name="Ola", email="KARI@example.com")
    told = [(USER, kari), (USER, signed_up), (USER, of_the_claim), (USER, EmailVerified())]
    verified = {"email_verified": True, "updated_at": at(2)}
    verified |= {"name": "Ola", "email": "KARI@example.com"}
    assert projected(users.projection, told) == [{**USER_ROW, **verified}]


def test_a_ban_shows_why_and_until_when_and_goes_without_a_trace() -> None:
    banned = [
        *((USER, kari), (USER, signed_up), (USER, kept(ban_reason="fraud"))),
        (USER, UserBanned(expires_at=LATER, at=THEN)),
    ]
    shown = {"banned": True, "ban_reason": "fraud", "ban_expires": LATER, "updated_at": at(2)}
    assert projected(users.projection, banned) == [{**USER_ROW, **shown}]

    lifted = projected(users.projection, [*banned, (USER, UserUnbanned())])
    assert lifted == [{**USER_ROW, "updated_at": at(3)}]


opened = WorkspaceOpened(workspace_id=WORKSPACE, owner_user_id=USER, at=THEN)
texts = {
    "contact_email": "post@example.com",
    "contact_person": "Kari",
    "legal_name": "Kari AS",
    "billing_address": '{"city": "Oslo"}',
    "invoice_email": "faktura@example.com",
    "invoice_reference": "PO 7",
}
WORKSPACE_ROW = {
    "id": str(WORKSPACE),
    "name": "Kari",
    "slug": "kari",
    "organization_number": None,
    "logo": None,
    "primary_color": None,
    "secondary_color": None,
    "onboarding_completed": False,
    "status": "active",
    "plan": "free",
    "suspended_at": None,
    "suspended_reason": None,
    "invoice_eligible": False,
    "invoice_eligible_at": None,
    "invited_by_admin": False,
    "created_at": at(1),
    "updated_at": at(1),
    "closed_at": None,
    "founded_by": str(USER),
    **texts,
}
OPENED = [(WORKSPACE, kept(name="Kari", slug="kari", **texts)), (WORKSPACE, opened)]


def test_a_workspace_has_a_row_with_its_texts() -> None:
    assert projected(workspaces.projection, OPENED) == [WORKSPACE_ROW]


def test_an_empty_text_is_null_and_one_that_is_gone_reads_as_erased() -> None:
    told = [(WORKSPACE, kept(**dict.fromkeys(texts, ""))), (WORKSPACE, opened)]
    gone = {"name": "[erased]", "slug": f"[erased]-{WORKSPACE}", **dict.fromkeys(texts)}
    assert projected(workspaces.projection, told) == [{**WORKSPACE_ROW, **gone}]


def test_a_changed_profile_shows_the_new_texts_under_the_old_address() -> None:
    new = {field: f"new {field}" for field in texts}
    changed = ProfileChanged(
        organization_number="974760673", has_legal_name=True, changed=("legal_name",)
    )
    told = [
        *OPENED,
        (WORKSPACE, kept(name="Ola", slug="ola", **new)),
        (WORKSPACE, changed),
    ]
    shown = {"name": "Ola", "organization_number": "974760673", "updated_at": at(2), **new}
    assert projected(workspaces.projection, told) == [{**WORKSPACE_ROW, **shown}]


def test_a_workspace_may_pay_by_invoice_from_then_until_it_may_not() -> None:
    told = [*OPENED, (WORKSPACE, InvoiceEligibilitySet(eligible=True, at=THEN))]
    may = {"invoice_eligible": True, "invoice_eligible_at": at(2), "updated_at": at(2)}
    assert projected(workspaces.projection, told) == [{**WORKSPACE_ROW, **may}]

    told.append((WORKSPACE, InvoiceEligibilitySet(eligible=False, at=LATER)))
    may_not = {"invoice_eligible": False, "invoice_eligible_at": None, "updated_at": at(3)}
    assert projected(workspaces.projection, told) == [{**WORKSPACE_ROW, **may_not}]


started = SessionStarted(user_id=USER, workspace_id=WORKSPACE, at=THEN, expires_at=THEN)
SECRET = {"row_id": str(SESSION), "kind": "session", "hash": "abc", "expires_at": LATER}
SECRETS = {kept_tables.secrets: [SECRET]}
STARTED = [(SESSION, kept(ip_address="192.0.2.1", user_agent="Lynx")), (SESSION, started)]
SESSION_ROW = {
    "id": str(SESSION),
    "expires_at": THEN,
    "token": "abc",
    "created_at": at(1),
    "updated_at": at(1),
    "ip_address": "192.0.2.1",
    "user_agent": "Lynx",
    "user_id": str(USER),
    "impersonated_by": None,
}


def test_a_session_has_a_row_with_the_hash_of_its_token() -> None:
    assert projected(sessions.projection, STARTED, beside=SECRETS) == [SESSION_ROW]


def test_a_session_whose_secrets_are_gone_reads_as_erased() -> None:
    of_another_kind = {kept_tables.secrets: [{**SECRET, "kind": "verification"}]}
    rows = projected(sessions.projection, [(SESSION, started)], beside=of_another_kind)
    gone = {"token": f"[erased]-{SESSION}", "ip_address": None, "user_agent": None}
    assert rows == [{**SESSION_ROW, **gone}]


def test_a_renewed_session_lasts_longer() -> None:
    told = [*STARTED, (SESSION, SessionRenewed(at=THEN, expires_at=LATER))]
    renewed = {"expires_at": LATER, "updated_at": at(2)}
    assert projected(sessions.projection, told, beside=SECRETS) == [{**SESSION_ROW, **renewed}]


def test_an_ended_session_has_no_row_and_another_keeps_its_own() -> None:
    told = [(OTHER, started), *STARTED, (OTHER, SessionEnded(at=LATER))]
    rows = projected(sessions.projection, told, beside=SECRETS)
    assert rows == [{**SESSION_ROW, "created_at": at(2), "updated_at": at(2)}]
