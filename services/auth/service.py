"""auth over RPC: a line a method. What each does stands in `acts`."""

from auth import schemas
from auth.acts import accounts, bans, claims, sessions, workspaces
from chassis.door import every_service
from chassis.every_service import Describe, EventsRead
from chassis.green.methods import act, look, unit
from chassis.green.nameko_ext import CallerProvider, DoorProvider
from contracts.auth.accounts import Me, SignIn, SignUp, VerifyEmail
from contracts.auth.bans import BanUser, UnbanUser
from contracts.auth.sessions import (
    Authenticate,
    ListSessions,
    PublicKeys,
    RevokeOtherSessions,
    RevokeSession,
    SignOut,
)
from contracts.auth.workspaces import (
    GetBillingProfile,
    GetWorkspace,
    SetInvoiceEligibility,
    UpdateWorkspace,
)


class AuthService:
    """Users, workspaces, sessions."""

    name, rules = "auth", schemas.RULES
    door, caller = DoorProvider(), CallerProvider()

    sign_up = act(SignUp, claims.sign_up)
    verify_email = act(VerifyEmail, claims.verify_email)
    sign_in = act(SignIn, accounts.sign_in)
    me = look(Me, accounts.me)

    authenticate = act(Authenticate, sessions.authenticate)
    sign_out = unit(SignOut, sessions.sign_out)
    revoke_session = unit(RevokeSession, sessions.revoke)
    revoke_other_sessions = unit(RevokeOtherSessions, sessions.revoke_others)
    list_sessions = look(ListSessions, sessions.listed)
    public_keys = act(PublicKeys, sessions.public_keys)

    get_workspace = look(GetWorkspace, workspaces.shown)
    update_workspace = unit(UpdateWorkspace, workspaces.update)
    set_invoice_eligibility = unit(SetInvoiceEligibility, workspaces.set_eligibility)
    billing_profile = look(GetBillingProfile, workspaces.billing_profile)

    ban_user = unit(BanUser, bans.ban)
    unban_user = unit(UnbanUser, bans.unban)

    events_read = look(EventsRead, every_service.events_read)
    describe = look(Describe, every_service.describe)
