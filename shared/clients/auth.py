"""The client of auth."""

from clients.client import Client, rpc
from contracts.auth import (
    accounts,
    admins,
    bans,
    erasure,
    impersonation,
    invitations,
    members,
    passwords,
    second_factor,
    sessions,
    standings,
    workspaces,
)


class Auth(Client):
    """Users, workspaces, sessions."""

    sign_up = rpc(accounts.SignUp)
    verify_email = rpc(accounts.VerifyEmail)
    resend_verification = rpc(accounts.ResendVerification)
    sign_in = rpc(accounts.SignIn)
    me = rpc(accounts.Me)
    update_profile = rpc(accounts.UpdateProfile)
    change_email = rpc(accounts.ChangeEmail)

    authenticate = rpc(sessions.Authenticate)
    reauthenticate = rpc(sessions.Reauthenticate)
    sign_out = rpc(sessions.SignOut)
    revoke_session = rpc(sessions.RevokeSession)
    revoke_other_sessions = rpc(sessions.RevokeOtherSessions)
    list_sessions = rpc(sessions.ListSessions)
    public_keys = rpc(sessions.PublicKeys)

    change_password = rpc(passwords.ChangePassword)
    request_password_reset = rpc(passwords.RequestPasswordReset)
    reset_password = rpc(passwords.ResetPassword)

    enable_totp = rpc(second_factor.EnableTotp)
    confirm_totp = rpc(second_factor.ConfirmTotp)
    disable_totp = rpc(second_factor.DisableTotp)
    new_recovery_codes = rpc(second_factor.NewRecoveryCodes)
    reset_totp = rpc(second_factor.ResetTotp)

    get_workspace = rpc(workspaces.GetWorkspace)
    update_workspace = rpc(workspaces.UpdateWorkspace)
    complete_onboarding = rpc(workspaces.CompleteOnboarding)
    set_branding = rpc(workspaces.SetBranding)
    close_workspace = rpc(workspaces.CloseWorkspace)
    create_workspace = rpc(workspaces.CreateWorkspace)
    set_workspace_status = rpc(standings.SetWorkspaceStatus)
    set_workspace_plan = rpc(standings.SetWorkspacePlan)
    set_invoice_eligibility = rpc(standings.SetInvoiceEligibility)
    billing_profile = rpc(workspaces.GetBillingProfile)
    branding = rpc(workspaces.GetBranding)

    list_members = rpc(members.ListMembers)
    change_member_role = rpc(members.ChangeMemberRole)
    transfer_ownership = rpc(members.TransferOwnership)
    remove_member = rpc(members.RemoveMember)

    invite_member = rpc(invitations.InviteMember)
    resend_invitation = rpc(invitations.ResendInvitation)
    cancel_invitation = rpc(invitations.CancelInvitation)
    accept_invitation = rpc(invitations.AcceptInvitation)
    decline_invitation = rpc(invitations.DeclineInvitation)
    list_invitations = rpc(invitations.ListInvitations)
    list_my_invitations = rpc(invitations.ListMyInvitations)
    get_invitation = rpc(invitations.GetInvitation)

    end_sessions = rpc(admins.EndSessions)
    ban_user = rpc(bans.BanUser)
    unban_user = rpc(bans.UnbanUser)
    set_system_admin = rpc(admins.SetSystemAdmin)
    rename_user = rpc(admins.RenameUser)
    list_workspaces = rpc(admins.ListWorkspaces)
    list_users = rpc(admins.ListUsers)
    audit = rpc(admins.Audit)

    start_impersonation = rpc(impersonation.StartImpersonation)
    stop_impersonation = rpc(impersonation.StopImpersonation)

    erase_subject = rpc(erasure.EraseSubject)
    erasure_status = rpc(erasure.GetErasure)
    export_my_data = rpc(erasure.ExportMyData)
