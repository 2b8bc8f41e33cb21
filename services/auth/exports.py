"""What is kept of somebody, for themselves: as a file, and where that lies for a day."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from auth.claims import verification
from auth.devices import seen_device
from auth.kept import account
from auth.projections import invitations, sessions, users
from chassis import ids
from chassis.codec import plain
from chassis.personal import personal
from chassis.unit.calls import Job

DELETE = "delete_exports"  # the kind of job that ends them
KEPT = timedelta(days=1)
CONTENT_TYPE = "application/json"
# what proves who somebody is, and what is for comparing alone: neither says anything of them
SECRET = ("token", "password", "access_token", "refresh_token", "id_token", "hash", "email_folded")
PROVES = {"verification": ("value",)}  # the hash of what was mailed


def place_of(user_id: UUID) -> str:
    """Return what the keys of somebody's files begin with."""
    return f"exports/{user_id}/"


def new_key(user_id: UUID) -> str:
    """Return where another file lies."""
    return f"{place_of(user_id)}{ids.fresh()}.json"


def ending(user_id: UUID, key: str) -> Job:
    """Return the job that deletes a file once its day is over."""
    delay_s = KEPT // timedelta(seconds=1)
    return Job(kind=DELETE, subject=user_id, name=key, args={"under": key}, delay_s=delay_s)


def forgetting(user_id: UUID) -> Job:
    """Return the job that deletes all files of somebody who is erased; it looks twice."""
    args = {"under": place_of(user_id), "again": True}
    return Job(kind=DELETE, subject=user_id, name="all", args=args)


def of_person(connection: Connection, user_id: UUID, address: str) -> dict[str, Any]:
    """Return what is kept of somebody, who has that folded address, as JSON holds it."""
    who, invited = str(user_id), invitations.table
    to_them = or_(invited.c.email_folded == address, invited.c.accepted_by == who)
    return {
        "user": _rows(connection, users.table, users.table.c.id == who),
        "account": _rows(connection, account, account.c.user_id == who),
        "session": _rows(connection, sessions.table, sessions.table.c.user_id == who),
        "verification": _rows(connection, verification, verification.c.subject_id == who),
        "seen_device": _rows(connection, seen_device, seen_device.c.user_id == who),
        "invitation": _rows(connection, invited, to_them),
        "personal": _rows(connection, personal, personal.c.subject_id == who),
    }


def _rows(
    connection: Connection, table: Table | Any, which: ColumnElement[bool]
) -> Collection[dict[str, Any]]:
    hidden = (*SECRET, *PROVES.get(table.name, ()))
    shown = [column for column in table.c if column.name not in hidden]
    found = connection.execute(select(*shown).where(which)).mappings()
    return [plain(dict(each)) for each in found]
