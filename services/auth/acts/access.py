"""Access tokens: what a session, or a password shown again, gives for minutes."""

from datetime import datetime
from functools import partial
from uuid import UUID

from auth import kept
from auth.acts import credentials, second_factor, throttling
from auth.acts.sessions import admitted
from auth.domain import session
from auth.domain.user_states import User
from auth.equipment import Tools
from auth.gateways import passwords
from chassis import telemetry
from chassis.door.edge import Door
from chassis.door.tokens import LIFETIME
from chassis.errors import Unauthenticated
from chassis.identity import Actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.sessions import Access, Authenticate, Fresh, Keys, PublicKeys, Reauthenticate


def authenticate(door: Door, call: Call, asked: Authenticate) -> Access:
    """Return an access token for whoever holds this session token.

    Raises `Unauthenticated` for a token that is unknown or whose session has ended or expired.
    """
    return door.app.unit(call, partial(_access, door.tools, asked.session_token), Access)


def _access(tools: Tools, token: str, unit: Unit) -> Access:
    actor, until = _use(tools, token, unit)
    return Access(
        access_token=tools.issuer.issue(actor, unit.call.at, until),
        expires_at=until,
        user_id=actor.user_id,
        workspace_id=actor.workspace_id,
        role=actor.role,
        impersonated_by=actor.impersonated_by,
    )


def _use(tools: Tools, token: str, unit: Unit) -> tuple[Actor, datetime]:
    """Return who a session token speaks for now, and until when; renews at most once a day."""
    session_id = kept.recall_row(unit.connection, "session", token)
    if session_id is None:
        raise Unauthenticated("auth.session_unknown", "sign in again")
    telemetry.know(session_id=session_id)
    used: session.Session = unit.decide(session.decider, session_id, session.UseSession()).state
    telemetry.know(user_id=used.user_id)
    person: User = admitted(unit, used.user_id).state
    return _actor(tools, person, session_id, used), _until(unit, used)


def reauthenticate(door: Door, call: Call, asked: Reauthenticate) -> Fresh:
    """Return an access token of who has shown again who they are.

    Raises `Unauthenticated("auth.invalid_credentials")`, and as `second_factor.proven` does;
    `RateLimited("auth.too_many_attempts")`.
    """
    me, app = call.actor.user_id, door.app
    address = app.query(lambda db: kept.recall_texts(db, me)).get("email_folded")
    throttling.reserve(door, call, address, None)
    stored = app.query(lambda db: kept.recall_password(db, me))
    if not app.offload(passwords.matches, stored, asked.password):
        raise second_factor.wrong()
    second_factor.reserve(door, call, me, asked.code)
    again = partial(_again, door.tools, stored, asked.code, address)
    with throttling.right_as_far_as(second_factor.NO_CODE, door, call, address, None):
        return app.unit(call, again, Fresh)


def _again(
    tools: Tools, verified: str | None, code: str | None, address: str | None, unit: Unit
) -> Fresh:
    mine = unit.call.actor
    if mine.session_id is None:
        raise Unauthenticated("auth.session_unknown", "sign in again")
    person: User = admitted(unit, mine.user_id).state
    credentials.must_stand(unit, mine.user_id, verified)
    amr = second_factor.proven(unit, tools.keys, mine.user_id, code)
    throttling.forgive(unit, address, None)
    shown = session.Reauthenticate(amr=amr)
    sure: session.Session = unit.decide(session.decider, mine.session_id, shown).state
    actor = _actor(tools, person, mine.session_id, sure)
    until = _until(unit, sure)
    return Fresh(access_token=tools.issuer.issue(actor, unit.call.at, until), expires_at=until)


def _until(unit: Unit, used: session.Session) -> datetime:
    """Return when an access token ends: no later than the session that it is of."""
    return min(unit.call.at + LIFETIME, used.expires_at)


def _actor(tools: Tools, person: User, session_id: UUID, used: session.Session) -> Actor:
    """Return who somebody is: an admin only as themselves, and by a code where that is asked."""
    sure = session.CODE in used.amr or not tools.admins_need_a_code
    return Actor(
        kind="person",
        id=str(used.user_id),
        workspace_id=person.workspace_id,
        role=person.role,
        is_system_admin=person.is_system_admin and sure and used.impersonated_by is None,
        session_id=session_id,
        impersonated_by=used.impersonated_by,
        authenticated_at=used.authenticated_at,
        amr=used.amr,
    )


def public_keys(door: Door, call: Call, asked: PublicKeys) -> Keys:
    """Return the keys that access tokens are checked with."""
    return Keys(keys=tuple(door.tokens.jwks()))
