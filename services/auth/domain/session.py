"""A session: a person signed in, until it is ended, has been idle for long or is simply old."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.domain import UNTIMED, Decider, value
from chassis.errors import Unauthenticated

IDLE = timedelta(days=7)
RENEWED_AFTER = timedelta(days=1)  # at most one event a day
ABSOLUTE = timedelta(days=30)


@value
class StartSession:
    user_id: UUID
    workspace_id: UUID | None
    at: datetime = UNTIMED


@value
class UseSession:
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


@value
class SessionRenewed:
    at: datetime
    expires_at: datetime


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


@value
class Ended:
    user_id: UUID
    workspace_id: UUID | None


State = Session | Ended
Command = StartSession | UseSession | EndSession
Event = SessionStarted | SessionRenewed | SessionEnded


def decide(session: State | None, command: Command) -> list[Event]:
    at = command.at
    match session, command:
        case None, StartSession():
            return [
                SessionStarted(
                    user_id=command.user_id,
                    workspace_id=command.workspace_id,
                    at=at,
                    expires_at=at + IDLE,
                )
            ]
        case Session() | Ended(), StartSession():
            return []
        case Ended(), UseSession():
            raise Unauthenticated("auth.session_ended", "sign in again")
        case Session(), UseSession() if at >= session.expires_at:
            raise Unauthenticated("auth.session_expired", "sign in again")
        case Session(), UseSession() if at - session.renewed_at < RENEWED_AFTER:
            return []
        case Session(), UseSession():
            expires_at = min(at + IDLE, session.started_at + ABSOLUTE)
            return [SessionRenewed(at=at, expires_at=expires_at)]
        case Session(), EndSession():
            return [SessionEnded(at=at)]
        case Ended(), EndSession():
            return []
        case _:
            raise AssertionError(f"{command} needs a session")


def evolve(session: State | None, event: Event) -> State:
    match session, event:
        case None, SessionStarted():
            return Session(
                user_id=event.user_id,
                workspace_id=event.workspace_id,
                started_at=event.at,
                renewed_at=event.at,
                expires_at=event.expires_at,
            )
        case Session(), SessionRenewed():
            return replace(session, renewed_at=event.at, expires_at=event.expires_at)
        case Session(), SessionEnded():
            return Ended(user_id=session.user_id, workspace_id=session.workspace_id)
        case _:
            raise AssertionError(f"{event} cannot follow {session}")


decider = Decider(
    name="session",
    decide=decide,
    evolve=evolve,
    events=(SessionStarted, SessionRenewed, SessionEnded),
    creates=(StartSession,),
    person=lambda id, session: session.user_id,
)
