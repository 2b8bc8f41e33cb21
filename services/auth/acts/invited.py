"""Signing up by an invitation: its token verifies the address, and one has no other workspace."""

from functools import partial
from uuid import UUID

from auth import claims, kept
from auth.acts import mailing
from auth.acts.invitations import by_token, must_stand, take
from auth.acts.moving import join, joining
from auth.acts.password_rules import require
from auth.domain import user, workspace
from auth.domain.invitation import Pending
from auth.domain.user_messages import SignUp as BeginAsInvited
from auth.domain.user_messages import VerifyEmail
from auth.gateways import passwords
from auth.projections import users
from chassis import ids
from chassis.door.edge import Door
from chassis.door.rules import folded
from chassis.personal import keep
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit
from contracts.auth.accounts import SignedUp, SignUp

AS_NEW = 2  # the version of somebody who has just signed up so: they began, and are verified


def sign_up(door: Door, call: Call, asked: SignUp, token: str) -> SignedUp:
    """Make the account of whoever was invited, in the workspace that invited them.

    Their address is verified, all claims on it are dead, and no session starts. Whoever has an
    account with it already is answered alike, and told by mail; the invitation stays theirs to
    accept. Raises `Rejected("auth.invitation_invalid")`, `auth.workspace_suspended`,
    `auth.workspace_closed`; `Invalid` for a password that is called after the workspace.
    """
    hashed = door.app.offload(passwords.hashed, asked.password)
    return door.app.unit(call, partial(_take_up, asked, token, hashed), SignedUp)


def _take_up(asked: SignUp, token: str, hashed: str, unit: Unit) -> SignedUp:
    address, new = folded(asked.email), ids.derive(unit.call.id, "user")
    mailing.hold(unit, address)
    id, offered = by_token(unit, token, address)
    name = kept.recall_texts(unit.connection, offered.workspace_id).get("name", "")
    require(asked.password, name=asked.name, address=address, workspace=name)
    owner = users.verified(unit.connection, address)
    if owner is not None:
        must_stand(unit, offered, owner)
        mailing.mail(unit, address, "sign_up_attempted", owner)
        return SignedUp(user_id=new, workspace_id=offered.workspace_id, version=AS_NEW)
    made = users.find(unit.connection, address)  # of the time before there were claims
    user_id = made or new
    claims.leave(unit.connection, address, newest=0)
    texts = {"name": asked.name, "email": asked.email, "email_folded": address}
    unit.execute(keep(user_id, user_id, texts))
    unit.execute(kept.keep_password(user_id, hashed, unit.call.at))
    take(unit, id, user_id)
    begun = _join(unit, made, offered) if made else _begin(unit, new, offered)
    return SignedUp(user_id=user_id, workspace_id=offered.workspace_id, version=begun.version)


def _begin(unit: Unit, user_id: UUID, offered: Pending) -> Decided:
    """Make a person who is in that workspace, and never had one of their own."""
    taken_in = joining(unit, user_id, offered.role, offered.invited_by)
    unit.decide(workspace.decider, offered.workspace_id, taken_in)
    begun = BeginAsInvited(workspace_id=offered.workspace_id, invited_as=offered.role)
    return unit.decide(user.decider, user_id, begun)


def _join(unit: Unit, user_id: UUID, offered: Pending) -> Decided:
    """Give the account of an address that was never verified to whoever has proven it theirs."""
    join(unit, user_id, offered.workspace_id, offered.role, offered.invited_by)
    return unit.decide(user.decider, user_id, VerifyEmail())
