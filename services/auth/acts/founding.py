"""An account begins: of a claim whose address has answered."""

import re
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from uuid import UUID

from auth import claims, kept, verifications
from auth.acts.sessions import admitted
from auth.claims import Claim
from auth.domain import user, user_messages, workspace, workspace_messages
from auth.domain.claims import first_workspace
from auth.projections import users
from auth.verifications import Mailed
from chassis.door.edge import Door
from chassis.errors import Rejected
from chassis.personal import keep
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit

R = TypeVar("R")
SLUG_TRIES = 5


def in_turn(door: Door, call: Call, work: Callable[[int, Unit], R], reply: type[R]) -> R:
    """Run a unit that may begin an account; again, where the slug of its workspace is taken."""
    for attempt in range(SLUG_TRIES):
        try:
            return door.app.unit(call, partial(work, attempt), reply)
        except Rejected as refusal:
            if refusal.code != "auth.slug_taken":
                raise
    raise Rejected("auth.slug_taken")


def begin(unit: Unit, claim: Claim, password: str, attempt: int, spent: Mailed) -> Decided:
    """Make the account of a claim, whose address is held, and return its person.

    What was mailed is spent by it. Nobody claims the address any more, and nothing else leads
    anywhere that was mailed to it. Raises `Rejected("auth.user_banned")`.
    """
    made = users.find(unit.connection, claim.address)
    user_id = made or claim.user_id
    unit.execute(verifications.spend(spent, user_id, unit.call.at))
    unit.execute(verifications.void_all(user_id, claim.address, but=spent))
    claims.leave(unit.connection, claim.address, newest=0)
    texts = {"name": claim.name, "email": claim.email, "email_folded": claim.address}
    unit.execute(keep(user_id, user_id, texts))
    unit.execute(kept.keep_password(user_id, password, unit.call.at))
    if made is None:
        _open_account(unit, claim, attempt)
    else:
        _take_over(unit, made, claim)
    return unit.decide(user.decider, user_id, user_messages.VerifyEmail())


def _open_account(unit: Unit, claim: Claim, attempt: int) -> None:
    """Make a user with a workspace of their own."""
    user_id, workspace_id = claim.user_id, claim.workspace_id
    slug = f"{slugified(claim.address.partition('@')[0])}-{workspace_id.hex[attempt * 6 :][:6]}"
    texts = {"name": first_workspace(claim.name), "slug": slug}
    unit.execute(keep(workspace_id, workspace_id, texts))
    opened = workspace_messages.OpenWorkspace(workspace_id=workspace_id, owner_user_id=user_id)
    unit.decide(workspace.decider, workspace_id, opened)
    unit.decide(user.decider, user_id, user_messages.SignUp(workspace_id=workspace_id))


def _take_over(unit: Unit, user_id: UUID, claim: Claim) -> None:
    """Give this claim the account that the address has, of the time before there were claims.

    Its workspace is called after whoever signed up first. Raises `Rejected("auth.user_banned")`.
    """
    workspace_id = admitted(unit, user_id).state.workspace_id
    unit.execute(keep(workspace_id, workspace_id, {"name": first_workspace(claim.name)}))
    stands = unit.state(workspace.decider, workspace_id)
    renamed = workspace_messages.ChangeProfile(
        organization_number=stands.organization_number,
        has_legal_name=stands.has_legal_name,
        changed=("name",),
    )
    unit.decide(workspace.decider, workspace_id, renamed)


def slugified(text: str) -> str:
    """Return `text` in [a-z0-9-], 1 to 33 characters, so that a slug stays within 40."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:33].strip("-") or "workspace"
