"""What ends a person's access: signing out, revoking sessions, bans. In auth it holds at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from auth.domain import session, user
from auth.projections import sessions, users
from chassis import ids
from chassis.door import revocations
from chassis.errors import Rejected
from chassis.identity import LIFETIME, service_actor
from chassis.jobs.schedules import Schedule
from chassis.personal import keep, personal
from chassis.unit import store
from chassis.unit.calls import Call, Written
from chassis.unit.handling import App, Unit, not_found


def revoke_session(unit: Unit, session_id: UUID | None) -> dict[str, Any]:
    """End one of the caller's sessions, the present one too.

    Raises `NotFound("auth.session_not_found")` for somebody else's as for nobody's.
    """
    theirs = unit.state(session.decider, session_id) if session_id else None
    if session_id is None or theirs is None or theirs.user_id != unit.call.actor.user_id:
        raise not_found("auth", session.decider)
    return _end(unit, session_id).reply()


def revoke_other_sessions(unit: Unit) -> dict[str, Any]:
    """End all of the caller's sessions but the present one."""
    mine = unit.call.actor
    others = [each for each in _sessions(unit, mine.user_id) if each != mine.session_id]
    return {"items": [_end(unit, each).reply() for each in others]}


def ban(unit: Unit, user_id: UUID, reason: str, expires_at: datetime | None) -> dict[str, Any]:
    """Shut a person out until `expires_at` (None: until it is lifted) and end their sessions.

    Nobody bans themselves. So that two system admins do not ban each other at the same time, and
    none is left, whoever bans is looked at again when nobody else can ban either of the two.
    Raises `Rejected("auth.self_ban")`.
    """
    by = unit.call.actor
    if user_id == by.user_id:
        raise Rejected("auth.self_ban", "nobody bans themselves")
    both = (by.user_id, user_id)
    store.lock(unit.connection, [store.stream_name(user.decider.name, each) for each in both])
    revocations.check(unit.connection, by)
    another = _another_reason(unit, user_id, reason)
    banned = user.BanUser(expires_at=expires_at, another_reason=another)
    written = unit.decide(user.decider, user_id, banned)
    revocations.write(unit, "user", user_id, unit.call.at)
    for each in _sessions(unit, user_id):
        _end(unit, each)
    return written.reply()


def _another_reason(unit: Unit, user_id: UUID, reason: str) -> bool:
    """Keep the reason; return whether it was another before, or none."""
    kept = (personal.c.row_id == str(user_id)) & (personal.c.field == "ban_reason")
    before = unit.execute(select(personal.c.value).where(kept)).scalar_one_or_none()
    unit.execute(keep(user_id, user_id, {"ban_reason": reason}))
    return before != reason


def _sessions(unit: Unit, user_id: UUID) -> Iterable[UUID]:
    # those just expired as well: they may have left an access token
    alive = sessions.alive(unit.connection, user_id, unit.call.at - LIFETIME)
    unit.preload((session.decider, each) for each in alive)
    return alive


def _end(unit: Unit, session_id: UUID) -> Written:
    written = unit.decide(session.decider, session_id, session.EndSession())
    revocations.write(unit, "session", session_id, unit.call.at)
    return written


def end_bans(app: App) -> None:
    """Note which bans have run out: they do not hold any more as it is."""
    for user_id in app.query(lambda connection: users.ran_out(connection, app.clock())):
        by = Call(
            id=ids.fresh(),
            at=app.clock(),
            actor=service_actor(app.service.name),
            correlation_id=str(ids.fresh()),
        )
        app.handle(user.decider, user_id, user.EndBan(), by)


END_BANS = Schedule(name="end_bans", every_s=60, run=end_bans)
