"""People: signing up, verifying an address, signing in."""

import re
import unicodedata
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from auth import kept
from auth.acts.sessions import admitted, of_holder, start_session
from auth.domain import user, workspace
from auth.gateways import passwords
from auth.projections import users
from chassis import ids
from chassis.codec import read_reply
from chassis.door.edge import Door
from chassis.errors import Rejected, Unauthenticated
from chassis.personal import keep
from chassis.unit.calls import Call, Job
from chassis.unit.deciding import Unit
from contracts.auth.accounts import (
    Me,
    SessionStarted,
    SignedUp,
    SignIn,
    SignUp,
    User,
    Verified,
    VerifyEmail,
)

SLUG_TRIES = 5


def sign_up(door: Door, call: Call, asked: SignUp) -> SignedUp:
    """Make a user with a workspace of their own, in one unit; a known address answers alike."""
    if asked.invitation_token is not None:
        raise Rejected("auth.invitation_invalid", "this invitation is not valid")
    app, email = door.app, asked.email
    password: str = app.offload(passwords.hashed, asked.password)
    for attempt in range(SLUG_TRIES):
        try:
            work = partial(_new_account, asked.name, email, password, attempt)
            return app.unit(call, work, SignedUp)
        except Rejected as refusal:
            if refusal.code == "auth.email_taken":
                return app.unit(call, partial(_known_address, email), SignedUp)
            if refusal.code != "auth.slug_taken":
                raise
    raise Rejected("auth.slug_taken")


def _new_account(name: str, email: str, password: str, attempt: int, unit: Unit) -> SignedUp:
    user_id, workspace_id = _derived(unit.call)
    slug = f"{slugified(email.partition('@')[0])}-{workspace_id.hex[attempt * 6 :][:6]}"
    unit.execute(keep(user_id, user_id, {"name": name, "email": email}))
    unit.execute(keep(workspace_id, user_id, {"name": f"{name}'s Workspace", "slug": slug}))
    unit.execute(kept.keep_password(user_id, password, unit.call.at))
    opened = workspace.OpenWorkspace(workspace_id=workspace_id, owner_user_id=user_id)
    unit.decide(workspace.decider, workspace_id, opened)
    made = unit.decide(user.decider, user_id, user.SignUp(workspace_id=workspace_id))
    return SignedUp(user_id=user_id, workspace_id=workspace_id, version=made.version)


def _known_address(email: str, unit: Unit) -> SignedUp:
    user_id, workspace_id = _derived(unit.call)
    owner = users.find(unit.connection, email)
    if owner is not None:
        unit.queue(Job(kind="mail", subject=owner, args={"template": "sign_up_attempted"}))
    return SignedUp(user_id=user_id, workspace_id=workspace_id, version=1)


def _derived(call: Call) -> tuple[UUID, UUID]:
    return ids.derive(call.id, "user"), ids.derive(call.id, "workspace")


def slugified(text: str) -> str:
    """Return `text` in [a-z0-9-], 1 to 33 characters, so that a slug stays within 40."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:33].strip("-") or "workspace"


def verify_email(door: Door, call: Call, asked: VerifyEmail) -> Verified:
    """Spend a verification token, mark the address verified and sign the person in.

    Raises `Rejected("auth.token_invalid")` alike for one that is unknown, spent or expired.
    """
    return door.app.unit(of_holder(call, asked.token), partial(_verify, asked.token), Verified)


def _verify(token: str, unit: Unit) -> Verified:
    spent = kept.spend_verification(unit.connection, token, unit.call.at)
    user_id = users.find(unit.connection, spent) if spent else None
    if user_id is None:
        raise Rejected("auth.token_invalid", "this link is not valid any more")
    admitted(unit, user_id)
    verified = unit.decide(user.decider, user_id, user.VerifyEmail())
    started = start_session(unit, verified, {})
    return Verified(
        user_id=user_id, session_token=started.session_token, expires_at=started.expires_at
    )


def sign_in(door: Door, call: Call, asked: SignIn) -> SessionStarted:
    """Start a session. Raises `Unauthenticated("auth.invalid_credentials")`."""
    user_id = _credentials(door, call, asked.email, asked.password)
    given = {"ip_address": asked.ip, "user_agent": asked.user_agent}
    seen = {field: text for field, text in given.items() if text}
    reply = door.app.answer(call, lambda unit: _start_or_mail(unit, user_id, seen) or {})
    if not reply:
        raise Rejected("auth.email_not_verified", "follow the link that was mailed first")
    return read_reply(SessionStarted, reply)


def _credentials(door: Door, call: Call, email: str, password: str) -> UUID:
    """Return whose e-mail and password these are, after the same work for everybody."""
    app = door.app
    user_id = app.query(lambda db: users.find(db, email))
    stored = app.query(lambda db: kept.recall_password(db, user_id))
    if not app.offload(passwords.matches, stored, password) or user_id is None or stored is None:
        raise Unauthenticated("auth.invalid_credentials", "unknown e-mail address or password")
    if passwords.outdated(stored):
        stronger = kept.replace_password(stored, app.offload(passwords.hashed, password))
        app.attempt(call, lambda unit: unit.execute(stronger))
    return user_id


def _start_or_mail(unit: Unit, user_id: UUID, seen: dict[str, str]) -> SessionStarted | None:
    """Start a session, or mail the link once more and return None where none was followed yet."""
    person = admitted(unit, user_id)
    if person.state.email_verified:
        return start_session(unit, person, seen)
    unit.queue(Job(kind="mail", subject=user_id, args={"template": "verify_email"}))
    return None


def me(db: Connection, door: Door, call: Call, asked: Me) -> User:
    """Return the row of who is signed in."""
    return User(**users.get(db, call.actor.user_id, call.actor))
