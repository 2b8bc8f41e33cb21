"""`invoice`: one row an invoice or card sales document; that it is late is a fact about today."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, case, func, insert, literal, update

from billing.domain.invoice_events import (
    InvoiceCredited,
    InvoiceDelivered,
    InvoiceDeliveryFailed,
    InvoiceDiscarded,
    InvoiceDocumentStored,
    InvoiceDrafted,
    InvoiceIssued,
    InvoiceIssueRefused,
    InvoicePaid,
    InvoicePaymentRecorded,
    InvoicePaymentReversed,
    InvoiceRecovered,
    InvoiceReminded,
    InvoiceSendingRequested,
    InvoiceWrittenOff,
)
from billing.projections.invoice_table import STATES, table
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

__all__ = ["STATES", "STATUS", "project", "projection", "table"]

STATUS = {
    **{"Draft": "draft", "Issued": "sent", "PartPaid": "sent", "Paid": "paid"},
    **dict.fromkeys(("Discarded", "Credited", "WrittenOff"), "cancelled"),
}
PAPERS = {"pdf": "document", "ehf": "ehf"}  # a format's columns


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    at = recorded.recorded_at
    match recorded.event:
        case InvoiceDrafted() as drafted:
            yield _drafted(recorded, drafted)
        case InvoiceDiscarded():
            yield _now(recorded, at, "Discarded")
        case InvoiceIssueRefused(missing=missing):
            yield _now(recorded, at, missing=list(missing))
        case InvoiceIssued() as issued:
            yield _now(
                recorded,
                at,
                "Issued",
                series=issued.series,
                invoice_number=issued.invoice_number,
                kid=issued.kid,
                issue_date=issued.issue_date,
                due_date=issued.due_date,
                delivery="pending",
                missing=[],
            )
        case InvoiceDocumentStored(format=format, ref=ref, sha256=sha256, size=size):
            paper = PAPERS[format]
            named: dict[str, Any] = {f"{paper}_ref": ref, f"{paper}_sha256": sha256}
            named[f"{paper}_size"] = size
            yield _now(recorded, at, **named)
        case InvoiceSendingRequested():
            yield _now(recorded, at, delivery="pending")
        case InvoiceDelivered():
            yield _now(recorded, at, delivery="delivered")
        case InvoiceDeliveryFailed():
            yield _now(recorded, at, delivery="failed")
        case InvoiceReminded(number=number):
            yield _now(recorded, at, reminders=number)
        case _:
            yield from _money(recorded, at)


def _money(recorded: Recorded, at: datetime) -> Iterable[Change]:
    row = table.c
    match recorded.event:
        case InvoicePaymentRecorded(amount_ore=ore):
            state = _unless("WrittenOff", literal("PartPaid"))
            yield _now(recorded, at, state, paid_ore=row.paid_ore + ore)
        case InvoicePaid() as paid:
            yield _now(
                recorded,
                at,
                "Paid",
                settlements=paid.settlement,
                paid_at=paid.paid_at,
                first_paid_at=func.coalesce(row.first_paid_at, paid.paid_at),
                written_off_ore=0,
                vat_relieved_ore=0,
            )
        case InvoicePaymentReversed(amount_ore=0, excess_ore=excess_ore):
            yield _now(recorded, at, excess_ore=row.excess_ore - excess_ore)
        case InvoicePaymentReversed(amount_ore=ore, excess_ore=excess_ore):
            unpaid = case((row.paid_ore == ore, "Issued"), else_="PartPaid")
            yield _now(
                recorded,
                at,
                _unless("WrittenOff", unpaid),
                paid_ore=row.paid_ore - ore,
                excess_ore=row.excess_ore - excess_ore,
                paid_at=None,
            )
        case InvoiceCredited() as note:
            credited_ore = row.credited_ore + note.gross_ore
            whole = case((credited_ore == row.gross_ore, "Credited"), else_=row.state)
            yield _now(
                recorded,
                at,
                _unless("Paid", whole),
                credited_ore=credited_ore,
                credited_net_ore=note.credited_net_ore,
                paid_ore=row.paid_ore - note.excess_ore,
                excess_ore=row.excess_ore + note.excess_ore,
            )
        case InvoiceWrittenOff(amount_ore=ore, vat_ore=vat_ore):
            lost = {
                "written_off_ore": row.written_off_ore + ore,
                "vat_relieved_ore": row.vat_relieved_ore + vat_ore,
            }
            yield _now(recorded, at, "WrittenOff", **lost)
        case InvoiceRecovered(amount_ore=ore, vat_ore=vat_ore):
            left = {
                "written_off_ore": row.written_off_ore - ore,
                "vat_relieved_ore": row.vat_relieved_ore - vat_ore,
            }
            yield _now(recorded, at, **left)


def _drafted(recorded: Recorded, drafted: InvoiceDrafted) -> Change:
    return insert(table).values(
        id=recorded.subject,
        workspace_id=drafted.workspace_id,
        total_amount_ore=drafted.net_ore,
        currency=drafted.currency,
        kind=drafted.kind,
        state="Draft",
        organization_number=drafted.organization_number,
        run_id=drafted.run_id,
        net_ore=drafted.net_ore,
        vat_ore=drafted.vat_ore,
        gross_ore=drafted.gross_ore,
        created_at=recorded.recorded_at,
        updated_at=recorded.recorded_at,
    )


def _now(recorded: Recorded, at: datetime, state: Any = None, **named: Any) -> Update:
    """Return the change of a row to that state, if one is given; its status follows from it."""
    if state is not None:
        named |= {"state": state, "status": _status_of(state)}
    return update(table).where(table.c.id == str(recorded.subject)).values(**named, updated_at=at)


def _status_of(state: ColumnElement[str] | str) -> ColumnElement[str] | str:
    return STATUS[state] if isinstance(state, str) else case(STATUS, value=state)


def _unless(stays: str, state: ColumnElement[str]) -> ColumnElement[str]:
    return case((table.c.state == stays, stays), else_=state)


projection = Projection(
    table=table, project=project, unique={"invoice_series_number": "billing.number_taken"}
)
