"""Who refers whom, and where the money goes: units over customers, a relationship, kept texts."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from affiliate.domain import customer, customer_messages, relationship
from chassis import ids
from chassis.personal import keep, personal
from chassis.unit.handling import Unit
from contracts.affiliate import CreateRelationship, SetPayoutDetails


def create_relationship(unit: Unit, request: CreateRelationship) -> dict[str, Any]:
    """Bind a workspace to an affiliate, in one unit with both customers."""
    id = ids.derive(unit.call.id, "relationship")
    affiliate_id, referred_id = request.affiliate_workspace_id, request.referred_workspace_id
    notes = (request.notes or "").strip()
    if notes:
        unit.execute(keep(id, referred_id, {"notes": notes}))
    written = unit.decide(
        relationship.decider,
        id,
        relationship.StartRelationship(
            affiliate_workspace_id=affiliate_id,
            referred_workspace_id=referred_id,
            percent=request.commission_percent,
            exception=bool(notes),
        ),
    )
    affiliate: customer.Customer | None = unit.state(customer.decider, affiliate_id)
    above = _above(unit, affiliate)
    unit.decide(
        customer.decider,
        referred_id,
        customer_messages.Refer(
            relationship_id=id,
            affiliate_workspace_id=affiliate_id,
            affiliate_owner_user_id=affiliate.owner_user_id if affiliate else None,
            affiliate_numbers=affiliate.numbers if affiliate else frozenset(),
            above=above,
            exception=bool(notes),
        ),
    )
    # Two relationships made at once could close a circle that neither sees. Each writes to the
    # customer it found at the top, which in a circle is the one that the other binds: they meet.
    top = above[-1] if above else affiliate_id
    unit.decide(customer.decider, top, customer_messages.RestUpon(relationship_id=id))
    return written.reply()


def _above(unit: Unit, affiliate: customer.Customer | None) -> tuple[UUID, ...]:
    """Return who refers the affiliate, who refers that one, and so on to the top."""
    found: list[UUID] = []
    while affiliate and affiliate.affiliate_workspace_id and len(found) <= customer.CHAIN_MAX:
        found.append(affiliate.affiliate_workspace_id)
        affiliate = unit.state(customer.decider, found[-1])
    return tuple(found)


def set_payout_details(unit: Unit, workspace_id: UUID, request: SetPayoutDetails) -> dict[str, Any]:
    """Set where a workspace's earnings go: the event holds facts, the texts are kept."""
    texts = {
        "legal_name": request.legal_name,
        "account": request.account,
        "invoice_email": request.invoice_email,
    }
    kept = payee(unit, workspace_id)
    new = {field: texts[field] for field in texts if texts[field] != kept.get(field)}
    command = customer_messages.SetPayoutDetails(
        organization_number=request.organization_number,
        vat_registered=request.vat_registered,
        changed=tuple(sorted(new)),
    )
    written = unit.decide(customer.decider, workspace_id, command)
    if new:  # what changed only: a rival's account is not written over unsaid
        unit.execute(keep(workspace_id, workspace_id, new))
    return written.reply()


def payee(unit: Unit, workspace_id: UUID) -> Mapping[str, str]:
    """Return the kept texts of where a workspace's earnings go: by field."""
    rows = select(personal.c.field, personal.c.value).where(personal.c.row_id == str(workspace_id))
    return {row.field: row.value for row in unit.execute(rows)}
