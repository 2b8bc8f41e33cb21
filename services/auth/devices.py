"""Kept: with what somebody has signed in before, by hashes of agent and network."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, DateTime, Index, Table, Text, exists, select
from sqlalchemy.dialects.postgresql import Insert, insert

from auth.tables import metadata
from chassis.personal import PRIVATE

seen_device = Table(
    "seen_device",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("hash", Text, primary_key=True, info=PRIVATE),  # HMAC of user agent and network
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Index("seen_device_last_at", "last_at"),
)


def is_known(connection: Connection, user_id: UUID, hashes: Sequence[str]) -> bool:
    """Return whether somebody has signed in with a device of one of these hashes."""
    mine = (seen_device.c.user_id == str(user_id)) & seen_device.c.hash.in_(hashes)
    return bool(connection.execute(select(exists().where(mine))).scalar_one())


def keep(user_id: UUID, hashed: str, at: datetime) -> Insert:
    """Return the statement that keeps with what somebody signs in, and when."""
    row = insert(seen_device).values(user_id=str(user_id), hash=hashed, first_at=at, last_at=at)
    return row.on_conflict_do_update(
        index_elements=["user_id", "hash"], set_={"last_at": row.excluded.last_at}
    )
