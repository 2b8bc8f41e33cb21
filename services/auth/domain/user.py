"""A user: one person with an e-mail address, in at most one workspace; banned, perhaps erased."""

from auth.domain.user_events import (
    EVENTS,
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
from auth.domain.user_messages import (
    Admit,
    AskEmailChange,
    BanUser,
    ChangeEmail,
    ChangePassword,
    Command,
    ConfirmTotp,
    CreateSystemAdmin,
    DisableTotp,
    EnableTotp,
    EndBan,
    Erase,
    Impersonate,
    JoinWorkspace,
    LeaveWorkspace,
    NoteForgotten,
    ResetTotp,
    SetSystemAdmin,
    SignUp,
    TakeRole,
    UnbanUser,
    UpdateTexts,
    VerifyEmail,
)
from auth.domain.user_moves import evolve
from auth.domain.user_states import Ban, Erased, State, User
from chassis.domain import Decider
from chassis.errors import NotFound, Rejected, Unauthenticated


def decide(user: State | None, command: Command) -> list[Event]:
    match user, command:
        case None, SignUp() if command.invited_as is not None:
            return [_signed_up(command, command.invited_as), EmailVerified()]
        case None, SignUp():
            return [_signed_up(command, "owner")]
        case None, CreateSystemAdmin():
            return [SystemAdminCreated(at=command.at), EmailVerified()]
        case Erased(), Admit():
            raise Unauthenticated("auth.invalid_credentials", "unknown e-mail address or password")
        case Erased(), NoteForgotten() if command.service in user.acknowledged:
            return []
        case Erased(), NoteForgotten():
            return [ErasureAcknowledged(service=command.service, kept=command.kept)]
        case Erased(), Erase():
            return []
        case Erased(), _:
            raise NotFound("auth.user_not_found", "no such user")
        case User(), SignUp() | CreateSystemAdmin():
            return []
        case User(), VerifyEmail() if user.email_verified:
            return []
        case User(), VerifyEmail():
            return [EmailVerified()]
        case User(), Admit() if user.is_banned(command.at):
            raise Rejected("auth.user_banned", "this account is banned")
        case User(), Admit():
            return []
        case User(), Impersonate() if (
            command.of_oneself or user.is_system_admin or user.is_banned(command.at)
        ):
            raise Rejected("auth.not_impersonable", "nobody acts as themselves, an admin or banned")
        case User(), Impersonate():
            return []
        case _:
            return _of_workspaces(user, command)


def _of_workspaces(user: State | None, command: Command) -> list[Event]:
    match user, command:
        case User(), JoinWorkspace() if user.workspace_id == command.workspace_id:
            return []
        case User(), JoinWorkspace() if command.is_bound:
            raise Rejected("auth.already_in_workspace", "leave the present workspace first")
        case User(), JoinWorkspace():
            return [JoinedWorkspace(workspace_id=command.workspace_id, role=command.role)]
        case User(), LeaveWorkspace() if user.workspace_id is None:
            return []
        case User(), LeaveWorkspace():
            return [LeftWorkspace()]
        case User(), TakeRole() if user.role == command.role:
            return []
        case User(), TakeRole():
            return [RoleTaken(role=command.role)]
        case _:
            return _of_credentials(user, command)


def _of_credentials(user: State | None, command: Command) -> list[Event]:
    match user, command:
        case User(), ChangePassword():
            return [PasswordChanged(how=command.how)]
        case User(), AskEmailChange():
            return [EmailChangeAsked()]
        case User(), ChangeEmail():
            return [EmailChanged()]
        case User(), UpdateTexts() if not command.changed:
            return []
        case User(), UpdateTexts():
            return [ProfileTextsChanged(changed=command.changed)]
        case User(), EnableTotp() if user.totp_enabled:
            raise Rejected("auth.totp_enabled", "disable the present second factor first")
        case User(), EnableTotp():
            return []
        case User(), ConfirmTotp() if user.totp_enabled:
            return []
        case User(), ConfirmTotp():
            return [TotpEnabled()]
        case User(), DisableTotp() | ResetTotp() if not user.totp_enabled:
            raise Rejected("auth.totp_not_enabled", "there is no second factor")
        case User(), DisableTotp():
            return [TotpDisabled(by_admin=False)]
        case User(), ResetTotp():
            return [TotpDisabled(by_admin=True)]
        case _:
            return _by_admins(user, command)


def _by_admins(user: State | None, command: Command) -> list[Event]:
    match user, command:
        case User(), BanUser() if command.expires_at and command.expires_at <= command.at:
            raise Rejected("auth.ban_over", "a ban ends in the future")
        case User(), BanUser() if (
            user.ban == Ban(expires_at=command.expires_at) and not command.another_reason
        ):
            return []
        case User(), BanUser():
            return [UserBanned(expires_at=command.expires_at, at=command.at)]
        case User(), UnbanUser() | EndBan() if user.ban is None:
            return []
        case User(), EndBan() if user.is_banned(command.at):
            return []
        case User(), UnbanUser() | EndBan():
            return [UserUnbanned()]
        case User(), SetSystemAdmin() if command.of_oneself:
            raise Rejected("auth.self_demotion", "nobody changes this of themselves")
        case User(), SetSystemAdmin() if command.is_system_admin == user.is_system_admin:
            return []
        case User(), SetSystemAdmin():
            return [SystemAdminSet(is_system_admin=command.is_system_admin)]
        case User(), Erase() if command.of_oneself:
            raise Rejected("auth.self_erasure", "nobody erases themselves")
        case User(), Erase() if command.is_last_owner:
            raise Rejected("auth.last_owner", "somebody else must own the workspace first")
        case User(), Erase():
            return [UserErased(erasure_id=command.erasure_id, workspace_id=command.workspace_id)]
        case _:
            raise AssertionError(f"{command} needs a user")


def _signed_up(command: SignUp, role: str) -> SignedUp:
    return SignedUp(workspace_id=command.workspace_id, role=role, at=command.at)


decider = Decider(
    name="user",
    decide=decide,
    evolve=evolve,
    events=EVENTS,
    creates=(SignUp, CreateSystemAdmin),
    person=lambda id, user: id,
)
