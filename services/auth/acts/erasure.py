"""Forgetting a person: all that is kept of them goes, and what they leave is called otherwise."""

from uuid import UUID

from sqlalchemy import Connection

from auth import claims, exports, forgetting, kept
from auth.acts import inviting, leaving, mailing, sessions
from auth.domain import user, user_messages, workspace
from auth.domain.user_states import User
from auth.domain.workspace_states import Workspace
from auth.projections import erasures, invitations
from auth.projections import sessions as session_rows
from chassis import ids
from chassis.door.edge import Door
from chassis.hearing.forgetting import forget_replies
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts import SERVICES
from contracts.auth.erasure import Erased, EraseSubject, ErasureShown, Forgotten, GetErasure, KeptOf


def erase(unit: Unit, asked: EraseSubject) -> Erased:
    """Forget a person; somebody who was forgotten before is left as they are.

    Raises `Rejected("auth.self_erasure")`, `auth.last_owner`; `NotFound` for nobody.
    """
    return forget(unit, asked.user_id, ids.derive(unit.call.id, "erasure"), asked.reason)


def forget(unit: Unit, user_id: UUID, erasure_id: UUID, reason: str | None = None) -> Erased:
    """Forget a person by that erasure; raises as `erase` does."""
    by = unit.call.actor.user_id if unit.call.actor.kind == "person" else None
    mailing.hold_all(unit, user_id)
    unit.hold(user.decider, user_id, *([by] if by else []))
    person = unit.state(user.decider, user_id)
    home = person.workspace_id if person else None
    stands = unit.state(workspace.decider, home) if home else None
    others = bool(stands and stands.members.keys() - {user_id})
    command = user_messages.Erase(
        erasure_id=erasure_id,
        workspace_id=None if others else home,
        of_oneself=by == user_id,
        is_last_owner=others and isinstance(stands, Workspace) and stands.is_last_owner(user_id),
    )
    erased = unit.decide(user.decider, user_id, command)
    if isinstance(person, User):
        leaving.leave(unit, user_id, home, others)
        _forget(unit, user_id)
        if reason:
            unit.execute(keep(erasure_id, erasure_id, {"reason": reason}))
    return Erased(id=user_id, version=erased.version, erasure_id=erased.state.erasure_id)


def _forget(unit: Unit, user_id: UUID) -> None:
    """End their access, and delete what is kept of them."""
    addresses = mailing.theirs(unit, user_id)
    sessions.end_all(unit, user_id)
    over = session_rows.all_of(unit.connection, user_id)  # long ago, too
    for statement in kept.forget_sessions(over):
        unit.execute(statement)
    unit.execute(session_rows.blank(over))
    leaving.forget_invitations(unit, invitations.accepted_by(unit.connection, user_id))
    for address in addresses:
        inviting.forget(unit, address)
        claims.leave(unit.connection, address, newest=0)
    for statement in forgetting.of_person(user_id, addresses):
        unit.execute(statement)
    forget_replies(unit, user_id)
    unit.withdraw("mail", user_id)
    unit.queue(exports.forgetting(user_id))


def shown(db: Connection, door: Door, call: Call, asked: GetErasure) -> ErasureShown:
    """Return how far a person has been forgotten, a line a service. Raises `NotFound`."""
    erased = erasures.of_person(db, asked.user_id)
    said = erasures.said(db, asked.user_id)
    here = Forgotten(service="auth", forgotten_at=erased.erased_at, kept=())
    return ErasureShown(
        erasure_id=erased.erasure_id,
        erased_at=erased.erased_at,
        services=(here, *(_of(each, said.get(each)) for each in SERVICES if each != "auth")),
    )


def _of(service: str, said: erasures.Said | None) -> Forgotten:
    if said is None:
        return Forgotten(service=service, forgotten_at=None, kept=())
    return Forgotten(
        service=service,
        forgotten_at=said.forgotten_at,
        kept=tuple(KeptOf(what=what, until=until) for what, until in said.kept),
    )
