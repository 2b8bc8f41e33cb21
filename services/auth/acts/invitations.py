"""Being asked to join a workspace: looking, accepting, declining.

Whoever answers is signed in with the address that was invited. The mailed token proves that it is
theirs; by an invitation's id it has been proven before.
"""

from uuid import UUID

from sqlalchemy import Connection

from auth import kept, logos, verifications
from auth.acts.moving import join, joining
from auth.domain import invitation, user, workspace
from auth.domain.invitation import Accept, Decline, Pending
from auth.domain.user_messages import VerifyEmail
from auth.projections import invitees, users
from chassis.asked import Written
from chassis.door.edge import Door
from chassis.errors import Invalid, Rejected
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit
from contracts.auth.invitations import (
    AcceptInvitation,
    DeclineInvitation,
    GetInvitation,
    InvitationAccepted,
    InvitationShown,
    ListMyInvitations,
    LogoShown,
    MyInvitation,
    MyInvitations,
)


def accept(unit: Unit, asked: AcceptInvitation) -> InvitationAccepted:
    """Join the workspace that invited the caller's address.

    Raises `Rejected("auth.invitation_invalid")` alike for an invitation that is unknown, dead or
    another's; `auth.workspace_suspended`, `auth.workspace_closed`, `auth.already_in_workspace`.
    """
    user_id = unit.call.actor.user_id
    id, offered = _own(unit, asked)
    accepted = take(unit, id, user_id)
    unit.admit(workspace.decider, offered.workspace_id)
    joined = join(unit, user_id, offered.workspace_id, offered.role, offered.invited_by)
    if asked.token is not None:
        unit.decide(user.decider, user_id, VerifyEmail())
    return InvitationAccepted(
        id=id,
        version=accepted.version,
        workspace_id=offered.workspace_id,
        role=joined.state.members[user_id],  # whoever was in it already stays what they are
    )


def decline(unit: Unit, asked: DeclineInvitation) -> Written:
    """Refuse an invitation to the caller's address; raises what `accept` does of it."""
    id, _ = _own(unit, asked)
    unit.execute(verifications.void("invitation", id))
    return unit.decide(invitation.decider, id, Decline()).written


def _own(unit: Unit, asked: AcceptInvitation | DeclineInvitation) -> tuple[UUID, Pending]:
    """Return the invitation that the caller has proven to be theirs to answer."""
    if (asked.token is None) == (asked.invitation_id is None):
        fields = dict.fromkeys(("token", "invitation_id"), ["Exactly one of the two."])
        raise Invalid("chassis.invalid_argument", details={"fields": fields})
    user_id = unit.call.actor.user_id
    mine = kept.recall_texts(unit.connection, user_id).get("email_folded", "")
    if asked.token is not None:
        id, offered = by_token(unit, asked.token, mine)
    elif users.verified(unit.connection, mine) == user_id:
        id, offered = by_id(unit, asked.invitation_id, mine)
    else:
        raise invalid()
    unit.admit(invitation.decider, id)
    return id, offered


def by_token(unit: Unit, token: str, address: str) -> tuple[UUID, Pending]:
    """Return the invitation of a folded address that a token was mailed for, if it stands."""
    found = verifications.subject_of(unit.connection, "invitation", token, unit.call.at)
    return by_id(unit, found, address)


def by_id(unit: Unit, id: UUID | None, address: str) -> tuple[UUID, Pending]:
    """Return that invitation, if it stands and is of that address."""
    offered = unit.state(invitation.decider, id) if id else None
    if id is None or not isinstance(offered, Pending) or unit.call.at >= offered.expires_at:
        raise invalid()
    if kept.recall_texts(unit.connection, id).get("email_folded") != address:
        raise invalid()
    return id, offered


def invalid() -> Rejected:
    """Return the one refusal of all that is no invitation, or none any more."""
    return Rejected("auth.invitation_invalid", "this invitation is not valid")


def take(unit: Unit, id: UUID, user_id: UUID) -> Decided:
    """Use an invitation up: no other of its links leads anywhere from now on."""
    unit.execute(verifications.void("invitation", id))
    return unit.decide(invitation.decider, id, Accept(user_id=user_id))


def must_stand(unit: Unit, offered: Pending, user_id: UUID) -> None:
    """Raise what that workspace would, if it were told that somebody takes an invitation up."""
    told = joining(unit, user_id, offered.role, offered.invited_by)
    workspace.decide(unit.state(workspace.decider, offered.workspace_id), told)


def mine(db: Connection, door: Door, call: Call, asked: ListMyInvitations) -> MyInvitations:
    """Return the invitations to the caller's verified address; of another address none."""
    found = invitees.of_person(db, call.actor.user_id, call.at)
    return MyInvitations(items=tuple(MyInvitation(**each) for each in found))


def shown(db: Connection, door: Door, call: Call, asked: GetInvitation) -> InvitationShown:
    """Return what a mailed link is for. Raises `Rejected("auth.invitation_invalid")`."""
    id = verifications.subject_of(db, "invitation", asked.token, call.at)
    found = invitees.shown(db, id, call.at) if id else None
    if found is None:
        raise invalid()
    ref = found.pop("logo")
    link = logos.link(door.tools.blobs, ref) if ref else None
    logo = LogoShown(url=link.url, expires_at=link.expires_at) if link else None
    return InvitationShown(**found, logo=logo)
