"""The client of auth."""

from clients.client import Client, rpc
from contracts.auth import accounts, bans, sessions, workspaces


class Auth(Client):
    """Users, workspaces, sessions."""

    sign_up = rpc(accounts.SignUp)
    verify_email = rpc(accounts.VerifyEmail)
    sign_in = rpc(accounts.SignIn)
    me = rpc(accounts.Me)

    authenticate = rpc(sessions.Authenticate)
    sign_out = rpc(sessions.SignOut)
    revoke_session = rpc(sessions.RevokeSession)
    revoke_other_sessions = rpc(sessions.RevokeOtherSessions)
    list_sessions = rpc(sessions.ListSessions)
    public_keys = rpc(sessions.PublicKeys)

    get_workspace = rpc(workspaces.GetWorkspace)
    update_workspace = rpc(workspaces.UpdateWorkspace)
    set_invoice_eligibility = rpc(workspaces.SetInvoiceEligibility)
    billing_profile = rpc(workspaces.GetBillingProfile)

    ban_user = rpc(bans.BanUser)
    unban_user = rpc(bans.UnbanUser)
