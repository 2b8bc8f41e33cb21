"""Kept tables: no event holds what is in them, and no rebuild brings it back."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    Table,
    Text,
    Update,
    literal,
    null,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.sql.dml import ReturningInsert

from billing.tables import metadata
from chassis.personal import PRIVATE

buyer = Table(  # as the sales document names them, whatever the workspace is called later
    "buyer",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("legal_name", Text, nullable=False, info=PRIVATE),
    Column("organization_number", Text, info=PRIVATE),  # or an address, where a card paid
    Column("billing_address", JSONB(none_as_null=True), info=PRIVATE),
    Column("invoice_email", Text, info=PRIVATE),
    Column("invoice_reference", Text, info=PRIVATE),
    Column("reason", Text, info=PRIVATE),  # of a credit note, which prints it
    Column("retention_until", Date),  # None: of a payment by card that is not documented yet
    Column("unpaid_since", DateTime(timezone=True)),  # of such a one, until its money came
)
OF_ONE_DOCUMENT = ("document_id", "reason", "retention_until", "unpaid_since")

OUTCOMES = ("applied", "ignored", "asked", "unknown", "other_currency")

stripe_event = Table(  # what Stripe has told, reduced: the payload is not kept
    "stripe_event",
    metadata,
    Column("id", Text, primary_key=True),  # evt_…
    Column("type", Text, nullable=False),
    Column("livemode", Boolean, nullable=False),
    Column("object_id", Text),
    Column("created", BigInteger, nullable=False),  # seconds since 1970, by Stripe's clock
    Column("received_at", DateTime(timezone=True), nullable=False),
    # applied | ignored: of no interest, or somebody else's | asked: a job asks Stripe about it |
    # unknown: names what is not here | other_currency: nothing was written of such money
    Column("outcome", Text, nullable=False),
    CheckConstraint(f"outcome in {OUTCOMES}", name="stripe_event_outcome"),
)

number_confirmed = Table(  # in which database the last number of a series was confirmed
    "number_confirmed",
    metadata,
    Column("series", Text, primary_key=True),
    Column("place", Text, nullable=False),
    Column("confirmed_at", DateTime(timezone=True), nullable=False),
)

# Another server, another timeline of it (a standby that was promoted, a recovery to a point in
# time), another database, or other tables in it: each differs after a restore. The timeline that
# is written now, as that of the last checkpoint lags behind a promotion.
_PLACE = """concat_ws('/',
    (select system_identifier from pg_control_system()),
    case when pg_is_in_recovery() then 'in recovery'
        else left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) end,
    (select oid from pg_database where datname = current_database()),
    'events'::regclass::oid)"""
UNCONFIRMED = f"""
select s.series, c.confirmed_at
from (values ('sales')) s (series) left join number_confirmed c using (series)
where c.place is distinct from {_PLACE}"""  # noqa: S608
_IS_CONFIRMED = text(f"select place = {_PLACE} from number_confirmed where series = :series")  # noqa: S608
CONFIRM = text(
    "insert into number_confirmed (series, place, confirmed_at)"  # noqa: S608
    f" values (:series, {_PLACE}, :at) on conflict (series)"
    " do update set place = excluded.place, confirmed_at = excluded.confirmed_at"
)
AUDIT = text("insert into audit (who, did, details) values (:who, :did, :details)")


def is_confirmed(connection: Connection, series: str) -> bool:
    """Return whether the last number of a series was confirmed in this very database."""
    return bool(connection.execute(_IS_CONFIRMED, {"series": series}).scalar())


def keep_event(**told: Any) -> ReturningInsert[Any]:
    """Return the statement that keeps an event of Stripe's, `told` by column; no row if it was."""
    kept = insert(stripe_event).values(**told).on_conflict_do_nothing(index_elements=["id"])
    return kept.returning(stripe_event.c.id)


def note_outcome(event_id: str, outcome: str) -> Update:
    """Return the statement that says what became of an event: one of `OUTCOMES`."""
    return update(stripe_event).where(stripe_event.c.id == event_id).values(outcome=outcome)


def keep_buyer(document_id: UUID, **named: Any) -> Insert:
    """Return the statement that keeps a document's buyer, `named` by column; the first one stays.

    Where a rival was faster its row stands, and this unit's append fails and is tried again.
    """
    return insert(buyer).values(document_id=document_id, **named).on_conflict_do_nothing()


def keep_credited(credit_note_id: UUID, invoice_id: UUID, reason: str, until: date) -> Insert:
    """Return the statement that keeps whom a credit note names, its invoice's buyer, and why.

    It is kept `until` that day, whatever becomes of the workspace.
    """
    return _keep_as(credit_note_id, invoice_id, reason, until)


def keep_sold(invoice_id: UUID, payment_id: UUID, until: date) -> Insert:
    """Return the statement that keeps whom a card sales document names: who paid, as kept then."""
    return _keep_as(invoice_id, payment_id, None, until)


def _keep_as(document_id: UUID, of_id: UUID, reason: str | None, until: date) -> Insert:
    stays = [each for each in buyer.c if each.name not in OF_ONE_DOCUMENT]
    own = (literal(str(document_id)), literal(reason, Text), literal(until), null())
    of_another = select(*own, *stays).where(buyer.c.document_id == str(of_id))
    columns = [*OF_ONE_DOCUMENT, *(each.name for each in stays)]
    return insert(buyer).from_select(columns, of_another).on_conflict_do_nothing()


def mail_to(document_id: UUID, invoice_email: str | None) -> Update:
    """Return the statement by which a document is mailed to that address from now on."""
    this = update(buyer).where(buyer.c.document_id == str(document_id))
    return this.values(invoice_email=invoice_email)


def retentions(connection: Connection, workspace_id: UUID) -> Sequence[date | None]:
    """Return until which days a workspace's documents are kept; None: one is not issued yet."""
    theirs = select(buyer.c.retention_until).where(buyer.c.workspace_id == str(workspace_id))
    distinct = theirs.distinct().order_by(buyer.c.retention_until.nulls_last())
    return connection.execute(distinct).scalars().all()


def buyer_of(connection: Connection, document_id: UUID) -> dict[str, Any]:
    """Return who a sales document names as its buyer; whatever was issued has one."""
    query = select(buyer).where(buyer.c.document_id == str(document_id))
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        raise AssertionError(f"nobody is named as the buyer of {document_id}")
    return dict(found)
