"""Who is shut out, and let in again."""

from uuid import UUID

from auth import kept, verifications
from auth.acts import sessions
from auth.domain import user, user_messages
from chassis.asked import Written
from chassis.errors import Rejected
from chassis.personal import keep
from chassis.unit.deciding import Unit
from contracts.auth.bans import BanUser, UnbanUser


def ban(unit: Unit, asked: BanUser) -> Written:
    """Shut a person out until `expires_at` (None: until it is lifted) and end their sessions.

    What was mailed to them opens nothing any more.
    Nobody bans themselves. Raises `Rejected("auth.self_ban")`.
    """
    user_id = asked.user_id
    if user_id == unit.call.actor.user_id:
        raise Rejected("auth.self_ban", "nobody bans themselves")
    sessions.hold_with_me(unit, user_id)
    another = _another_reason(unit, user_id, asked.reason)
    command = user_messages.BanUser(expires_at=asked.expires_at, another_reason=another)
    banned = unit.decide(user.decider, user_id, command)
    sessions.end_all(unit, user_id)
    unit.execute(verifications.void_all(user_id))
    return banned.written


def _another_reason(unit: Unit, user_id: UUID, reason: str) -> bool:
    """Keep the reason; return whether it was another before, or none."""
    before = kept.recall_texts(unit.connection, user_id).get("ban_reason")
    unit.execute(keep(user_id, user_id, {"ban_reason": reason}))
    return before != reason


def unban(unit: Unit, asked: UnbanUser) -> Written:
    """Let a person in again."""
    return unit.decide(user.decider, asked.user_id, user_messages.UnbanUser()).written
