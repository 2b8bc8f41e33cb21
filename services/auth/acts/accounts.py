"""People with an account: what they are, and are called."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection

from auth import kept
from auth.domain import user, user_messages
from auth.projections import users
from chassis.asked import Written, given
from chassis.door.edge import Door
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.accounts import Me, Myself, UpdateProfile


def me(db: Connection, door: Door, call: Call, asked: Me) -> Myself:
    """Return the row of who is signed in."""
    return Myself(**users.get(db, call.actor.user_id, call.actor))


def update_profile(unit: Unit, asked: UpdateProfile) -> Written:
    """Change the caller's name or picture; what is null is kept as '', and shown as null."""
    return change_texts(unit, unit.call.actor.user_id, given(asked))


def change_texts(unit: Unit, user_id: UUID, texts: Mapping[str, str | None]) -> Written:
    """Change what a person is called or looks like; the event says which of it."""
    before = kept.recall_texts(unit.connection, user_id)
    said = {field: text or "" for field, text in texts.items()}
    new = {field: text for field, text in said.items() if text != before.get(field, "")}
    if new:
        unit.execute(keep(user_id, user_id, new))
    changed = user_messages.UpdateTexts(changed=tuple(sorted(new)))
    return unit.decide(user.decider, user_id, changed).written
