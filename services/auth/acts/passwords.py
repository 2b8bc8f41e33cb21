"""Passwords: changed by who knows the old one, and reset by whose mailbox it is."""

from functools import partial

from sqlalchemy import Connection

from auth import claims, kept, verifications
from auth.acts import credentials, founding, mailing, second_factor, sessions, throttling
from auth.acts.password_rules import require
from auth.acts.sessions import of_holder
from auth.claims import Claim
from auth.domain import user, user_messages
from auth.domain.claims import first_workspace
from auth.domain.user_states import User
from auth.gateways import passwords
from auth.projections import users
from auth.secret_keys import SecretKeys
from auth.verifications import Mailed
from chassis.asked import Written
from chassis.door.edge import Door
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.accounts import Done
from contracts.auth.passwords import (
    ChangePassword,
    PasswordReset,
    RequestPasswordReset,
    ResetPassword,
)

RESETS = ("reset_password", "set_password")


def change(door: Door, call: Call, asked: ChangePassword) -> Written:
    """Change the caller's password, and end their other sessions unless they are to go on.

    Raises `Unauthenticated("auth.invalid_credentials")` for a wrong present one, `RateLimited`
    after too many, `Invalid` for a new one that is among the first to be tried.
    """
    app, user_id = door.app, call.actor.user_id
    app.query(lambda db: credentials.judge(db, user_id, asked.new_password))
    address = app.query(lambda db: kept.recall_texts(db, user_id).get("email_folded", ""))
    throttling.reserve(door, call, address, None)
    stored = app.query(lambda db: kept.recall_password(db, user_id))
    hashed = None
    if app.offload(passwords.matches, stored, asked.current_password):
        hashed = app.offload(passwords.hashed, asked.new_password)
    return app.unit(call, partial(_change, address, stored, hashed, asked), Written)


def _change(
    address: str, stored: str | None, hashed: str | None, asked: ChangePassword, unit: Unit
) -> Written:
    user_id, session_id = unit.call.actor.user_id, unit.call.actor.session_id
    mailing.hold(unit, address)
    unit.hold(user.decider, user_id)
    if hashed is None:
        raise second_factor.wrong()
    credentials.must_stand(unit, user_id, stored)
    changed = credentials.replace(unit, user_id, hashed, "changed")
    if not asked.keep_other_sessions:
        sessions.end_all(unit, user_id, but=session_id)
    throttling.forgive(unit, address, None)
    return changed.written


def request_reset(door: Door, call: Call, asked: RequestPasswordReset) -> Done:
    """Mail a link by which a password is set anew; an address that is nobody's is answered alike.

    To whoever claims an address it goes as well: who has forgotten with which password.
    """
    return door.app.unit(call, partial(_request, asked.email), Done)


def _request(address: str, unit: Unit) -> Done:
    mailing.hold(unit, address)
    owner = users.find(unit.connection, address)
    claim = claims.newest(unit.connection, address, unit.call.at)
    whose = owner or (claim.user_id if claim else mailing.nobody(unit))
    mailing.mail(unit, address, "reset_password", whose)
    return Done()


def reset(door: Door, call: Call, asked: ResetPassword) -> PasswordReset:
    """Set a password by a mailed link, which verifies the address; all sessions end.

    Raises `Rejected("auth.token_invalid")` alike for a link that is unknown, spent or expired, or
    was mailed for something else; `Invalid` for a password that is among the first to be tried;
    `auth.user_banned`; `Unauthenticated` without the code of a second factor that is on.
    """
    app, token, password = door.app, asked.token, asked.new_password
    mailed = app.query(lambda db: verifications.by_token(db, RESETS, token, call.at))
    claim = app.query(partial(_judged, mailed, password))
    hashed = app.offload(passwords.hashed, password)
    if mailed is not None:
        second_factor.reserve(door, call, mailed.subject, asked.code)
    keys = door.tools.keys
    work = partial(_reset, keys, mailed, claim, hashed, asked.code)
    return founding.in_turn(door, of_holder(keys, call, token, password), work, PasswordReset)


def _judged(mailed: Mailed | None, password: str, db: Connection) -> Claim | None:
    """Return the claim, where the link was mailed to one, if the password is good for it."""
    claim = claims.find(db, mailed.subject) if mailed else None
    if claim is not None:
        require(
            password,
            name=claim.name,
            address=claim.address,
            workspace=first_workspace(claim.name),
            field="new_password",
        )
    elif mailed is not None:
        credentials.judge(db, mailed.subject, password)
    return claim


def _reset(
    keys: SecretKeys,
    mailed: Mailed | None,
    claim: Claim | None,
    hashed: str,
    code: str | None,
    attempt: int,
    unit: Unit,
) -> PasswordReset:
    if mailed is None:
        raise verifications.invalid()
    mailing.hold(unit, mailed.address)  # then looked at again: one of two rivals is first
    stands = verifications.holds(unit.connection, mailed, unit.call.at)
    if not stands or claims.find(unit.connection, mailed.subject) != claim:
        raise verifications.invalid()
    if claim is not None:
        begun = founding.begin(unit, claim, hashed, attempt, spent=mailed)
        return PasswordReset(user_id=begun.id, version=begun.version)
    return _replace(unit, keys, mailed, hashed, code)


def _replace(
    unit: Unit, keys: SecretKeys, mailed: Mailed, hashed: str, code: str | None
) -> PasswordReset:
    user_id = mailed.subject
    unit.hold(user.decider, user_id)
    if not isinstance(unit.state(user.decider, user_id), User):
        raise verifications.invalid()
    unit.may(user.decider, user_id, user_messages.Admit())
    second_factor.proven(unit, keys, user_id, code)
    claims.leave(unit.connection, mailed.address, newest=0)
    unit.decide(user.decider, user_id, user_messages.VerifyEmail())
    replaced = credentials.replace(unit, user_id, hashed, "reset")
    sessions.end_all(unit, user_id)
    return PasswordReset(user_id=user_id, version=replaced.version)
