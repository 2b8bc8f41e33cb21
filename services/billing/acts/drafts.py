"""Drafts: units over one, its lines and what they were cleared for; and how one would be."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from billing.acts import issuing
from billing.acts.prices import own_workspace, shown_workspace
from billing.domain import invoice, invoice_messages, invoice_paper, line_item, oslo, wallet
from billing.domain.invoice import MOST_LINES
from billing.domain.invoice_states import Discarded, Invoice
from billing.domain.line_item_messages import Release
from billing.drafting import draft, sorted_out
from billing.numbering import must_be_confirmed
from billing.projections import pending_lines
from chassis import ids
from chassis.door.edge import Door
from chassis.errors import Conflict, NotFound, Rejected
from chassis.personal import keep
from chassis.unit import store
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.billing.drafts import (
    CreateInvoices,
    DiscardedInvoice,
    DiscardInvoice,
    Drafts,
    Preview,
    PreviewInvoice,
    SkippedLine,
)
from contracts.billing.line_items import InvoiceLine


def create(unit: Unit, asked: CreateInvoices) -> Drafts:
    """Draft an invoice a workspace and cleared number, and say what was left out.

    Whether a workspace is approved was asked before the work: what was delivered is always drafted.
    Not in a database that was restored, before the last number is confirmed: a caller who repeats
    would get, and keep under that key, a draft of no more than what has been heard again by then.
    """
    must_be_confirmed(unit)
    if unit.call.expected_version:  # what it makes is new
        details = {"current_version": 0}
        raise Conflict("chassis.version_mismatch", details=details, retryable=False)
    named = asked.line_item_ids
    found = pending_lines.ids(unit.connection, asked.workspace_id) if named is None else named
    by_buyer, skipped = sorted_out(unit, found, asked.workspace_id)
    drafted = [
        draft(unit, ids.derive(unit.call.id, "invoice", *buyer), mine)
        for buyer, mine in by_buyer.items()
    ]
    left_out = (SkippedLine(line_item_id=id, reason=why) for id, why in skipped.items())
    return Drafts(items=tuple(drafted), skipped=tuple(left_out))


def discard(unit: Unit, asked: DiscardInvoice) -> DiscardedInvoice:
    """Let a draft be none: each of its lines waits again; why is kept, the first time."""
    before: Invoice | None = unit.state(invoice.decider, asked.invoice_id)
    decided = unit.decide(invoice.decider, asked.invoice_id, invoice_messages.Discard())
    stands: Discarded = decided.state
    line_item_ids = stands.sheet.line_item_ids
    if stands != before:
        unit.preload((line_item.decider, id) for id in line_item_ids)
        for id in line_item_ids:
            unit.decide(line_item.decider, id, Release(invoice_id=asked.invoice_id))
        if asked.reason is not None:
            reason = {"discard_reason": asked.reason}
            unit.execute(keep(asked.invoice_id, stands.workspace_id, reason))
    return DiscardedInvoice(
        id=decided.id,
        version=decided.version,
        state=type(stands).__name__,
        line_item_ids=line_item_ids,
    )


def preview(door: Door, call: Call, asked: PreviewInvoice) -> Preview:
    """Return what would be issued today, and what the document would lack.

    Raises `NotFound` for a line named that is unknown or another's, `Rejected` for one that does
    not wait.
    """
    workspace_id, lines, balance_ore = door.app.query(lambda db: _waiting(db, door, call, asked))
    facts = issuing.profile(door, workspace_id)
    net_ore, vat_ore, gross_ore = (
        sum(line[name] for line in lines) for name in ("net_ore", "vat_ore", "gross_ore")
    )
    credit_ore = min(balance_ore, gross_ore)
    missing = issuing.lacking(gross_ore, facts)
    changed = lines and issuing.is_another(lines[0]["organization_number"], facts)
    return Preview(
        workspace_id=workspace_id,
        lines=tuple(InvoiceLine(**line) for line in lines),
        net_ore=net_ore,
        vat_ore=vat_ore,
        gross_ore=gross_ore,
        credit_ore=credit_ore,
        to_pay_ore=gross_ore - credit_ore,
        due_date=oslo.day(call.at) + invoice_paper.DUE_AFTER,
        buyer=issuing.buyer(facts),
        missing=(*missing, issuing.BUYER_CHANGED) if changed else missing,
    )


def _waiting(
    db: Connection, door: Door, call: Call, asked: PreviewInvoice
) -> tuple[UUID, list[dict[str, Any]], int]:
    """Return a workspace, the lines that would go on one draft, and its credit."""
    whose = shown_workspace(call, asked.workspace_id)
    if whose is None and asked.line_item_ids is None:
        whose = own_workspace(call)
    found = pending_lines.rows(db, whose, asked.line_item_ids)
    if asked.line_item_ids is not None:
        found = _as_named(found, asked.line_item_ids)
    first = found[0] if found else None
    workspace_id = whose or UUID(found[0]["workspace_id"])
    owner: wallet.Wallet | None = store.found(
        db, door.app.codec, wallet.decider, workspace_id
    ).state
    together = [each for each in found if first and _buyer(each) == _buyer(first)]
    return workspace_id, together[:MOST_LINES], owner.balance_ore if owner else 0


def _as_named(
    rows: Sequence[dict[str, Any]], line_item_ids: Sequence[UUID]
) -> list[dict[str, Any]]:
    by_id = {UUID(each["id"]): each for each in rows}
    if not set(line_item_ids) <= by_id.keys():
        raise NotFound("billing.line_item_not_found", "no such line_item")
    if any(each["status"] != "pending" for each in rows):
        raise Rejected("billing.line_item_not_pending", "it is on an invoice, or cancelled")
    return [by_id[id] for id in dict.fromkeys(line_item_ids)]


def _buyer(row: Mapping[str, Any]) -> tuple[str, str | None]:
    return row["workspace_id"], row["organization_number"]
