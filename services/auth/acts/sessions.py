"""Sessions, and the access tokens that they give. What ends one holds in auth at once."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from auth import kept
from auth.domain import session, user
from auth.projections import sessions
from chassis import ids, telemetry
from chassis.asked import Page, Written
from chassis.door.edge import Door
from chassis.door.tokens import LIFETIME, TokenIssuer
from chassis.errors import Unauthenticated
from chassis.identity import Actor
from chassis.personal import keep
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit, not_found
from contracts.auth.accounts import SessionStarted
from contracts.auth.sessions import (
    Access,
    Authenticate,
    Keys,
    ListSessions,
    PublicKeys,
    RevokeOtherSessions,
    RevokeSession,
    Session,
    SessionsEnded,
    SignOut,
)


def start_session(unit: Unit, person: Decided, seen: Mapping[str, str]) -> SessionStarted:
    """Start a session; `seen`: ip_address, user_agent. The token is shown this once.

    `person`: who was `admitted` in this unit, or made in it.
    """
    user_id, workspace_id = person.id, person.state.workspace_id
    session_id, token = ids.derive(unit.call.id, "session"), ids.token()
    telemetry.know(user_id=user_id, session_id=session_id)
    if seen:
        unit.execute(keep(session_id, user_id, seen))
    expires_at = unit.call.at + session.IDLE
    unit.execute(kept.keep_secret(session_id, "session", token, expires_at))
    started = session.StartSession(user_id=user_id, workspace_id=workspace_id)
    unit.decide(session.decider, session_id, started)
    return SessionStarted(session_id=session_id, session_token=token, expires_at=expires_at)


def admitted(unit: Unit, user_id: UUID) -> Decided:
    """Return a person who may come in. Raises `Rejected("auth.user_banned")`.

    The unit's time is from now on one at which nobody was changing their access: what begins then
    is younger than all that this unit does not know.
    """
    unit.hold(user.decider, user_id, shared=True)
    return unit.may(user.decider, user_id, user.Admit())


def of_holder(call: Call, token: str) -> Call:
    """Return the call as its token's own: nobody else repeats it, whatever their key."""
    return replace(call, id=ids.derive(call.id, kept.digest(token)))


def authenticate(door: Door, call: Call, asked: Authenticate) -> Access:
    """Return an access token for whoever holds this session token."""
    return door.app.unit(call, partial(_access, door.tools, asked.session_token), Access)


def _access(issuer: TokenIssuer, token: str, unit: Unit) -> Access:
    actor = _use(unit, token)
    return Access(
        access_token=issuer.issue(actor, unit.call.at),
        expires_at=unit.call.at + LIFETIME,
        user_id=actor.user_id,
        workspace_id=actor.workspace_id,
        role=actor.role,
    )


def _use(unit: Unit, token: str) -> Actor:
    """Return who a session token speaks for; renews the session at most once a day.

    Raises `Unauthenticated` for a token that is unknown or whose session has ended or expired.
    """
    session_id = kept.recall_row(unit.connection, "session", token)
    if session_id is None:
        raise Unauthenticated("auth.session_unknown", "sign in again")
    telemetry.know(session_id=session_id)
    used: session.Session = unit.decide(session.decider, session_id, session.UseSession()).state
    telemetry.know(user_id=used.user_id)
    person: user.User = admitted(unit, used.user_id).state
    return Actor(
        kind="person",
        id=str(used.user_id),
        workspace_id=person.workspace_id,
        role=person.role,
        is_system_admin=person.is_system_admin,
        session_id=session_id,
        authenticated_at=used.started_at,
        amr=("pwd",),
    )


def sign_out(unit: Unit, asked: SignOut) -> Written:
    """End the caller's present session."""
    return _end_own(unit, unit.call.actor.session_id)


def revoke(unit: Unit, asked: RevokeSession) -> Written:
    """End one of the caller's sessions, the present one too."""
    return _end_own(unit, asked.session_id)


def _end_own(unit: Unit, session_id: UUID | None) -> Written:
    """Raise `NotFound("auth.session_not_found")` for somebody else's as for nobody's."""
    theirs = unit.state(session.decider, session_id) if session_id else None
    if session_id is None or theirs is None or theirs.user_id != unit.call.actor.user_id:
        raise not_found("auth", session.decider)
    return end(unit, session_id).written


def revoke_others(unit: Unit, asked: RevokeOtherSessions) -> SessionsEnded:
    """End all of the caller's sessions but the present one; one that begins beside this too."""
    mine = unit.call.actor
    unit.hold(user.decider, mine.user_id)
    others = [each for each in of_person(unit, mine.user_id) if each != mine.session_id]
    return SessionsEnded(items=tuple(end(unit, each).written for each in others))


def of_person(unit: Unit, user_id: UUID) -> Iterable[UUID]:
    """Return the sessions of somebody that may have left an access token."""
    # those just expired as well
    alive = sessions.alive(unit.connection, user_id, unit.call.at - LIFETIME)
    unit.preload((session.decider, each) for each in alive)
    return alive


def end(unit: Unit, session_id: UUID) -> Decided:
    """End a session; its access tokens are refused from now on."""
    return unit.decide(session.decider, session_id, session.EndSession())


def listed(db: Connection, door: Door, call: Call, asked: ListSessions) -> Page[Session]:
    """Return a page of the caller's sessions, newest first."""
    return sessions.listed(db, call.actor.user_id, call.at, asked).of(Session)


def public_keys(door: Door, call: Call, asked: PublicKeys) -> Keys:
    """Return the keys that access tokens are checked with."""
    return Keys(keys=tuple(door.tokens.jwks()))
