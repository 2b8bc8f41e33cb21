"""Kept: the calls of a provider. Each is posted once, whatever becomes of who asks or answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Delete,
    Index,
    Insert,
    Integer,
    Row,
    Table,
    Text,
    Update,
    delete,
    exists,
    insert,
    select,
    update,
)

from chassis.personal import PRIVATE
from media.gateways.provider import Accepted
from media.tables import metadata

Call = Row[Any]  # of the table below
Statement = Insert | Update

STATES = ("asked", "accepted", "answered", "refused", "unknown", "given_up")
OPEN = ("asked", "accepted", "unknown")  # something may come of them yet

provider_call = Table(
    "provider_call",
    metadata,
    Column("id", Text, primary_key=True),
    Column("job_id", Text, nullable=False),
    Column("number", Integer, nullable=False),  # of that job's calls
    Column("workspace_id", Text, nullable=False),
    Column("image_id", Text, nullable=False),
    Column("version_id", Text, nullable=False),
    Column("retries", Integer, nullable=False),  # of the version: for which of its tries
    Column("endpoint", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("request_id", Text),
    Column("status_url", Text),
    Column("response_url", Text),
    Column("cancel_url", Text),
    Column("sent_key", Text, nullable=False),  # where the copy lies that it was sent
    Column("sent_url", Text, info=PRIVATE),  # by which it is found again: it stands in no other
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("accepted_at", DateTime(timezone=True)),
    Column("answered_at", DateTime(timezone=True)),
    Column("deadline_at", DateTime(timezone=True), nullable=False),
    Column("error_type", Text),
    CheckConstraint(f"state in {STATES}", name="provider_call_state"),
    Index("provider_call_job", "job_id", "number", unique=True),
    Index("provider_call_request", "request_id", unique=True),
    Index("provider_call_version", "version_id"),
    Index("provider_call_workspace", "workspace_id"),
)


def call_of(connection: Connection, call_id: UUID) -> Call | None:
    """Return a call."""
    query = select(provider_call).where(provider_call.c.id == str(call_id))
    return connection.execute(query).one_or_none()


def last_of_job(connection: Connection, job_id: UUID) -> Call | None:
    """Return the call that a job has made last."""
    theirs = select(provider_call).where(provider_call.c.job_id == str(job_id))
    query = theirs.order_by(provider_call.c.number.desc()).limit(1)
    return connection.execute(query).one_or_none()


def open_calls(connection: Connection, version_id: UUID, retries: int) -> list[Call]:
    """Return the calls for that try of a version, or one before, of which something may come."""
    theirs = select(provider_call).where(
        provider_call.c.version_id == str(version_id),
        provider_call.c.retries <= retries,
        provider_call.c.state.in_(OPEN),
    )
    return list(connection.execute(theirs.order_by(provider_call.c.number)))


def is_asked(connection: Connection, version_id: UUID) -> bool:
    """Return whether something may come of a call for that version."""
    theirs = provider_call.c.version_id == str(version_id), provider_call.c.state.in_(OPEN)
    return bool(connection.execute(select(exists().where(*theirs))).scalar())


def taken(call: Call) -> Accepted:
    """Return a call that has a request id as its provider knows it."""
    names = ("endpoint", "request_id", "status_url", "response_url", "cancel_url")
    return Accepted(**{name: getattr(call, name) for name in names})


def asked(**columns: Any) -> Insert:
    """Return the statement that keeps a call before it is posted."""
    return insert(provider_call).values(state="asked", **columns)


def accepted(call_id: UUID, taken: Accepted, at: datetime) -> Update:
    """Return the statement that keeps that a call was taken, and where it is asked about."""
    return _of(call_id, *OPEN).values(
        state="accepted",
        accepted_at=at,
        request_id=taken.request_id,
        status_url=taken.status_url,
        response_url=taken.response_url,
        cancel_url=taken.cancel_url,
    )


def learned(call_id: UUID, request_id: str) -> Update:
    """Return the statement that keeps by what name a call is known that nobody was told of."""
    unknown = _of(call_id, "asked", "unknown").where(provider_call.c.request_id.is_(None))
    return unknown.values(request_id=request_id)


def became(call_id: UUID, state: str, error_type: str | None = None) -> Update:
    """Return the statement that keeps what an open call has become."""
    return _of(call_id, *OPEN).values(state=state, error_type=error_type)


def refused(call_id: UUID, at: datetime, error_type: str) -> Update:
    """Return the statement that keeps that a call was not taken.

    Nothing changes where another has found it begun, and waits for it: somebody has to end it.
    """
    over = {"answered_at": at, "error_type": error_type, "sent_url": None}
    return _of(call_id, "asked").values(state="refused", **over)


def ended(call_id: UUID, state: str, at: datetime, error_type: str | None = None) -> Update:
    """Return the statement that keeps that nothing comes of a call any more."""
    over = {"answered_at": at, "error_type": error_type, "sent_url": None}
    return _of(call_id, *OPEN).values(state=state, **over)


def _of(call_id: UUID, *states: str) -> Update:
    this = provider_call.c.id == str(call_id)
    return update(provider_call).where(this, provider_call.c.state.in_(states))


def forget_calls(workspace_id: UUID) -> Delete:
    """Return the statement that lets go of a workspace's calls, but for those that go on.

    These are left and looked at until they are over; nothing stays of them then but ids and times.
    """
    theirs = provider_call.c.workspace_id == str(workspace_id)
    return delete(provider_call).where(theirs, provider_call.c.state.not_in(OPEN))
