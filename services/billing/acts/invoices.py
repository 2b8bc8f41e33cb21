"""What is done about invoices: units over one, its lines, their payments and the numbers."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from billing import kept
from billing.acts.clearances import shown_workspace
from billing.domain import (
    customer,
    invoice,
    invoice_messages,
    line_item,
    number_series,
    oslo,
)
from billing.domain.invoice import MOST_LINES, Draft, Issued
from billing.names import SERIES, series_id
from billing.numbering import must_be_confirmed
from billing.projections import invoices, line_items
from chassis import codec, ids
from chassis.asked import Page
from chassis.door import rules
from chassis.door.edge import Door
from chassis.errors import Conflict, Rejected
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from clients.auth import Auth
from contracts.auth.workspaces import BillingProfile
from contracts.billing.invoices import (
    CreateInvoices,
    Drafted,
    Drafts,
    GetInvoice,
    GetInvoicePdf,
    Invoice,
    InvoiceIssued,
    InvoiceWithLines,
    IssueInvoice,
    ListInvoices,
    Pdf,
    SkippedLine,
)
from contracts.billing.line_items import InvoiceLine
from gateways.port import key_of

RETENTION_YEARS = 5  # from the end of the year of issue (bokføringsloven § 13)


def create(unit: Unit, asked: CreateInvoices) -> Drafts:
    """Draft one invoice a workspace of what is pending there, and say what was left out.

    Not in a database that was restored, before the last number is confirmed: a caller who repeats
    would get, and keep under that key, a draft of no more than what has been heard again by then.
    """
    must_be_confirmed(unit)
    if unit.call.expected_version:  # what it makes is new
        details = {"current_version": 0}
        raise Conflict("chassis.version_mismatch", details=details, retryable=False)
    wanted = list(dict.fromkeys(asked.line_item_ids)) if asked.line_item_ids else None
    found = line_items.candidates(unit.connection, asked.workspace_id, asked.line_item_ids)
    unit.preload((line_item.decider, id) for id in found)
    by_workspace: dict[UUID, list[UUID]] = {}
    skipped = {id: "unknown" for id in wanted or () if id not in set(found)}
    for id in found:
        item: line_item.LineItem = unit.state(line_item.decider, id)
        mine = by_workspace.setdefault(item.workspace_id, [])
        reason = _not_billable(unit, item, asked.workspace_id, len(mine))
        if reason is None:
            mine.append(id)
        else:
            skipped[id] = reason
    drafted = [_draft(unit, each, mine) for each, mine in by_workspace.items() if mine]
    left_out = (SkippedLine(line_item_id=id, reason=why) for id, why in skipped.items())
    return Drafts(items=tuple(drafted), skipped=tuple(left_out))


def _not_billable(
    unit: Unit, item: line_item.LineItem, workspace_id: UUID | None, already: int
) -> str | None:
    if workspace_id not in (None, item.workspace_id):
        return "other_workspace"
    if not isinstance(item, line_item.Pending):
        return "not_pending"
    refusal = customer.refusal(unit.state(customer.decider, item.workspace_id))
    return "invoice_full" if refusal is None and already >= MOST_LINES else refusal


def _draft(unit: Unit, workspace_id: UUID, line_item_ids: Sequence[UUID]) -> Drafted:
    invoice_id = ids.derive(unit.call.id, "invoice", workspace_id)
    lines = tuple(_line(id, unit.state(line_item.decider, id)) for id in line_item_ids)
    command = invoice_messages.DraftInvoice(workspace_id=workspace_id, lines=lines)
    draft: Draft = unit.decide(invoice.decider, invoice_id, command).state
    for id in line_item_ids:
        put = line_item.PutOnInvoice(invoice_id=invoice_id)
        unit.decide(line_item.decider, id, put)
    return Drafted(
        invoice_id=invoice_id,
        workspace_id=workspace_id,
        net_ore=draft.net_ore,
        vat_ore=draft.vat_ore,
        gross_ore=draft.gross_ore,
    )


def _line(id: UUID, item: line_item.LineItem) -> invoice_messages.Line:
    return invoice_messages.Line(
        line_item_id=id, net_ore=item.net_ore, vat_ore=item.vat_ore, gross_ore=item.gross_ore
    )


def issue(door: Door, call: Call, asked: IssueInvoice) -> InvoiceIssued:
    """Give a draft its number and its buyer; an issued invoice answers as the first time.

    Raises `Rejected("billing.not_issuable")` naming all that the law wants and is missing.
    """
    row = door.app.query(lambda db: invoices.get(db, asked.invoice_id, call.actor))
    facts = None
    if row["state"] == "Draft":
        auth = Auth(door.tools.peers("auth"))
        facts = auth.billing_profile(workspace_id=UUID(row["workspace_id"]))
        must_be_issuable(row, facts)
    return door.app.unit(call, partial(_issue, asked.invoice_id, facts), InvoiceIssued)


def must_be_issuable(row: Mapping[str, Any], facts: BillingProfile) -> None:
    """Raise `Rejected("billing.not_issuable")` unless a draft can become a sales document."""
    missing = []
    if not (facts.legal_name or "").strip():
        missing.append("legal_name")
    if not rules.is_organization_number(facts.organization_number or ""):
        missing.append("organization_number")
    if row["gross_ore"] <= 0:
        missing.append("gross_ore")
    if missing:
        raise Rejected(
            "billing.not_issuable",
            f"the document would lack {', '.join(missing)}",
            details={"missing": missing},
        )


def _issue(invoice_id: UUID, facts: BillingProfile | None, unit: Unit) -> InvoiceIssued:
    """`facts` may be None only of what is issued already."""
    asked = unit.may(invoice.decider, invoice_id, invoice_messages.RequestIssue())
    if isinstance(asked.state, Draft):
        if facts is None:
            raise AssertionError("a draft does not come back")
        must_be_confirmed(unit)
        taken: number_series.NumberSeries = unit.decide(
            number_series.decider, series_id(SERIES), number_series.TakeNumber(series=SERIES)
        ).state
        command = invoice_messages.Issue(
            series=taken.series,
            invoice_number=taken.number,
            kid=number_series.kid(taken.number),
            issue_date=taken.issue_date,
        )
        asked = unit.decide(invoice.decider, invoice_id, command)
        unit.execute(kept.keep_buyer(invoice_id, **_buyer(facts, taken.issue_date)))
    issued: Issued = asked.state
    return InvoiceIssued(
        id=invoice_id,
        version=asked.version,
        state=type(issued).__name__,
        invoice_number=issued.invoice_number,
        kid=number_series.kid(issued.invoice_number),
        due_date=issued.due_date,
    )


def _buyer(facts: BillingProfile, issue_date: date) -> dict[str, Any]:
    address = facts.billing_address
    return {
        "workspace_id": facts.workspace_id,
        "legal_name": facts.legal_name,
        "organization_number": rules.organization_number(facts.organization_number or ""),
        "billing_address": codec.dump(address) if address else None,
        "invoice_email": facts.invoice_email,
        "invoice_reference": facts.invoice_reference,
        "retention_until": date(issue_date.year + RETENTION_YEARS, 12, 31),
    }


def shown(db: Connection, door: Door, call: Call, asked: GetInvoice) -> InvoiceWithLines:
    """Return an invoice as it stands today, with its lines."""
    row = invoices.shown(db, asked.invoice_id, call.actor, oslo.day(call.at))
    lines = line_items.on_invoice(db, asked.invoice_id)
    return InvoiceWithLines(**row, lines=tuple(InvoiceLine(**each) for each in lines))


def listed(db: Connection, door: Door, call: Call, asked: ListInvoices) -> Page[Invoice]:
    """Return a page of invoices as they stand today, newest first."""
    wanted = {
        "workspace_id": shown_workspace(call, asked.workspace_id),
        "status": asked.status,
    }
    return invoices.listed(db, wanted, asked, oslo.day(call.at)).of(Invoice)


def pdf(db: Connection, door: Door, call: Call, asked: GetInvoicePdf) -> Pdf:
    """Return a link to an invoice's document. Raises `Rejected` while there is none yet."""
    row = invoices.get(db, asked.invoice_id, call.actor)
    if row["document_ref"] is None:
        raise Rejected("billing.pdf_not_ready", "there is no document yet", retryable=True)
    link = door.tools.blobs.link(key_of(row["document_ref"]), "application/pdf")
    return Pdf(
        url=link.url,
        expires_at=link.expires_at,
        sha256=row["document_sha256"],
        size=row["document_size"],
    )
