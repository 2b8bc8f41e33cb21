"""Kept: the calls of a provider. Each is posted once, whatever becomes of who asks or answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Delete,
    Index,
    Insert,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    Update,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from chassis.personal import PRIVATE
from gateways.provider import Accepted

Call = Row[Any]  # of the table below
Statement = Insert | Update

STATES = ("asked", "accepted", "answered", "refused", "unknown", "given_up")
OPEN = ("asked", "accepted", "unknown")  # something may come of them yet

_call = Table(
    "provider_call",
    MetaData(),
    Column("id", Text, primary_key=True),
    Column("job_id", Text, nullable=False),
    Column("number", Integer, nullable=False),  # of that job's calls
    Column("workspace_id", Text, nullable=False),
    Column("owner_id", Text, nullable=False),  # for what it is paid
    Column("subject", Text, nullable=False),  # what is made, as of its jobs
    Column("retries", Integer, nullable=False),  # of the subject: for which of its tries
    Column("endpoint", Text, nullable=False),
    Column("price_micro_usd", BigInteger, nullable=False),  # if it is done
    Column("cost_micro_usd", BigInteger),  # what it was billed for; None until that is known
    Column("state", Text, nullable=False),
    Column("request_id", Text),
    Column("status_url", Text),
    Column("response_url", Text),
    Column("cancel_url", Text),
    Column("sent_prefix", Text, nullable=False),  # what the keys of all begin with that it was sent
    Column("sent_url", Text, info=PRIVATE),  # by which it is found again: it stands in no other
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("accepted_at", DateTime(timezone=True)),
    Column("answered_at", DateTime(timezone=True)),
    Column("deadline_at", DateTime(timezone=True), nullable=False),
    Column("error_type", Text),
    CheckConstraint(f"state in {STATES}", name="provider_call_state"),
    Index("provider_call_job", "job_id", "number", unique=True),
    Index("provider_call_request", "request_id", unique=True),
    Index("provider_call_subject", "subject"),
    Index("provider_call_workspace", "workspace_id"),
    Index("provider_call_owner", "owner_id"),
)


def provider_call(metadata: MetaData) -> Table:
    """Return the table of calls, as one of a service's own."""
    return _call.to_metadata(metadata)


def call_of(connection: Connection, call_id: UUID) -> Call | None:
    """Return a call."""
    query = select(_call).where(_call.c.id == str(call_id))
    return connection.execute(query).one_or_none()


def last_of_job(connection: Connection, job_id: UUID) -> Call | None:
    """Return the call that a job has made last."""
    theirs = select(_call).where(_call.c.job_id == str(job_id))
    query = theirs.order_by(_call.c.number.desc()).limit(1)
    return connection.execute(query).one_or_none()


def open_calls(connection: Connection, subject: UUID, retries: int) -> list[Call]:
    """Return the calls for that try of a subject, or one before, of which something may come."""
    theirs = select(_call).where(
        _call.c.subject == str(subject),
        _call.c.retries <= retries,
        _call.c.state.in_(OPEN),
    )
    return list(connection.execute(theirs.order_by(_call.c.number)))


def open_in(connection: Connection, workspace_id: UUID) -> list[Call]:
    """Return the calls of a workspace of which something may come."""
    theirs = _call.c.workspace_id == str(workspace_id), _call.c.state.in_(OPEN)
    return list(connection.execute(select(_call).where(*theirs).order_by(_call.c.id)))


def is_asked(connection: Connection, subject: UUID) -> bool:
    """Return whether something may come of a call for that subject.

    Whoever ends the subject's work by the answer holds its stream before they ask.
    """
    theirs = _call.c.subject == str(subject), _call.c.state.in_(OPEN)
    return bool(connection.execute(select(exists().where(*theirs))).scalar())


def spent(connection: Connection, owner_id: UUID) -> int:
    """Return what an owner's calls have cost, in micro-dollars, whatever of it was deleted since.

    One of which that is not known yet counts as if it were done.
    """
    cost = func.coalesce(_call.c.cost_micro_usd, _call.c.price_micro_usd)
    query = select(func.coalesce(func.sum(cost), 0))
    its = query.where(_call.c.owner_id == str(owner_id))
    return int(connection.execute(its).scalar_one())


def taken(call: Call) -> Accepted:
    """Return a call that has a request id as its provider knows it."""
    names = ("endpoint", "request_id", "status_url", "response_url", "cancel_url")
    return Accepted(**{name: getattr(call, name) for name in names})


def asked(**columns: Any) -> Insert:
    """Return the statement that keeps a call before it is posted."""
    return insert(_call).values(state="asked", **columns)


def accepted(call_id: UUID, taken: Accepted, at: datetime) -> Update:
    """Return the statement that keeps that a call was taken, and where it is asked about."""
    return _unsettled(call_id).values(
        state=_unless_given_up("accepted"),
        accepted_at=at,
        request_id=taken.request_id,
        status_url=taken.status_url,
        response_url=taken.response_url,
        cancel_url=taken.cancel_url,
    )


def learned(call_id: UUID, request_id: str) -> Update:
    """Return the statement that keeps by what name a call is known that nobody was told of."""
    nameless = _unsettled(call_id).where(_call.c.request_id.is_(None))
    return nameless.values(request_id=request_id)


def lost(call_id: UUID) -> Update:
    """Return the statement that keeps that nobody knows whether a call was taken."""
    return _of(call_id, *OPEN).values(state="unknown")


def refused(call_id: UUID, at: datetime, error_type: str) -> Update:
    """Return the statement that keeps that a call was not taken, and costs nothing.

    Nothing changes where another has found it begun, and waits for it: somebody has to end it.
    """
    over = {"answered_at": at, "error_type": error_type, "sent_url": None, "cost_micro_usd": 0}
    return _of(call_id, "asked").values(state="refused", **over)


def given_up(call_id: UUID, at: datetime, error_type: str) -> ReturningUpdate[Any]:
    """Return the statement that keeps that nobody waits for a call, of unknown cost, any more.

    It returns the call; none, where somebody else has done so.
    """
    over = {"answered_at": at, "error_type": error_type}
    return _of(call_id, *OPEN).values(state="given_up", **over).returning(_call)


def settled(
    call_id: UUID, at: datetime, is_billed: bool, error_type: str | None
) -> ReturningUpdate[Any]:
    """Return the statement that keeps that nothing comes of a call any more, and what it cost.

    It returns as above. A call that was given up stays so.
    """
    over = _unsettled(call_id).values(
        state=_unless_given_up("answered"),
        answered_at=func.coalesce(_call.c.answered_at, at),
        error_type=func.coalesce(_call.c.error_type, error_type),
        cost_micro_usd=_call.c.price_micro_usd if is_billed else 0,
        sent_url=None,
    )
    return over.returning(_call)


def _of(call_id: UUID, *states: str) -> Update:
    this = _call.c.id == str(call_id)
    return update(_call).where(this, _call.c.state.in_(states))


def _unsettled(call_id: UUID) -> Update:
    this = _call.c.id == str(call_id)
    return update(_call).where(this, _call.c.cost_micro_usd.is_(None))


def _unless_given_up(state: str) -> ColumnElement[str]:
    return case((_call.c.state == "given_up", "given_up"), else_=state)


def forget_calls(workspace_id: UUID) -> Delete:
    """Return the statement that lets go of a workspace's calls, but for those that go on.

    These are looked at until it is known what they cost; nothing stays of them then but ids, times
    and that.
    """
    theirs = _call.c.workspace_id == str(workspace_id)
    return delete(_call).where(theirs, _call.c.cost_micro_usd.is_not(None))
