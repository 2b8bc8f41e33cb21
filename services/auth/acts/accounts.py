"""People with an account: signing in, and what they are."""

from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from auth import claims, kept
from auth.acts import mailing
from auth.acts.sessions import admitted, start_session
from auth.gateways import passwords
from auth.projections import users
from chassis.door.edge import Door
from chassis.errors import Unauthenticated
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.accounts import Me, SessionStarted, SignIn, User


def sign_in(door: Door, call: Call, asked: SignIn) -> SessionStarted:
    """Start a session. Raises `Unauthenticated("auth.invalid_credentials")`.

    Who has signed up and not followed the link yet is refused alike, and mailed another one.
    """
    user_id, hashed = _credentials(door, call, asked)
    if user_id is None:
        door.app.attempt(call, partial(_refuse, asked.email, hashed))
        raise Unauthenticated("auth.invalid_credentials", "unknown e-mail address or password")
    given = {"ip_address": asked.ip, "user_agent": asked.user_agent}
    seen = {field: text for field, text in given.items() if text}
    return door.app.unit(call, partial(_start, user_id, seen), SessionStarted)


def _credentials(door: Door, call: Call, asked: SignIn) -> tuple[UUID | None, str]:
    """Return whose e-mail and password these are; None, and the hash that a claim of them has.

    One hash is made for everybody.
    """
    app = door.app
    user_id = app.query(lambda db: users.find(db, asked.email))
    stored = app.query(lambda db: kept.recall_password(db, user_id))
    if stored is None:
        return None, app.offload(passwords.hashed_for, asked.email, asked.password)
    if not app.offload(passwords.matches, stored, asked.password):
        return None, ""
    if passwords.outdated(stored):
        stronger = kept.replace_password(stored, app.offload(passwords.hashed, asked.password))
        app.attempt(call, lambda unit: unit.execute(stronger))
    return user_id, stored


def _refuse(address: str, hashed: str, unit: Unit) -> None:
    """Mail another link where the password is a claim's; the same statements where it is none's."""
    mailing.hold(unit, address)
    claim = claims.by_password(unit.connection, address, hashed, unit.call.at)
    mailing.mail(unit, address, "verify_email", claim.user_id if claim else None)


def _start(user_id: UUID, seen: dict[str, str], unit: Unit) -> SessionStarted:
    return start_session(unit, admitted(unit, user_id), seen)


def me(db: Connection, door: Door, call: Call, asked: Me) -> User:
    """Return the row of who is signed in."""
    return User(**users.get(db, call.actor.user_id, call.actor))
