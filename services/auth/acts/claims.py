"""Signing up: many may claim an address, and one proves that it is theirs."""

import re
import unicodedata
from functools import partial
from uuid import UUID

from auth import claims, kept
from auth.acts import mailing
from auth.acts.sessions import admitted, of_holder, start_session
from auth.claims import Claim
from auth.domain import user, workspace
from auth.domain.claims import CLAIM, MOST_CLAIMS
from auth.gateways import passwords
from auth.projections import users
from chassis import ids
from chassis.door.edge import Door
from chassis.door.rules import folded
from chassis.errors import Rejected
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.accounts import SignedUp, SignUp, Verified, VerifyEmail

SLUG_TRIES = 5


def sign_up(door: Door, call: Call, asked: SignUp) -> SignedUp:
    """Claim an address, and mail the link that verifies it; a known address answers alike."""
    if asked.invitation_token is not None:
        raise Rejected("auth.invitation_invalid", "this invitation is not valid")
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


def verify_email(door: Door, call: Call, asked: VerifyEmail) -> Verified:
    """Make the account of who claims an address with this link and password, and sign them in.

    Raises `Rejected("auth.token_invalid")` alike for a token that is unknown, spent or expired,
    and for a password that is not of the same claim, which spends nothing.
    """
    app = door.app
    claim = app.query(lambda db: claims.by_link(db, asked.token, call.at))
    stored = claim.password if claim else None
    proven = claim if app.offload(passwords.matches, stored, asked.password) else None
    password = app.offload(passwords.hashed, asked.password) if proven else ""
    call = of_holder(call, asked.token + asked.password)
    for attempt in range(SLUG_TRIES):
        try:
            work = partial(_verify, proven, asked.token, password, attempt)
            return app.unit(call, work, Verified)
        except Rejected as refusal:
            if refusal.code != "auth.slug_taken":
                raise
    raise Rejected("auth.slug_taken")


def _verify(proven: Claim | None, token: str, password: str, attempt: int, unit: Unit) -> Verified:
    if proven is not None:
        mailing.hold(unit, proven.address)  # then looked at again: one of two rivals is first
    if proven is None or claims.by_link(unit.connection, token, unit.call.at) != proven:
        raise Rejected("auth.token_invalid", "this link and this password do not go together")
    claims.leave(unit.connection, proven.address, newest=0)
    made = users.find(unit.connection, proven.address)
    user_id = made or proven.user_id
    texts = {"name": proven.name, "email": proven.email, "email_folded": proven.address}
    unit.execute(keep(user_id, user_id, texts))
    unit.execute(kept.keep_password(user_id, password, unit.call.at))
    if made is None:
        _open_account(unit, proven, attempt)
    else:
        _take_over(unit, made, proven)
    verified = unit.decide(user.decider, user_id, user.VerifyEmail())
    started = start_session(unit, verified, {})
    return Verified(
        user_id=user_id, session_token=started.session_token, expires_at=started.expires_at
    )


def _open_account(unit: Unit, claim: Claim, attempt: int) -> None:
    """Make a user with a workspace of their own."""
    user_id, workspace_id = claim.user_id, claim.workspace_id
    slug = f"{slugified(claim.address.partition('@')[0])}-{workspace_id.hex[attempt * 6 :][:6]}"
    texts = {"name": f"{claim.name}'s Workspace", "slug": slug}
    unit.execute(keep(workspace_id, user_id, texts))
    opened = workspace.OpenWorkspace(workspace_id=workspace_id, owner_user_id=user_id)
    unit.decide(workspace.decider, workspace_id, opened)
    unit.decide(user.decider, user_id, user.SignUp(workspace_id=workspace_id))


def _take_over(unit: Unit, user_id: UUID, claim: Claim) -> None:
    """Give this claim the account that the address has, of the time before there were claims.

    Its workspace is called after whoever signed up first. Raises `Rejected("auth.user_banned")`.
    """
    workspace_id = admitted(unit, user_id).state.workspace_id
    unit.execute(keep(workspace_id, user_id, {"name": f"{claim.name}'s Workspace"}))
    stands = unit.state(workspace.decider, workspace_id)
    renamed = workspace.ChangeProfile(
        organization_number=stands.organization_number,
        has_legal_name=stands.has_legal_name,
        changed=("name",),
    )
    unit.decide(workspace.decider, workspace_id, renamed)


def slugified(text: str) -> str:
    """Return `text` in [a-z0-9-], 1 to 33 characters, so that a slug stays within 40."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:33].strip("-") or "workspace"
