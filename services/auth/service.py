"""auth over RPC: the table of contents. What each method does stands in `accounts`, `domain`."""

from auth import accounts, revoking, schemas
from auth.domain import user, workspace
from auth.projections import sessions, users, workspaces
from chassis.errors import Forbidden, Rejected
from chassis.green.nameko_ext import CallerProvider, DoorProvider, command, query


class AuthService:
    """Users, workspaces, sessions."""

    name = "auth"
    door = DoorProvider()
    caller = CallerProvider()

    @command(schemas.SignUp, sensitive=("password", "invitation_token"))
    def sign_up(self, request, call):
        if request.invitation_token is not None:
            raise Rejected("auth.invitation_invalid", "this invitation is not valid")
        email = schemas.canonical(request.email)
        return accounts.sign_up(self.door.app, call, request.name, email, request.password)

    @command(schemas.VerifyEmail, sensitive=("token",))
    def verify_email(self, request, call):
        return self.door.app.unit(
            accounts.of_holder(call, request.token),
            lambda unit: accounts.verify_email(unit, request.token),
            secret=("session_token",),
        )

    @command(schemas.SignIn, sensitive=("password", "ip", "user_agent"))
    def sign_in(self, request, call):
        app = self.door.app
        email = schemas.canonical(request.email)
        user_id = accounts.credentials(app, email, request.password)
        given = {"ip_address": request.ip, "user_agent": request.user_agent}
        seen = {field: text for field, text in given.items() if text}
        reply = app.unit(
            call,
            lambda unit: accounts.sign_in(unit, user_id, seen) or {},
            secret=("session_token",),
        )
        if not reply:
            raise Rejected("auth.email_not_verified", "follow the link that was mailed first")
        return reply

    @command(schemas.Authenticate, sensitive=("session_token",))
    def authenticate(self, request, call):
        return self.door.app.unit(
            accounts.of_holder(call, request.session_token),
            lambda unit: accounts.access(unit, self.door.tools, request.session_token),
            secret=("access_token",),
        )

    @command(schemas.UpdateWorkspace)
    def update_workspace(self, request, call):
        if call.actor.workspace_id is None:
            raise Forbidden("auth.no_workspace", "a system admin has no workspace of their own")
        return self.door.app.unit(
            call, lambda unit: accounts.change_profile(unit, call.actor.workspace_id, request)
        )

    @command(schemas.SetInvoiceEligibility)
    def set_invoice_eligibility(self, request, call):
        decision = workspace.SetInvoiceEligibility(eligible=request.eligible, reason=request.reason)
        return self.door.app.handle(workspace.decider, request.workspace_id, decision, call)

    @command(schemas.SignOut)
    def sign_out(self, request, call):
        mine = call.actor.session_id
        return self.door.app.unit(call, lambda unit: revoking.revoke_session(unit, mine))

    @command(schemas.RevokeSession)
    def revoke_session(self, request, call):
        return self.door.app.unit(
            call, lambda unit: revoking.revoke_session(unit, request.session_id)
        )

    @command(schemas.RevokeOtherSessions)
    def revoke_other_sessions(self, request, call):
        return self.door.app.unit(call, revoking.revoke_other_sessions)

    @command(schemas.BanUser)
    def ban_user(self, request, call):
        return self.door.app.unit(
            call,
            lambda unit: revoking.ban(unit, request.user_id, request.reason, request.expires_at),
        )

    @command(schemas.UnbanUser)
    def unban_user(self, request, call):
        return self.door.app.handle(user.decider, request.user_id, user.UnbanUser(), call)

    @query(schemas.ListSessions)
    def list_sessions(self, request, call):
        person = call.actor.user_id
        return self.door.app.query(
            lambda db: sessions.listed(db, person, call.at, request.limit, request.cursor)
        )

    @query(schemas.Me)
    def me(self, request, call):
        return self.door.app.query(lambda db: users.get(db, call.actor.user_id, call.actor))

    @query(schemas.GetWorkspace)
    def get_workspace(self, request, call):
        if call.actor.workspace_id is None:
            raise Forbidden("auth.no_workspace", "a system admin has no workspace of their own")
        return self.door.app.query(
            lambda db: workspaces.get(db, call.actor.workspace_id, call.actor)
        )

    @query(schemas.PublicKeys)
    def public_keys(self, request, call):
        return {"keys": self.door.tokens.jwks()}

    @query(schemas.GetBillingProfile)
    def billing_profile(self, request, call):
        return self.door.app.query(
            lambda db: workspaces.billing_profile(db, request.workspace_id, call.actor)
        )

    @query(schemas.EventsRead)
    def events_read(self, request, call):
        return self.door.events_read(request)

    @query(schemas.Describe)
    def describe(self, request, call):
        return self.door.describe()
