"""Asking people to join a workspace, and taking it back."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection

from auth import kept, verifications
from auth.acts import mailing
from auth.acts.invitations import must_stand
from auth.acts.workspaces import reached
from auth.domain import invitation, workspace
from auth.domain.invitation import Cancel, DrawToken, Invite, Pending, Resend
from auth.domain.workspace_messages import OfferRole
from auth.projections import invitations
from chassis import ids
from chassis.asked import Page, Written
from chassis.door.edge import Door
from chassis.door.rules import folded
from chassis.errors import RateLimited
from chassis.personal import keep
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit
from contracts.auth.invitations import (
    CancelInvitation,
    Invitation,
    Invited,
    InviteMember,
    ListInvitations,
    ResendInvitation,
)

A_SECOND = timedelta(seconds=1)


def invite(unit: Unit, asked: InviteMember) -> Invited:
    """Invite an address, in the place of an earlier invitation of it.

    Raises `Forbidden("auth.above_own_role")`, `Rejected("auth.workspace_suspended")`,
    `auth.workspace_closed`, `RateLimited("auth.too_many_invitations")`.
    """
    workspace_id = reached(unit.call, asked.workspace_id)
    unit.hold(workspace.decider, workspace_id)  # of two that invite at once, each is counted
    _may_offer(unit, workspace_id, asked.role)
    _must_have_room(unit, workspace_id, folded(asked.email))
    invited = offer(unit, workspace_id, asked.email, asked.role)
    mailing.mail(unit, folded(asked.email), "invitation", invited.id)
    return _standing(invited)


def _may_offer(unit: Unit, workspace_id: UUID, role: str) -> None:
    actor = unit.call.actor
    by = None if actor.is_system_admin else actor.user_id
    unit.may(workspace.decider, workspace_id, OfferRole(role=role, by=by))


def _must_have_room(unit: Unit, workspace_id: UUID, address: str) -> None:
    wait = invitations.wait(unit.connection, workspace_id, address, unit.call.at)
    if wait is not None:
        raise RateLimited(
            "auth.too_many_invitations",
            f"{invitation.MOST_PENDING} may wait for an answer, and {invitation.NEW_A_DAY} be new",
            retry_after_s=-(-wait // A_SECOND),
        )


def offer(unit: Unit, workspace_id: UUID, email: str, role: str) -> Decided:
    """Let an invitation to that address stand, by who calls; any before it is cancelled.

    Whether they may is asked by whoever calls this, and mailed is nothing: `mailing.mail`, or
    `draw` for who hands the token on themselves. The address is held from here on.
    """
    address = folded(email)
    mailing.hold(unit, address)
    for earlier in invitations.pending(unit.connection, workspace_id, address):
        _cancel(unit, earlier)
    id = ids.derive(unit.call.id, "invitation")
    unit.execute(keep(id, workspace_id, {"email": email, "email_folded": address}))
    by = unit.call.actor.user_id
    invited = Invite(workspace_id=workspace_id, role=role, invited_by=by)
    return unit.decide(invitation.decider, id, invited)


def draw(unit: Unit, invitation_id: UUID) -> str:
    """Return a new token for an invitation; those that were drawn before stay good.

    Raises `Rejected("auth.invitation_invalid")` for one that was answered or taken back.
    """
    drawn = unit.decide(invitation.decider, invitation_id, DrawToken())
    address = kept.recall_texts(unit.connection, invitation_id)["email_folded"]
    token, at, until = ids.token(), unit.call.at, drawn.state.expires_at
    hashed = kept.digest(token)
    unit.execute(verifications.keep("invitation", invitation_id, address, hashed, at, until))
    return token


def resend(unit: Unit, asked: ResendInvitation) -> Invited:
    """Mail an invitation again, for seven more days; by somebody who might offer as much.

    Raises what `invite` does, and `Rejected("auth.invitation_invalid")` for one that was answered,
    taken back, or is dead with its inviter's leave.
    """
    resent = unit.decide(invitation.decider, asked.invitation_id, Resend())
    offered: Pending = resent.state
    _may_offer(unit, offered.workspace_id, offered.role)
    must_stand(unit, offered, unit.call.actor.user_id)
    address = kept.recall_texts(unit.connection, asked.invitation_id)["email_folded"]
    mailing.hold(unit, address)
    mailing.mail(unit, address, "invitation", asked.invitation_id)
    return _standing(resent)


def _standing(invited: Decided) -> Invited:
    return Invited(id=invited.id, version=invited.version, expires_at=invited.state.expires_at)


def cancel(unit: Unit, asked: CancelInvitation) -> Written:
    """Take an invitation back; nothing is left to do of one that was answered."""
    return _cancel(unit, asked.invitation_id).written


def _cancel(unit: Unit, invitation_id: UUID) -> Decided:
    unit.execute(verifications.void("invitation", invitation_id))
    return unit.decide(invitation.decider, invitation_id, Cancel())


def forget(unit: Unit, address: str) -> None:
    """Take back what a folded address was invited to; of what was answered, forget the address."""
    for each in invitations.of_address(unit.connection, address):
        unit.execute(kept.forget_texts(each))
        _cancel(unit, each)
    unit.execute(invitations.forget(address))


def listed(db: Connection, door: Door, call: Call, asked: ListInvitations) -> Page[Invitation]:
    """Return a page of the invitations that somebody may still accept, newest first."""
    workspace_id = reached(call, asked.workspace_id)
    return invitations.listed(db, workspace_id, call.at, asked).of(Invitation)
