"""Sessions: how they start and end. What ends one holds in auth at once."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from auth import kept
from auth.domain import session, user, user_messages
from auth.projections import sessions
from auth.secret_keys import SecretKeys
from chassis import ids, telemetry
from chassis.asked import Page, Written
from chassis.door.edge import Door
from chassis.door.tokens import LIFETIME
from chassis.personal import keep
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit, not_found
from contracts.auth.accounts import SessionStarted
from contracts.auth.sessions import (
    ListSessions,
    RevokeOtherSessions,
    RevokeSession,
    Session,
    SessionsEnded,
    SignOut,
)

BESIDE_A_NEW_ONE = session.MOST_SESSIONS - 1


def start_session(
    unit: Unit,
    person: Decided,
    seen: Mapping[str, str],
    amr: tuple[str, ...] = (session.PASSWORD,),
    impersonated_by: UUID | None = None,
) -> SessionStarted:
    """Start a session; `seen`: ip_address, user_agent. The token is shown this once.

    `person`: who was `admitted` in this unit, or made in it; `amr`: what was shown. One too many
    of a person's own ends the oldest; an admin's, who acts as them, is none of those.
    """
    user_id, workspace_id = person.id, person.state.workspace_id
    session_id, token = ids.derive(unit.call.id, "session"), ids.token()
    telemetry.know(user_id=user_id, session_id=session_id)
    if impersonated_by is None:
        for oldest in sessions.own(unit.connection, user_id, unit.call.at)[BESIDE_A_NEW_ONE:]:
            end(unit, oldest)
    if seen:
        unit.execute(keep(session_id, user_id, seen))
    command = session.StartSession(
        user_id=user_id, workspace_id=workspace_id, impersonated_by=impersonated_by, amr=amr
    )
    started: session.Session = unit.decide(session.decider, session_id, command).state
    expires_at = started.expires_at
    unit.execute(kept.keep_secret(session_id, "session", token, expires_at))
    return SessionStarted(session_id=session_id, session_token=token, expires_at=expires_at)


def admitted(unit: Unit, user_id: UUID) -> Decided:
    """Return a person who may come in.

    The unit's time is from now on one at which nobody was changing their access: what begins then
    is younger than all that this unit does not know. Raises `Rejected("auth.user_banned")`, and
    for who was erased `Unauthenticated("auth.invalid_credentials")`.
    """
    unit.hold(user.decider, user_id, shared=True)
    return unit.may(user.decider, user_id, user_messages.Admit())


def of_holder(keys: SecretKeys, call: Call, token: str, password: str) -> Call:
    """Return the call as its token's own: nobody else repeats it, whatever their key.

    Its id stands beside events for good: nobody finds by it what was typed.
    """
    typed, *_ = keys.hashes("call", f"{token} {password}")
    return replace(call, id=ids.derive(call.id, typed))


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
    ended = end_all(unit, mine.user_id, but=mine.session_id)
    return SessionsEnded(items=tuple(each.written for each in ended))


def end(unit: Unit, session_id: UUID) -> Decided:
    """End a session; its access tokens are refused from now on.

    With one of an admin's own end those in which they act as somebody.
    """
    ended = _end(unit, [session_id])[0]
    if ended.state.impersonated_by is None:
        _end_acted(unit, ended.state.user_id)
    return ended


def end_all(unit: Unit, user_id: UUID, but: UUID | None = None) -> list[Decided]:
    """End all sessions of somebody who is held, and those in which they act as somebody.

    Return their own, with those of admins who act as them; `but`: one that goes on.
    """
    # those just expired may have left an access token
    alive = sessions.alive(unit.connection, user_id, unit.call.at - LIFETIME)
    ended = _end(unit, [each for each in alive if each != but])
    _end_acted(unit, user_id)
    return ended


def end_impersonations(unit: Unit, user_id: UUID) -> None:
    """End the sessions in which a held person acts as somebody, or an admin as them."""
    _end_acted(unit, user_id)
    _end(unit, sessions.acted_as(unit.connection, user_id, unit.call.at - LIFETIME))


def hold_with_me(unit: Unit, user_id: UUID) -> None:
    """Hold somebody, and the admin who does something to them.

    So of two who do it to each other one is first, and the other's access has ended by then.
    """
    unit.hold(user.decider, unit.call.actor.user_id, user_id)


def _end_acted(unit: Unit, admin_id: UUID) -> None:
    acted = sessions.acted(unit.connection, admin_id, unit.call.at - LIFETIME)
    for each in acted:
        unit.admit(session.decider, each)  # of whoever's workspace
    _end(unit, acted)


def _end(unit: Unit, those: Iterable[UUID]) -> list[Decided]:
    """End sessions; what was kept of them goes."""
    chosen = list(those)
    unit.preload((session.decider, each) for each in chosen)
    ended = [unit.decide(session.decider, each, session.EndSession()) for each in chosen]
    for forget in kept.forget_sessions(chosen):
        unit.execute(forget)
    return ended


def listed(db: Connection, door: Door, call: Call, asked: ListSessions) -> Page[Session]:
    """Return a page of the caller's sessions, newest first."""
    return sessions.listed(db, call.actor.user_id, call.at, asked).of(Session)
