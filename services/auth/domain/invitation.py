"""An invitation: a role in a workspace, offered to an address; for a week, and once."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.domain import UNTIMED, Decider, value
from chassis.errors import RateLimited, Rejected

LIFETIME = timedelta(days=7)
A_DAY = timedelta(days=1)
RESENT_A_DAY = 3
MOST_PENDING = 100  # of a workspace; a rival may make it 101
NEW_A_DAY = 20  # of a workspace


@value
class Invite:
    """Whom, is kept beside; whether `invited_by` may, the workspace says: `OfferRole`."""

    workspace_id: UUID
    role: str
    invited_by: UUID
    at: datetime = UNTIMED


@value
class DrawToken:
    """A mail with a link goes out."""


@value
class Resend:
    at: datetime = UNTIMED


@value
class Accept:
    """Whoever has the address that was invited takes the role."""

    user_id: UUID
    at: datetime = UNTIMED


@value
class Decline:
    pass


@value
class Cancel:
    """It is taken back, or another takes its place."""


@value
class Invited:
    workspace_id: UUID
    role: str
    invited_by: UUID
    expires_at: datetime


@value
class TokenDrawn:
    pass


@value
class Resent:
    at: datetime
    expires_at: datetime


@value
class Accepted:
    user_id: UUID


@value
class Declined:
    pass


@value
class Cancelled:
    pass


@value
class Pending:
    workspace_id: UUID
    role: str
    invited_by: UUID
    expires_at: datetime
    resent: tuple[datetime, ...] = ()

    def resent_lately(self, at: datetime) -> tuple[datetime, ...]:
        """Return when it was sent again in the day before `at`."""
        return tuple(each for each in self.resent if each > at - A_DAY)


@value
class Ended:
    """It was accepted, declined or cancelled: to whoever comes with it now these are alike."""

    workspace_id: UUID


State = Pending | Ended
Command = Invite | DrawToken | Resend | Accept | Decline | Cancel
Event = Invited | TokenDrawn | Resent | Accepted | Declined | Cancelled


def decide(invitation: State | None, command: Command) -> list[Event]:
    match invitation, command:
        case None, Invite():
            return [_invited(command)]
        case Pending(), DrawToken():
            return [TokenDrawn()]
        case Pending(), Resend() if len(invitation.resent_lately(command.at)) >= RESENT_A_DAY:
            raise RateLimited(
                "auth.too_many_invitations",
                "it was sent again three times in a day",
                retry_after_s=_seconds_to_wait(invitation, command.at),
            )
        case Pending(), Resend():
            return [Resent(at=command.at, expires_at=command.at + LIFETIME)]
        case Pending(), Accept() if command.at >= invitation.expires_at:
            raise Rejected("auth.invitation_invalid", "this invitation is not valid")
        case Pending(), Accept():
            return [Accepted(user_id=command.user_id)]
        case Pending(), Decline():
            return [Declined()]
        case Pending(), Cancel():
            return [Cancelled()]
        case Ended(), Cancel():
            return []
        case Ended(), _:
            raise Rejected("auth.invitation_invalid", "this invitation is not valid")
        case _:
            raise AssertionError(f"{command} needs an invitation")


def _invited(command: Invite) -> Invited:
    return Invited(
        workspace_id=command.workspace_id,
        role=command.role,
        invited_by=command.invited_by,
        expires_at=command.at + LIFETIME,
    )


def _seconds_to_wait(invitation: Pending, at: datetime) -> int:
    """Return the seconds, a part of one as a whole, until there is room in the day again."""
    first = invitation.resent_lately(at)[-RESENT_A_DAY]
    return -((at - first - A_DAY) // timedelta(seconds=1))


def evolve(invitation: State | None, event: Event) -> State:
    match invitation, event:
        case None, Invited():
            return Pending(
                workspace_id=event.workspace_id,
                role=event.role,
                invited_by=event.invited_by,
                expires_at=event.expires_at,
            )
        case Pending(), TokenDrawn():
            return invitation
        case Pending(), Resent():
            resent = (*invitation.resent, event.at)
            return replace(invitation, resent=resent, expires_at=event.expires_at)
        case Pending(), Accepted() | Declined() | Cancelled():
            return Ended(workspace_id=invitation.workspace_id)
        case _:
            raise AssertionError(f"{event} cannot follow {invitation}")


decider = Decider(
    name="invitation",
    decide=decide,
    evolve=evolve,
    events=(Invited, TokenDrawn, Resent, Accepted, Declined, Cancelled),
    creates=(Invite,),
)
