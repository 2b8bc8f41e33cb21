"""What becomes of a person by what happens to them."""

from dataclasses import replace
from uuid import UUID

from auth.domain.user_events import (
    EmailChangeAsked,
    EmailChanged,
    EmailVerified,
    ErasureAcknowledged,
    Event,
    JoinedWorkspace,
    LeftWorkspace,
    PasswordChanged,
    ProfileTextsChanged,
    RoleTaken,
    SignedUp,
    SystemAdminCreated,
    SystemAdminSet,
    TotpDisabled,
    TotpEnabled,
    UserBanned,
    UserErased,
    UserUnbanned,
)
from auth.domain.user_states import Ban, Erased, State, User


def evolve(user: State | None, event: Event) -> State:
    match user, event:
        case None, SignedUp():
            return User(
                workspace_id=event.workspace_id,
                role=event.role,
                is_system_admin=False,
                email_verified=False,
            )
        case None, SystemAdminCreated():
            return User(workspace_id=None, role=None, is_system_admin=True, email_verified=False)
        case User(), EmailVerified() | EmailChanged():
            return replace(user, email_verified=True)
        case User(), UserBanned():
            return replace(user, ban=Ban(expires_at=event.expires_at))
        case User(ban=Ban()), UserUnbanned():
            return replace(user, ban=None)
        case User(), JoinedWorkspace():
            return replace(user, workspace_id=event.workspace_id, role=event.role)
        case User(workspace_id=UUID()), LeftWorkspace():
            return replace(user, workspace_id=None, role=None)
        case User(workspace_id=UUID()), RoleTaken():
            return replace(user, role=event.role)
        case User(totp_enabled=False), TotpEnabled():
            return replace(user, totp_enabled=True)
        case User(totp_enabled=True), TotpDisabled():
            return replace(user, totp_enabled=False)
        case User(), SystemAdminSet():
            return replace(user, is_system_admin=event.is_system_admin)
        case User(), PasswordChanged() | EmailChangeAsked() | ProfileTextsChanged():
            return user
        case User(), UserErased():
            return Erased(erasure_id=event.erasure_id)
        case Erased(), ErasureAcknowledged():
            return replace(user, acknowledged=user.acknowledged | {event.service})
        case _:
            raise AssertionError(f"{event} cannot follow {user}")
