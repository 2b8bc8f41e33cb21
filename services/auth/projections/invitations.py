"""`invitation`: one row an invitation; it stays when it was answered or taken back."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Index,
    Table,
    Text,
    Update,
    func,
    insert,
    select,
    update,
)

from auth.domain.invitation import (
    A_DAY,
    MOST_PENDING,
    NEW_A_DAY,
    Accepted,
    Cancelled,
    Declined,
    Invited,
    Resent,
    TokenDrawn,
)
from auth.kept import recall_token
from auth.tables import metadata
from chassis.asked import Listing, Page
from chassis.personal import ERASED, PRIVATE, recall
from chassis.unit.pages import page
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "invitation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False, info=PRIVATE),
    Column("workspace_id", Text, nullable=False),
    Column("role", Text, nullable=False, server_default="member"),
    Column("token", Text, nullable=False, info=PRIVATE),  # SHA-256 of the token mailed last
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("accepted_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    # beyond the seed
    Column("state", Text, nullable=False, server_default="pending"),  # also of one that ran out
    Column("email_folded", Text, nullable=False, info=PRIVATE),
    Column("invited_by", Text, nullable=False),
    Column("accepted_by", Text),
    CheckConstraint(
        "state in ('pending', 'accepted', 'declined', 'cancelled')", name="invitation_state"
    ),
    CheckConstraint("role in ('owner', 'admin', 'member')", name="invitation_role"),
    Index("invitation_token", "token", unique=True),
    Index("invitation_email_folded", "email_folded"),
    Index("invitation_workspace_id", "workspace_id"),
    Index("invitation_accepted_by", "accepted_by"),
)
SHOWN = ("id", "email", "workspace_id", "role", "expires_at", "accepted_at", "created_at")
PENDING = table.c.state == "pending"


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; the address and the token's hash come from the kept tables."""
    id, at = recorded.subject, recorded.recorded_at
    match recorded.event:
        case Invited() as invited:
            yield insert(table).values(
                id=id,
                workspace_id=invited.workspace_id,
                role=invited.role,
                token=_none(id),
                expires_at=invited.expires_at,
                created_at=at,
                invited_by=invited.invited_by,
                **_address(id),
            )
        case event:
            changed = _changed(id, event, at)
            if changed:
                yield update(table).where(table.c.id == str(id)).values(**changed)


def _changed(id: UUID, event: Any, at: datetime) -> Mapping[str, Any]:
    over = {"token": _none(id), **_address(id)}
    match event:
        case TokenDrawn():
            return {"token": recall_token(id, "invitation")}
        case Resent(expires_at=expires_at):
            return {"expires_at": expires_at}
        case Accepted(user_id=user_id):
            return {"state": "accepted", "accepted_at": at, "accepted_by": user_id, **over}
        case Declined():
            return {"state": "declined", **over}
        case Cancelled():
            return {"state": "cancelled", **over}
    return {}


def _none(id: UUID) -> str:
    """Return what stands for the hash of a token: none is mailed yet, or is good any more."""
    return f"{ERASED}-{id}"


def _address(id: UUID) -> Mapping[str, Any]:
    return {field: recall(id, field) for field in ("email", "email_folded")}


projection = Projection(table=table, project=project)


def pending(connection: Connection, workspace_id: UUID, address: str) -> list[UUID]:
    """Return a workspace's invitations of a folded address that nobody has answered."""
    of_it = (table.c.workspace_id == str(workspace_id)) & (table.c.email_folded == address)
    found = connection.execute(select(table.c.id).where(of_it, PENDING).order_by(table.c.id))
    return [UUID(each) for each in found.scalars()]


def wait(
    connection: Connection, workspace_id: UUID, address: str, at: datetime
) -> timedelta | None:
    """Return how long until a workspace may invite a folded address; None: it need not wait.

    What stands for that address gives its place to the new one.
    """
    of_it = table.c.workspace_id == str(workspace_id)
    others = of_it & PENDING & (table.c.expires_at > at) & (table.c.email_folded != address)
    stand = select(func.count(), func.min(table.c.expires_at)).where(others)
    many, first_ends = connection.execute(stand).one()
    if many >= MOST_PENDING:
        until: datetime = first_ends
        return until - at
    made = select(table.c.created_at).where(of_it, table.c.created_at > at - A_DAY)
    newest = made.order_by(table.c.created_at.desc()).limit(NEW_A_DAY)
    lately = connection.execute(newest).scalars().all()
    return lately[-1] + A_DAY - at if len(lately) == NEW_A_DAY else None


def listed(
    connection: Connection, workspace_id: UUID, at: datetime, asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a workspace's invitations that somebody may still accept, newest first."""
    query = select(*(table.c[name] for name in SHOWN)).where(PENDING, table.c.expires_at > at)
    return page(connection, table, query, {"workspace_id": workspace_id}, asked)


def of_address(connection: Connection, address: str) -> list[UUID]:
    """Return the invitations of a folded address, whatever became of them."""
    found = select(table.c.id).where(table.c.email_folded == address).order_by(table.c.id)
    return [UUID(each) for each in connection.execute(found).scalars()]


def forget(address: str) -> Update:
    """Return the statement by which rows of a folded address read as a rebuild will fill them."""
    gone = dict.fromkeys(("email", "email_folded"), ERASED)
    return update(table).where(table.c.email_folded == address).values(gone)


def accepted_by(connection: Connection, user_id: UUID) -> Mapping[UUID, bool]:
    """Return the invitations that somebody has accepted, of whatever address; none is pending."""
    return _those(connection, table.c.accepted_by == str(user_id))


def into(connection: Connection, workspace_id: UUID) -> Mapping[UUID, bool]:
    """Return all invitations into a workspace; with each, whether nobody has answered it."""
    return _those(connection, table.c.workspace_id == str(workspace_id))


def _those(connection: Connection, which: ColumnElement[bool]) -> Mapping[UUID, bool]:
    query = select(table.c.id, PENDING).where(which).order_by(table.c.id)
    return {UUID(id): pending for id, pending in connection.execute(query)}


def forget_those(those: Collection[UUID]) -> Update:
    """Return the statement by which these rows read as a rebuild will fill them."""
    gone = dict.fromkeys(("email", "email_folded"), ERASED)
    return update(table).where(table.c.id.in_([str(each) for each in those])).values(gone)
