"""What was done, by whom."""

from typing import Any

from sqlalchemy import Connection

from auth import trail
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.unit.calls import Call
from contracts.auth.admins import Audit, Audited


def listed(db: Connection, door: Door, call: Call, asked: Audit) -> Page[Audited]:
    """Return a page of what was done, and of whom auth did not let in, newest first."""
    return trail.listed(db, asked).of(_audited)


def _audited(*, created_at: Any, id: str, **told: Any) -> Audited:
    return Audited(at=created_at, **told)
