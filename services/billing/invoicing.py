"""What happens to invoices: units over an invoice, its lines, their payments and the numbers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Insert, insert
from stdnum.no import orgnr

from billing import kept
from billing.domain import customer, invoice, line_item, number_series, payment
from billing.domain.invoice_facts import Draft, Issued, Numbered, Paid
from billing.names import series_id
from billing.projections import line_items
from chassis import codec, ids
from chassis.errors import Conflict, Rejected
from chassis.unit.handling import Unit
from contracts.auth import BillingProfile
from contracts.billing import CreateInvoices, RecordInvoicePayment

MOST_LINES = 1_000  # on one invoice; more wait for the next one
RETENTION_YEARS = 5  # from the end of the year of issue (bokføringsloven § 13)
SERIES = "invoice"


def create(unit: Unit, request: CreateInvoices) -> dict[str, Any]:
    """Draft one invoice a workspace of what is pending there, and say what was left out."""
    if unit.call.expected_version:  # what it makes is new
        details = {"current_version": 0}
        raise Conflict("chassis.version_mismatch", details=details, retryable=False)
    wanted = list(dict.fromkeys(request.line_item_ids)) if request.line_item_ids else None
    found = line_items.candidates(unit.connection, request.workspace_id, request.line_item_ids)
    unit.preload((line_item.decider, id) for id in found)
    by_workspace: dict[UUID, list[UUID]] = {}
    skipped = {id: "unknown" for id in wanted or () if id not in set(found)}
    for id in found:
        item: line_item.LineItem = unit.state(line_item.decider, id)
        mine = by_workspace.setdefault(item.workspace_id, [])
        reason = _not_billable(unit, item, request.workspace_id, len(mine))
        if reason is None:
            mine.append(id)
        else:
            skipped[id] = reason
    drafted = [_draft(unit, each, mine) for each, mine in by_workspace.items() if mine]
    return {
        "items": drafted,
        "skipped": [{"line_item_id": id, "reason": reason} for id, reason in skipped.items()],
    }


def _not_billable(
    unit: Unit, item: line_item.LineItem, workspace_id: UUID | None, already: int
) -> str | None:
    if workspace_id not in (None, item.workspace_id):
        return "other_workspace"
    if not isinstance(item, line_item.Pending):
        return "not_pending"
    refusal = customer.refusal(unit.state(customer.decider, item.workspace_id))
    return "invoice_full" if refusal is None and already >= MOST_LINES else refusal


def _draft(unit: Unit, workspace_id: UUID, line_item_ids: Sequence[UUID]) -> dict[str, Any]:
    invoice_id = ids.derive(unit.call.id, "invoice", workspace_id)
    lines = tuple(_line(id, unit.state(line_item.decider, id)) for id in line_item_ids)
    command = invoice.DraftInvoice(workspace_id=workspace_id, lines=lines)
    draft: Draft = unit.decide(invoice.decider, invoice_id, command).state
    for id in line_item_ids:
        put = line_item.PutOnInvoice(invoice_id=invoice_id)
        unit.decide(line_item.decider, id, put)
    return {
        "invoice_id": invoice_id,
        "workspace_id": workspace_id,
        "net_ore": draft.net_ore,
        "vat_ore": draft.vat_ore,
        "gross_ore": draft.gross_ore,
    }


def _line(id: UUID, item: line_item.LineItem) -> invoice.Line:
    return invoice.Line(
        line_item_id=id, net_ore=item.net_ore, vat_ore=item.vat_ore, gross_ore=item.gross_ore
    )


def buyer_facts(row: Mapping[str, Any], profile: Mapping[str, Any]) -> BillingProfile:
    """Return the buyer of the invoice in `row`, from auth's `billing_profile`.

    Raises `Rejected("billing.not_issuable")` naming all that the law wants and is missing (B9).
    """
    facts: BillingProfile = codec.load(BillingProfile, profile, tolerant=True)
    missing = []
    if not (facts.legal_name or "").strip():
        missing.append("legal_name")
    if not orgnr.is_valid(facts.organization_number or ""):
        missing.append("organization_number")
    if row["gross_ore"] <= 0:
        missing.append("gross_ore")
    if missing:
        raise Rejected(
            "billing.not_issuable",
            f"the document would lack {', '.join(missing)}",
            details={"missing": missing},
        )
    return facts


def issue(unit: Unit, invoice_id: UUID, facts: BillingProfile | None) -> dict[str, Any]:
    """Give a draft its number and its buyer; an issued invoice answers as the first time.

    `facts` may be None only of what is issued already.
    """
    written = unit.decide(invoice.decider, invoice_id, invoice.RequestIssue())
    if isinstance(written.state, Draft):
        if facts is None:
            raise AssertionError("a draft does not come back")
        taken: number_series.NumberSeries = unit.decide(
            number_series.decider, series_id(SERIES), number_series.TakeNumber(series=SERIES)
        ).state
        command = invoice.Issue(
            series=taken.series,
            invoice_number=taken.number,
            kid=number_series.kid(taken.number),
            issue_date=taken.issue_date,
        )
        written = unit.decide(invoice.decider, invoice_id, command)
        unit.execute(_buyer(invoice_id, facts, taken.issue_date))
    issued: Issued = written.state
    return written.reply(
        state=type(issued).__name__,
        invoice_number=issued.invoice_number,
        kid=number_series.kid(issued.invoice_number),
        due_date=issued.due_date,
    )


def _buyer(invoice_id: UUID, facts: BillingProfile, issue_date: date) -> Insert:
    address = facts.billing_address
    kept_buyer = insert(kept.buyer).values(
        document_id=invoice_id,
        workspace_id=facts.workspace_id,
        legal_name=facts.legal_name,
        organization_number=orgnr.compact(facts.organization_number or ""),
        billing_address=codec.dump(address) if address else None,
        invoice_email=facts.invoice_email,
        invoice_reference=facts.invoice_reference,
        retention_until=date(issue_date.year + RETENTION_YEARS, 12, 31),
    )
    # where a rival was faster its row stands, and this unit's append fails and is tried again
    return kept_buyer.on_conflict_do_nothing()


def record_payment(unit: Unit, request: RecordInvoicePayment) -> dict[str, Any]:
    """Record money that came; with the last of it, every target on the invoice is settled."""
    command = invoice.RecordPayment(
        amount_ore=request.amount_ore,
        paid_on=request.paid_on,
        source=request.source,
        external_id=request.external_id,
    )
    written = unit.decide(invoice.decider, request.invoice_id, command)
    stands: Numbered = written.state
    if isinstance(stands, Paid):
        _settle(unit, stands)
    return written.reply(state=type(stands).__name__, remaining_ore=stands.remaining_ore)


def _settle(unit: Unit, paid: Paid) -> None:
    unit.preload((line_item.decider, id) for id in paid.line_item_ids)
    payment_ids = [unit.state(line_item.decider, id).payment_id for id in paid.line_item_ids]
    unit.preload((payment.decider, id) for id in payment_ids)
    for id in payment_ids:
        unit.decide(payment.decider, id, payment.Settle())
