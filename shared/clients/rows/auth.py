"""What auth replies: the seed's rows, and what it takes to act as somebody."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.domain import value
from clients.rows.every_service import Written
from contracts.auth import BillingAddress


@value
class Workspace:
    """A tenant. `version` is its stream's, as commands may expect it."""

    id: UUID
    name: str
    slug: str
    organization_number: str | None
    contact_email: str | None
    contact_person: str | None
    logo: str | None
    primary_color: str | None
    secondary_color: str | None
    onboarding_completed: bool
    status: str  # active | suspended | trial
    plan: str  # free | pro | enterprise
    suspended_at: datetime | None
    suspended_reason: str | None
    invoice_eligible: bool
    invoice_eligible_at: datetime | None
    invited_by_admin: bool
    created_at: datetime
    updated_at: datetime
    legal_name: str | None
    billing_address: BillingAddress | None
    invoice_email: str | None
    invoice_reference: str | None
    version: int


@value
class User:
    """A person; a system admin has no workspace. `version` is its stream's."""

    id: UUID
    name: str
    email: str
    email_verified: bool
    image: str | None
    created_at: datetime
    updated_at: datetime
    workspace_id: UUID | None
    role: str  # owner | admin | member
    is_system_admin: bool
    banned: bool
    ban_reason: str | None
    ban_expires: datetime | None
    version: int


@value
class Session:
    """A sign-in that holds; its token is shown to nobody again."""

    id: UUID
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    ip_address: str | None
    user_agent: str | None
    user_id: UUID
    impersonated_by: UUID | None


@value
class SignedUp:
    """An account whose address is to be verified; of a known address, one that leads nowhere."""

    user_id: UUID
    workspace_id: UUID
    version: int


@value
class Verified:
    """A verified address and a session; the token is null in the answer to a repeat."""

    user_id: UUID
    session_token: str | None = field(repr=False)
    expires_at: datetime


@value
class SessionStarted:
    """A session; the token is null in the answer to a repeat."""

    session_id: UUID
    session_token: str | None = field(repr=False)
    expires_at: datetime


@value
class Access:
    """An access token, for minutes; null in the answer to a repeat."""

    access_token: str | None = field(repr=False)
    expires_at: datetime
    user_id: UUID
    workspace_id: UUID | None
    role: str | None


@value
class SessionsEnded:
    """The sessions that were ended."""

    items: tuple[Written, ...]


@value
class PublicKeys:
    """The keys that access tokens are checked with, as JWKs (RFC 8037)."""

    keys: tuple[Mapping[str, Any], ...]
