"""A session: a person signed in, until it is ended, has been idle for long or is simply old."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.domain import UNTIMED, Decider, value
from chassis.errors import Unauthenticated

IDLE = timedelta(days=7)
RENEWED_AFTER = timedelta(days=1)  # at most one event a day
ABSOLUTE = timedelta(days=30)
IMPERSONATION = timedelta(minutes=60)  # less than anything is renewed after: it never is
AGAIN_AFTER = timedelta(seconds=60)  # at most one event a minute
MOST_SESSIONS = 20  # of a person; the next one ends the oldest. Impersonations do not count.
REASON_AT_LEAST = 10  # characters, to act as somebody
PASSWORD, CODE = "pwd", "otp"  # what somebody has shown, in the words of RFC 8176


@value
class StartSession:
    """A person signs in, or a system admin begins to act as them."""

    user_id: UUID
    workspace_id: UUID | None
    impersonated_by: UUID | None = None
    amr: tuple[str, ...] = (PASSWORD,)
    at: datetime = UNTIMED


@value
class UseSession:
    at: datetime = UNTIMED


@value
class Reauthenticate:
    """Its person has shown again who they are, by these means."""

    amr: tuple[str, ...]
    at: datetime = UNTIMED


@value
class EndSession:
    """Its person signs out or revokes it, or is banned."""

    at: datetime = UNTIMED


@value
class SessionStarted:
    user_id: UUID
    workspace_id: UUID | None
    at: datetime
    expires_at: datetime
    impersonated_by: UUID | None = None
    amr: tuple[str, ...] = (PASSWORD,)


@value
class SessionRenewed:
    at: datetime
    expires_at: datetime


@value
class SessionReauthenticated:
    at: datetime
    amr: tuple[str, ...]


@value
class SessionEnded:
    at: datetime


@value
class Session:
    user_id: UUID
    workspace_id: UUID | None
    started_at: datetime
    renewed_at: datetime
    expires_at: datetime
    authenticated_at: datetime  # the latest time
    amr: tuple[str, ...]
    impersonated_by: UUID | None = None

    def is_sure(self, command: Reauthenticate) -> bool:
        """Whether that was shown already, a moment ago."""
        lately = command.at - self.authenticated_at < AGAIN_AFTER
        return lately and set(command.amr) <= set(self.amr)


@value
class Ended:
    user_id: UUID
    workspace_id: UUID | None
    impersonated_by: UUID | None = None


State = Session | Ended
Command = StartSession | UseSession | Reauthenticate | EndSession
Event = SessionStarted | SessionRenewed | SessionReauthenticated | SessionEnded


def decide(session: State | None, command: Command) -> list[Event]:
    at = command.at
    match session, command:
        case None, StartSession():
            return [_started(command)]
        case Session() | Ended(), StartSession():
            return []
        case Ended(), UseSession() | Reauthenticate():
            raise Unauthenticated("auth.session_ended", "sign in again")
        case Session(), UseSession() | Reauthenticate() if at >= session.expires_at:
            raise Unauthenticated("auth.session_expired", "sign in again")
        case Session(), UseSession() if at - session.renewed_at < RENEWED_AFTER:
            return []
        case Session(), UseSession():
            expires_at = min(at + IDLE, session.started_at + ABSOLUTE)
            return [SessionRenewed(at=at, expires_at=expires_at)]
        case Session(), Reauthenticate() if session.is_sure(command):
            return []
        case Session(), Reauthenticate():
            return [SessionReauthenticated(at=at, amr=command.amr)]
        case Session(), EndSession():
            return [SessionEnded(at=at)]
        case Ended(), EndSession():
            return []
        case _:
            raise AssertionError(f"{command} needs a session")


def _started(command: StartSession) -> SessionStarted:
    lasts = IDLE if command.impersonated_by is None else IMPERSONATION
    return SessionStarted(
        user_id=command.user_id,
        workspace_id=command.workspace_id,
        at=command.at,
        expires_at=command.at + lasts,
        impersonated_by=command.impersonated_by,
        amr=command.amr,
    )


def evolve(session: State | None, event: Event) -> State:
    match session, event:
        case None, SessionStarted():
            return Session(
                user_id=event.user_id,
                workspace_id=event.workspace_id,
                started_at=event.at,
                renewed_at=event.at,
                expires_at=event.expires_at,
                authenticated_at=event.at,
                amr=event.amr,
                impersonated_by=event.impersonated_by,
            )
        case Session(), SessionRenewed():
            return replace(session, renewed_at=event.at, expires_at=event.expires_at)
        case Session(), SessionReauthenticated():
            return replace(session, authenticated_at=event.at, amr=event.amr)
        case Session(), SessionEnded():
            return Ended(
                user_id=session.user_id,
                workspace_id=session.workspace_id,
                impersonated_by=session.impersonated_by,
            )
        case _:
            raise AssertionError(f"{event} cannot follow {session}")


decider = Decider(
    name="session",
    decide=decide,
    evolve=evolve,
    events=(SessionStarted, SessionRenewed, SessionReauthenticated, SessionEnded),
    creates=(StartSession,),
    person=lambda id, session: session.user_id,
)
