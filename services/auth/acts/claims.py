"""Signing up: many may claim an address, and one proves that it is theirs (`verifying.py`)."""

from functools import partial

from auth import claims
from auth.acts import invited, mailing
from auth.acts.password_rules import require
from auth.claims import Claim
from auth.domain.claims import CLAIM, MOST_CLAIMS, first_workspace
from auth.gateways import passwords
from auth.projections import users
from chassis import ids
from chassis.door.edge import Door
from chassis.door.rules import folded
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.accounts import Done, ResendVerification, SignedUp, SignUp


def sign_up(door: Door, call: Call, asked: SignUp) -> SignedUp:
    """Claim an address, and mail the link that verifies it; a known address answers alike.

    By an invitation's token it is verified, as `invited.sign_up` has it. Raises `Invalid` for a
    password that is among the first to be tried.
    """
    opens = first_workspace(asked.name) if asked.invitation_token is None else ""
    require(asked.password, name=asked.name, address=asked.email, workspace=opens)
    if asked.invitation_token is not None:
        return invited.sign_up(door, call, asked, asked.invitation_token)
    address = folded(asked.email)
    claim = Claim(
        user_id=ids.derive(call.id, "user"),
        workspace_id=ids.derive(call.id, "workspace"),
        email=asked.email,
        address=address,
        name=asked.name,
        password=door.app.offload(passwords.hashed_for, address, asked.password),
    )
    return door.app.unit(call, partial(_claim, claim), SignedUp)


def _claim(claim: Claim, unit: Unit) -> SignedUp:
    """Keep a claim, and no more of its address than there may be: of somebody's own, none.

    The statements are the same whosever the address is. So is the reply: its ids come true if
    this claim is the one that is verified.
    """
    mailing.hold(unit, claim.address)
    owner = users.verified(unit.connection, claim.address)
    template = "sign_up_attempted" if owner else "verify_email"
    mailed = mailing.mail(unit, claim.address, template, owner or claim.user_id)
    unit.execute(claims.keep(claim, mailed, unit.call.at, unit.call.at + CLAIM))
    claims.leave(unit.connection, claim.address, newest=0 if owner else MOST_CLAIMS)
    return SignedUp(user_id=claim.user_id, workspace_id=claim.workspace_id, version=1)


def resend(door: Door, call: Call, asked: ResendVerification) -> Done:
    """Mail another link and code to whoever claims an address; nobody is answered alike."""
    return door.app.unit(call, partial(_resend, asked.email), Done)


def _resend(address: str, unit: Unit) -> Done:
    mailing.hold(unit, address)
    claim = claims.newest(unit.connection, address, unit.call.at)
    mailing.mail(unit, address, "verify_email", claim.user_id if claim else mailing.nobody(unit))
    return Done()
