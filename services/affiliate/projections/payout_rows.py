"""Payouts as they are asked for: lists, where a settlement note lies, to whom the money goes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select

from affiliate.projections.payouts import table
from chassis.asked import Listing, Page
from chassis.domain import value
from chassis.errors import NotFound
from chassis.identity import Actor
from chassis.personal import personal, recall_optional
from chassis.unit.pages import page
from chassis.unit.store import version_of

NOTE = ("note_ref", "note_sha256", "note_size")
STANDING = ("created", "approved", "confirmed")  # none of which has failed
KEPT_YEARS = 5  # from the end of the year of the settlement
PAYEE = ("legal_name", "account", "invoice_email")


@value
class StoredNote:
    """Where a settlement note lies; `size` in bytes."""

    ref: str
    sha256: str
    size: int


def listed(
    connection: Connection, affiliate_id: UUID | None, state: str | None, asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a page of payouts: of one affiliate or of all."""
    wanted = {"affiliate_workspace_id": affiliate_id, "state": state}
    return page(connection, table, _rows(), wanted, asked)


def get(connection: Connection, payout_id: UUID) -> dict[str, Any]:
    """Return a payout's row. Raises `NotFound`."""
    found = connection.execute(_rows().where(table.c.id == str(payout_id))).mappings().one_or_none()
    if found is None:
        raise NotFound("affiliate.payout_not_found", "no such payout")
    return dict(found)


def _rows() -> Select[Any]:
    columns = [each for each in table.c if each.name not in NOTE]
    return select(*columns, version_of("payout", table.c.id).label("version"))


def note(connection: Connection, payout_id: UUID, actor: Actor) -> StoredNote | None:
    """Return where a payout's note lies, None as long as there is none.

    Raises `NotFound` for another workspace's payout, and for nobody's.
    """
    columns = (table.c.affiliate_workspace_id, *(table.c[name] for name in NOTE))
    row = connection.execute(select(*columns).where(table.c.id == str(payout_id))).one_or_none()
    if row is None or not actor.sees(UUID(row.affiliate_workspace_id)):
        raise NotFound("affiliate.payout_not_found", "no such payout")
    if row.note_ref is None:
        return None
    return StoredNote(ref=row.note_ref, sha256=row.note_sha256, size=row.note_size)


def named_payee(connection: Connection, payout_id: UUID) -> dict[str, Any]:
    """Return to whom a payout goes, as it was when the payout was created."""
    kept = select(*(recall_optional(payout_id, field).label(field) for field in PAYEE))
    return dict(connection.execute(kept).mappings().one())


def settled(connection: Connection, workspace_id: UUID) -> dict[UUID, datetime | None]:
    """Return until when a workspace's payouts are kept that went out, or None: those that may."""
    theirs = table.c.affiliate_workspace_id == str(workspace_id)
    stand = select(table.c.id, table.c.paid_on).where(theirs, table.c.state.in_(STANDING))
    return {
        UUID(row.id): _kept_until(row.paid_on) if row.paid_on else None
        for row in connection.execute(stand)
    }


def _kept_until(paid_on: date) -> datetime:
    """Return the last day on which what was settled then is kept (bokføringsloven § 13)."""
    return datetime(paid_on.year + KEPT_YEARS, 12, 31, tzinfo=UTC)


def payee(connection: Connection, workspace_id: UUID) -> Mapping[str, str]:
    """Return the kept texts of where a workspace's earnings go, by field."""
    rows = select(personal.c.field, personal.c.value).where(personal.c.row_id == str(workspace_id))
    return {row.field: row.value for row in connection.execute(rows)}


def last_digits(account: str | None) -> str | None:
    """Return what of an account is shown: its last four digits."""
    return account[-4:] if account else None
