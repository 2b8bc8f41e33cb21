"""Issuing: a draft gets its number, its buyer, and what the workspace's credit pays of it."""

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from billing import kept
from billing.acts.settling import follow
from billing.domain import (
    invoice,
    invoice_messages,
    number_series,
    retention,
    wallet,
    wallet_messages,
)
from billing.domain.invoice_states import Draft, Invoice, Numbered, Sheet
from billing.names import SERIES, series_id
from billing.numbering import must_be_confirmed
from chassis import codec
from chassis.door import rules
from chassis.door.edge import Door
from chassis.errors import Rejected
from chassis.unit import store
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit, not_found
from clients.auth import Auth
from contracts.auth.workspaces import BillingProfile
from contracts.billing.drafts import Buyer
from contracts.billing.invoices import InvoiceIssued, IssueInvoice

BUYER_CHANGED = "buyer_changed"


def issue(door: Door, call: Call, asked: IssueInvoice) -> InvoiceIssued:
    """Give a draft its number and its buyer; an issued invoice answers as it stands.

    Raises `Rejected("billing.not_issuable")` naming all that the law wants and is missing;
    `Rejected("billing.buyer_changed")` until that is confirmed.
    """
    stream = door.app.query(
        lambda db: store.found(db, door.app.codec, invoice.decider, asked.invoice_id)
    )
    stands: Invoice | None = stream.state
    if stands is None or not call.actor.sees(stands.workspace_id):
        raise not_found(door.app.service.name, invoice.decider)
    facts = None if isinstance(stands, Numbered) else profile(door, stands.workspace_id)
    return door.app.unit(call, partial(_issue, asked, facts), InvoiceIssued)


def profile(door: Door, workspace_id: UUID) -> BillingProfile:
    """Return what auth knows of a buyer today."""
    return Auth(door.tools.peers("auth")).billing_profile(workspace_id=workspace_id)


def _issue(asked: IssueInvoice, facts: BillingProfile | None, unit: Unit) -> InvoiceIssued:
    """`facts` may be None only of what is issued; it stays so."""
    stands: Invoice = unit.state(invoice.decider, asked.invoice_id)
    missing = stands.missing if isinstance(stands, Draft) else ()
    # nothing new: the version that the call expects is the invoice's, not the number series'
    known = unit.may(
        invoice.decider, asked.invoice_id, invoice_messages.RefuseIssue(missing=missing)
    )
    if isinstance(stands, Numbered):
        return _reply(known)
    if facts is None:
        raise AssertionError("what is issued is no draft again")
    if isinstance(stands, Draft):
        _must_be_issuable(stands.sheet, facts, asked.buyer_confirmed)
    return _reply(number(unit, asked.invoice_id, facts))


def _must_be_issuable(sheet: Sheet, facts: BillingProfile, buyer_confirmed: bool) -> None:
    if missing := lacking(sheet.amounts.gross_ore, facts):
        message = f"the document would lack {', '.join(missing)}"
        raise Rejected("billing.not_issuable", message, details={"missing": list(missing)})
    if is_another(sheet.organization_number, facts) and not buyer_confirmed:
        details = {
            "was": {"organization_number": sheet.organization_number, "approved": True},
            "is": {
                "organization_number": facts.organization_number,
                "approved": facts.invoice_eligible,
            },
        }
        message = "not whom the work was cleared for, or not approved any more"
        raise Rejected(f"billing.{BUYER_CHANGED}", message, details=details)


def lacking(gross_ore: int, facts: BillingProfile) -> tuple[str, ...]:
    """Return all that the law wants on a sales document and that would not be there."""
    there = {
        "legal_name": bool((facts.legal_name or "").strip()),
        "organization_number": rules.is_organization_number(facts.organization_number or ""),
        "gross_ore": gross_ore > 0,
    }
    return tuple(name for name, is_there in there.items() if not is_there)


def refusals(sheet: Sheet, facts: BillingProfile) -> tuple[str, ...]:
    """Return all for which a draft would not be issued, unless a person confirms its buyer."""
    missing = lacking(sheet.amounts.gross_ore, facts)
    return (*missing, BUYER_CHANGED) if is_another(sheet.organization_number, facts) else missing


def is_another(cleared_number: str | None, facts: BillingProfile) -> bool:
    """Return whether the buyer is not the one of the clearance, or not approved any more."""
    return not facts.invoice_eligible or facts.organization_number != cleared_number


def number(unit: Unit, invoice_id: UUID, facts: BillingProfile) -> Decided:
    """Issue a draft under the next number, to the buyer that auth knows."""
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
    issued = unit.decide(invoice.decider, invoice_id, command)
    unit.execute(kept.keep_buyer(invoice_id, **_named(facts, taken.issue_date)))
    return _paid_from_credit(unit, issued)


def _named(facts: BillingProfile, issue_date: date) -> dict[str, Any]:
    address = facts.billing_address
    return {
        "workspace_id": facts.workspace_id,
        "legal_name": facts.legal_name,
        "organization_number": rules.organization_number(facts.organization_number or ""),
        "billing_address": codec.dump(address) if address else None,
        "invoice_email": facts.invoice_email,
        "invoice_reference": facts.invoice_reference,
        "retention_until": retention.until(issue_date),
    }


def _paid_from_credit(unit: Unit, issued: Decided) -> Decided:
    """Let the workspace's credit pay as much as it can; that may be all."""
    stands: Numbered = issued.state
    owner: wallet.Wallet | None = unit.state(wallet.decider, stands.workspace_id)
    used_ore = min(owner.balance_ore, stands.money.remaining_ore) if owner else 0
    if used_ore == 0:
        return issued
    spend = wallet_messages.Spend(amount_ore=used_ore, on="invoice", reference=str(issued.id))
    unit.decide(wallet.decider, stands.workspace_id, spend)
    paid = invoice_messages.RecordPayment(
        amount_ore=used_ore,
        paid_on=stands.paper.issue_date,
        source="credit",
        external_id=str(stands.paper.number),
    )
    decided = unit.decide(invoice.decider, issued.id, paid)
    follow(unit, stands, decided.state)
    return decided


def _reply(decided: Decided) -> InvoiceIssued:
    stands: Numbered = decided.state
    used = stands.money.of("credit", str(stands.paper.number))
    return InvoiceIssued(
        id=decided.id,
        version=decided.version,
        state=type(stands).__name__,
        invoice_number=stands.paper.number,
        kid=stands.paper.kid,
        issue_date=stands.paper.issue_date,
        due_date=stands.paper.due_date,
        credit_used_ore=used.amount_ore if used else 0,
    )


def buyer(facts: BillingProfile) -> Buyer:
    """Return whom a document would name."""
    return Buyer(
        legal_name=facts.legal_name,
        organization_number=facts.organization_number,
        billing_address=facts.billing_address,
        invoice_email=facts.invoice_email,
        invoice_reference=facts.invoice_reference,
    )
