"""The client of auth."""

from datetime import datetime
from enum import Enum
from typing import Final
from uuid import UUID

from clients.client import Client
from clients.page import Page
from clients.rows.auth import (
    Access,
    PublicKeys,
    Session,
    SessionsEnded,
    SessionStarted,
    SignedUp,
    User,
    Verified,
    Workspace,
)
from clients.rows.every_service import Written
from contracts import auth as asked
from contracts.auth import BillingProfile


class Unchanged(Enum):
    """What stands for a field that is to stay as it is."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


class Auth(Client):
    """Users, workspaces, sessions."""

    def sign_up(
        self,
        *,
        name: str,
        email: str,
        password: str,
        invitation_token: str | None = None,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> SignedUp:
        """Make a user with a workspace of their own; a link is mailed to them."""
        request = asked.SignUp(
            name=name, email=email, password=password, invitation_token=invitation_token
        )
        return self._command("sign_up", request, SignedUp, idempotency_key, expected_version)

    def verify_email(
        self,
        *,
        token: str,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Verified:
        """Spend the token of a mailed link: the address is verified, and a session starts."""
        request = asked.VerifyEmail(token=token)
        return self._command("verify_email", request, Verified, idempotency_key, expected_version)

    def sign_in(
        self,
        *,
        email: str,
        password: str,
        ip: str | None = None,
        user_agent: str | None = None,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> SessionStarted:
        """Start a session."""
        request = asked.SignIn(email=email, password=password, ip=ip, user_agent=user_agent)
        return self._command("sign_in", request, SessionStarted, idempotency_key, expected_version)

    def authenticate(
        self,
        *,
        session_token: str,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Access:
        """Return an access token for whoever holds this session token."""
        request = asked.Authenticate(session_token=session_token)
        return self._command("authenticate", request, Access, idempotency_key, expected_version)

    def sign_out(
        self,
        *,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """End the session that the access token is of."""
        return self._command(
            "sign_out", asked.SignOut(), Written, idempotency_key, expected_version
        )

    def revoke_session(
        self,
        *,
        session_id: UUID,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """End one of one's own sessions."""
        request = asked.RevokeSession(session_id=session_id)
        return self._command("revoke_session", request, Written, idempotency_key, expected_version)

    def revoke_other_sessions(
        self,
        *,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> SessionsEnded:
        """End all of one's own sessions but the present one."""
        return self._command(
            "revoke_other_sessions",
            asked.RevokeOtherSessions(),
            SessionsEnded,
            idempotency_key,
            expected_version,
        )

    def update_workspace(
        self,
        *,
        name: str | Unchanged = UNCHANGED,
        organization_number: str | None | Unchanged = UNCHANGED,
        legal_name: str | None | Unchanged = UNCHANGED,
        billing_address: asked.BillingAddress | None | Unchanged = UNCHANGED,
        invoice_email: str | None | Unchanged = UNCHANGED,
        invoice_reference: str | None | Unchanged = UNCHANGED,
        contact_email: str | None | Unchanged = UNCHANGED,
        contact_person: str | None | Unchanged = UNCHANGED,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Change details of one's own workspace; None empties one, the unnamed stay; for admins."""
        fields = {
            "name": name,
            "organization_number": organization_number,
            "legal_name": legal_name,
            "billing_address": billing_address,
            "invoice_email": invoice_email,
            "invoice_reference": invoice_reference,
            "contact_email": contact_email,
            "contact_person": contact_person,
        }
        given = {field: fields[field] for field in fields if fields[field] is not UNCHANGED}
        return self._command("update_workspace", given, Written, idempotency_key, expected_version)

    def set_invoice_eligibility(
        self,
        *,
        workspace_id: UUID,
        eligible: bool,
        reason: str,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Say whether a workspace may pay by invoice; for system admins."""
        request = asked.SetInvoiceEligibility(
            workspace_id=workspace_id, eligible=eligible, reason=reason
        )
        return self._command(
            "set_invoice_eligibility", request, Written, idempotency_key, expected_version
        )

    def ban_user(
        self,
        *,
        user_id: UUID,
        reason: str,
        expires_at: datetime | None = None,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Shut a person out, and end their sessions; for system admins."""
        request = asked.BanUser(user_id=user_id, reason=reason, expires_at=expires_at)
        return self._command("ban_user", request, Written, idempotency_key, expected_version)

    def unban_user(
        self,
        *,
        user_id: UUID,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Let a person in again; for system admins."""
        request = asked.UnbanUser(user_id=user_id)
        return self._command("unban_user", request, Written, idempotency_key, expected_version)

    def me(self) -> User:
        """Return the row of who is signed in."""
        return self._query("me", asked.Me(), User)

    def get_workspace(self) -> Workspace:
        """Return one's own workspace."""
        return self._query("get_workspace", asked.GetWorkspace(), Workspace)

    def list_sessions(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Session]:
        """Return a page of one's own sessions."""
        request = asked.ListSessions(limit=limit, cursor=cursor)
        return self._page("list_sessions", request, Session)

    def public_keys(self) -> PublicKeys:
        """Return the keys that access tokens are checked with."""
        return self._query("public_keys", asked.PublicKeys(), PublicKeys)

    def billing_profile(
        self,
        *,
        workspace_id: UUID,
    ) -> BillingProfile:
        """Return what a sales document says of its buyer; for billing."""
        request = asked.GetBillingProfile(workspace_id=workspace_id)
        return self._query("billing_profile", request, BillingProfile)
