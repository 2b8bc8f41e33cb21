"""What auth tells others."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from chassis.domain import value


@value
class WorkspaceCreated:
    """A workspace exists. It is active, and not eligible for invoices."""

    workspace_id: UUID
    owner_user_id: UUID | None  # null: nobody has come yet for whom it was made


@value
class WorkspaceProfileChanged:
    """What billing and affiliate decide by has changed."""

    workspace_id: UUID
    organization_number: str | None  # nine digits
    invoice_eligible: bool


@value
class WorkspaceSuspended:
    """Nothing may be started in a workspace until it is reinstated."""

    workspace_id: UUID
    status = "suspended"


@value
class WorkspaceReinstated:
    """A workspace may go on, or its trial begins or ends."""

    workspace_id: UUID
    status: str  # active | trial


@value
class WorkspaceClosed:
    """A workspace is closed, for good."""

    workspace_id: UUID
    purge_after: datetime  # then what is in it goes
    status = "closed"


@value
class MemberJoined:
    """A person belongs to a workspace from now on."""

    workspace_id: UUID
    user_id: UUID
    role: str  # owner | admin | member


@value
class MemberRoleChanged:
    """A person is something else in their workspace from now on."""

    workspace_id: UUID
    user_id: UUID
    role: str


@value
class MemberRemoved:
    """A person does not belong to a workspace any more."""

    workspace_id: UUID
    user_id: UUID
    role = None


@value
class UserSignedUp:
    """A person signed up. Nothing of who they are is told."""

    user_id: UUID
    workspace_id: UUID


@value
class UserBanned:
    """A person may not act any more; null: until somebody lifts it."""

    user_id: UUID
    expires_at: datetime | None


@value
class UserUnbanned:
    """A ban was lifted, or has run out. Tokens from before it stay refused."""

    user_id: UUID


@value
class SessionRevoked:
    """A session is over before its time: signed out, revoked, or its person was banned."""

    session_id: UUID
    user_id: UUID


@value
class WorkspacePlanChanged:
    """A workspace has another plan."""

    workspace_id: UUID
    plan: str  # free | pro | enterprise


@value
class CredentialsChanged:
    """How a person shows who they are has changed."""

    user_id: UUID
    what: str  # password | email | totp


@value
class SystemAdminChanged:
    """A person is a system admin from now on, or is none any more."""

    user_id: UUID
    is_system_admin: bool


@value
class ImpersonationStarted:
    """A system admin acts as a person, in that session, until it ends."""

    session_id: UUID
    admin_id: UUID
    user_id: UUID
    expires_at: datetime


@value
class ImpersonationStopped:
    """A system admin acts as that person no longer."""

    session_id: UUID
    admin_id: UUID
    user_id: UUID


@value
class SubjectErased:
    """A person is to be forgotten by all, and with them the workspace that is named."""

    erasure_id: UUID
    user_id: UUID
    workspace_id: UUID | None  # null: others are in it, and it lives on


PUBLISHES = (
    WorkspaceCreated,
    WorkspaceProfileChanged,
    WorkspaceSuspended,
    WorkspaceReinstated,
    WorkspaceClosed,
    MemberJoined,
    MemberRoleChanged,
    MemberRemoved,
    UserSignedUp,
    UserBanned,
    UserUnbanned,
    SessionRevoked,
    WorkspacePlanChanged,
    CredentialsChanged,
    SystemAdminChanged,
    ImpersonationStarted,
    ImpersonationStopped,
    SubjectErased,
)
# What ends access, or gives it back: a session's tokens are refused for good, a user's that were
# issued until then, and between a ban and its end all.
REVOKES: Mapping[type[Any], Literal["session", "user", "ban", "unban"]] = {
    UserBanned: "ban",
    UserUnbanned: "unban",
    SessionRevoked: "session",
    MemberJoined: "user",
    MemberRoleChanged: "user",
    MemberRemoved: "user",
    SystemAdminChanged: "user",
    SubjectErased: "user",
    ImpersonationStopped: "session",
}
