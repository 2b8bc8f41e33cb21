"""Signing in: a password, the code where a second factor is on, and with what it was done."""

from functools import partial
from uuid import UUID

from auth import claims, devices, kept
from auth.acts import credentials, mailing, second_factor, throttling
from auth.acts.sessions import admitted, start_session
from auth.domain.attempts import network
from auth.gateways import passwords
from auth.projections import users
from auth.secret_keys import SecretKeys
from chassis.door.edge import Door
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.accounts import SessionStarted, SignIn


def sign_in(door: Door, call: Call, asked: SignIn) -> SessionStarted:
    """Start a session; from a device that was not seen before, the person is told.

    Raises `Unauthenticated("auth.invalid_credentials")`, and as `second_factor.proven` does;
    `RateLimited("auth.too_many_attempts")`. Who has signed up and not followed the link yet is
    refused alike, and mailed another one.
    """
    throttling.reserve(door, call, asked.email, asked.ip)
    user_id, hashed = _credentials(door, call, asked)
    if user_id is None:
        door.app.attempt(call, partial(_refuse, asked.email, hashed))
        raise second_factor.wrong()
    second_factor.reserve(door, call, user_id, asked.code)
    start = partial(_start, door.tools.keys, user_id, hashed, asked)
    with throttling.right_as_far_as(second_factor.NO_CODE, door, call, asked.email, asked.ip):
        return door.app.unit(call, start, SessionStarted)


def _credentials(door: Door, call: Call, asked: SignIn) -> tuple[UUID | None, str]:
    """Return whose e-mail and password these are, and its hash; None, and the one of a claim.

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
        stronger = app.offload(passwords.hashed, asked.password)
        replaced = kept.replace_password(user_id, stored, stronger, call.at)
        app.attempt(call, lambda unit: unit.execute(replaced))
        stored = app.query(lambda db: kept.recall_password(db, user_id)) or ""
        if stored != stronger and not app.offload(passwords.matches, stored, asked.password):
            return None, ""  # somebody has changed it meanwhile, and not only made it stronger
    return user_id, stored


def _refuse(address: str, hashed: str, unit: Unit) -> None:
    """Mail another link where the password is a claim's; the same statements where it is none's."""
    mailing.hold(unit, address)
    claim = claims.by_password(unit.connection, address, hashed, unit.call.at)
    mailing.mail(unit, address, "verify_email", claim.user_id if claim else None)


def _start(
    keys: SecretKeys, user_id: UUID, verified: str, asked: SignIn, unit: Unit
) -> SessionStarted:
    address = asked.email
    device = keys.hashes("device", f"{network(asked.ip) if asked.ip else ''} {asked.user_agent}")
    given = {"ip_address": asked.ip, "user_agent": asked.user_agent}
    seen = {field: text for field, text in given.items() if text}
    is_new = bool(seen) and not devices.is_known(unit.connection, user_id, device)
    if is_new:
        mailing.hold(unit, address)
    person = admitted(unit, user_id)
    credentials.must_stand(unit, user_id, verified)
    amr = second_factor.proven(unit, keys, user_id, asked.code)
    failures = throttling.failures(unit, address)
    throttling.forgive(unit, address, asked.ip)
    started = start_session(unit, person, seen, amr)
    unit.execute(devices.keep(user_id, device[0], unit.call.at))
    if is_new:
        mailing.mail(unit, address, "new_sign_in", user_id, seen, failures=str(failures))
    return started
