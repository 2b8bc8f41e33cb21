"""auth over RPC: a line a method. What each does stands in `acts`."""

from auth import schemas
from auth.acts import (
    access,
    accounts,
    addresses,
    admins,
    audit,
    bans,
    branding,
    claims,
    closing,
    enrolling,
    erasure,
    exporting,
    impersonation,
    invitations,
    inviting,
    members,
    opening,
    passwords,
    second_factor,
    sessions,
    signing_in,
    standings,
    verifying,
    workspaces,
)
from auth.acts.refused import counted
from chassis.door import every_service
from chassis.every_service import Describe, EventsRead
from chassis.green.methods import act, look, unit
from chassis.green.nameko_ext import CallerProvider, DoorProvider
from contracts.auth.accounts import (
    ChangeEmail,
    Me,
    ResendVerification,
    SignIn,
    SignUp,
    UpdateProfile,
    VerifyEmail,
)
from contracts.auth.admins import (
    Audit,
    EndSessions,
    ListUsers,
    ListWorkspaces,
    RenameUser,
    SetSystemAdmin,
)
from contracts.auth.bans import BanUser, UnbanUser
from contracts.auth.erasure import EraseSubject, ExportMyData, GetErasure
from contracts.auth.impersonation import StartImpersonation, StopImpersonation
from contracts.auth.invitations import (
    AcceptInvitation,
    CancelInvitation,
    DeclineInvitation,
    GetInvitation,
    InviteMember,
    ListInvitations,
    ListMyInvitations,
    ResendInvitation,
)
from contracts.auth.members import ChangeMemberRole, ListMembers, RemoveMember, TransferOwnership
from contracts.auth.passwords import ChangePassword, RequestPasswordReset, ResetPassword
from contracts.auth.second_factor import (
    ConfirmTotp,
    DisableTotp,
    EnableTotp,
    NewRecoveryCodes,
    ResetTotp,
)
from contracts.auth.sessions import (
    Authenticate,
    ListSessions,
    PublicKeys,
    Reauthenticate,
    RevokeOtherSessions,
    RevokeSession,
    SignOut,
)
from contracts.auth.standings import SetInvoiceEligibility, SetWorkspacePlan, SetWorkspaceStatus
from contracts.auth.workspaces import (
    CloseWorkspace,
    CompleteOnboarding,
    CreateWorkspace,
    GetBillingProfile,
    GetBranding,
    GetWorkspace,
    SetBranding,
    UpdateWorkspace,
)


class AuthService:
    """Users, workspaces, sessions."""

    name, rules = "auth", schemas.RULES
    door, caller = DoorProvider(), CallerProvider()

    sign_up = act(SignUp, claims.sign_up)
    verify_email = act(VerifyEmail, counted(verifying.verify))
    resend_verification = act(ResendVerification, claims.resend)
    sign_in = act(SignIn, counted(signing_in.sign_in))
    me = look(Me, accounts.me)
    update_profile = unit(UpdateProfile, accounts.update_profile)
    change_email = unit(ChangeEmail, addresses.change)

    authenticate = act(Authenticate, counted(access.authenticate))
    reauthenticate = act(Reauthenticate, counted(access.reauthenticate))
    sign_out = unit(SignOut, sessions.sign_out)
    revoke_session = unit(RevokeSession, sessions.revoke)
    revoke_other_sessions = unit(RevokeOtherSessions, sessions.revoke_others)
    list_sessions = look(ListSessions, sessions.listed)
    public_keys = act(PublicKeys, access.public_keys)

    change_password = act(ChangePassword, counted(passwords.change))
    request_password_reset = act(RequestPasswordReset, passwords.request_reset)
    reset_password = act(ResetPassword, counted(passwords.reset))

    enable_totp = act(EnableTotp, enrolling.enable)
    confirm_totp = act(ConfirmTotp, counted(enrolling.confirm))
    disable_totp = act(DisableTotp, counted(second_factor.disable))
    new_recovery_codes = act(NewRecoveryCodes, counted(second_factor.renew_codes))
    reset_totp = unit(ResetTotp, second_factor.reset)

    get_workspace = look(GetWorkspace, workspaces.shown)
    update_workspace = unit(UpdateWorkspace, workspaces.update)
    complete_onboarding = unit(CompleteOnboarding, workspaces.complete_onboarding)
    set_branding = act(SetBranding, branding.set_looks)
    close_workspace = unit(CloseWorkspace, closing.close)
    create_workspace = act(CreateWorkspace, opening.create)
    set_workspace_status = unit(SetWorkspaceStatus, standings.set_status)
    set_workspace_plan = unit(SetWorkspacePlan, standings.set_plan)
    set_invoice_eligibility = unit(SetInvoiceEligibility, standings.set_eligibility)
    billing_profile = look(GetBillingProfile, workspaces.billing_profile)
    branding = look(GetBranding, branding.shown)

    list_members = look(ListMembers, members.listed)
    change_member_role = unit(ChangeMemberRole, members.change_role)
    transfer_ownership = unit(TransferOwnership, members.transfer)
    remove_member = unit(RemoveMember, members.remove)

    invite_member = unit(InviteMember, inviting.invite)
    resend_invitation = unit(ResendInvitation, inviting.resend)
    cancel_invitation = unit(CancelInvitation, inviting.cancel)
    accept_invitation = unit(AcceptInvitation, invitations.accept)
    decline_invitation = unit(DeclineInvitation, invitations.decline)
    list_invitations = look(ListInvitations, inviting.listed)
    list_my_invitations = look(ListMyInvitations, invitations.mine)
    get_invitation = look(GetInvitation, invitations.shown)

    end_sessions = unit(EndSessions, admins.end_sessions)
    ban_user = unit(BanUser, bans.ban)
    unban_user = unit(UnbanUser, bans.unban)
    set_system_admin = unit(SetSystemAdmin, admins.set_flag)
    rename_user = unit(RenameUser, admins.rename)
    list_workspaces = look(ListWorkspaces, admins.workspaces)
    list_users = look(ListUsers, admins.users)
    audit = look(Audit, audit.listed)

    start_impersonation = act(StartImpersonation, impersonation.start)
    stop_impersonation = unit(StopImpersonation, impersonation.stop)

    erase_subject = unit(EraseSubject, erasure.erase)
    erasure_status = look(GetErasure, erasure.shown)
    export_my_data = act(ExportMyData, exporting.export)

    events_read = look(EventsRead, every_service.events_read)
    describe = look(Describe, every_service.describe)
