"""Who refers whom: units over customers, a relationship and its kept notes."""

from uuid import UUID

from sqlalchemy import Connection

from affiliate.domain import customer, customer_messages, relationship
from affiliate.domain.customer_states import Customer, is_itself
from affiliate.domain.relationship import Relationship
from affiliate.projections import relationships
from chassis import ids
from chassis.asked import Page, Written
from chassis.door.edge import Door
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.affiliate.relationships import (
    AffiliateRelationship,
    ChangeCommission,
    CommissionSet,
    CreateRelationship,
    EndRelationship,
    ListRelationships,
)


def create(unit: Unit, asked: CreateRelationship) -> Written:
    """Bind a workspace to an affiliate, in one unit with both customers."""
    id = ids.derive(unit.call.id, "relationship")
    affiliate_id, referred_id = asked.affiliate_workspace_id, asked.referred_workspace_id
    notes = (asked.notes or "").strip()
    if notes:
        unit.execute(keep(id, referred_id, {"notes": notes}))
    started = unit.decide(
        relationship.decider,
        id,
        relationship.StartRelationship(
            affiliate_workspace_id=affiliate_id,
            referred_workspace_id=referred_id,
            percent=asked.commission_percent,
            exception=bool(notes),
        ),
    )
    affiliate: Customer | None = unit.state(customer.decider, affiliate_id)
    above = _above(unit, affiliate)
    unit.decide(
        customer.decider,
        referred_id,
        customer_messages.Refer(
            relationship_id=id,
            affiliate_workspace_id=affiliate_id,
            affiliate_is_known=affiliate is not None and affiliate.is_known,
            is_itself=is_itself(affiliate, unit.state(customer.decider, referred_id)),
            above=above,
            exception=bool(notes),
        ),
    )
    # Two relationships made at once could close a circle that neither sees. Each writes to the
    # customer it found at the top, which in a circle is the one that the other binds: they meet.
    top = above[-1] if above else affiliate_id
    unit.decide(customer.decider, top, customer_messages.RestUpon(relationship_id=id))
    return started.written


def _above(unit: Unit, affiliate: Customer | None) -> tuple[UUID, ...]:
    """Return who refers the affiliate, who refers that one, and so on to the top."""
    found: list[UUID] = []
    while affiliate and affiliate.binding and len(found) <= customer.CHAIN_MAX:
        found.append(affiliate.binding.affiliate_workspace_id)
        affiliate = unit.state(customer.decider, found[-1])
    return tuple(found)


def change(unit: Unit, asked: ChangeCommission) -> CommissionSet:
    """Set another percentage, for what is paid from now on."""
    command = relationship.ChangeCommission(percent=asked.commission_percent)
    decided = unit.decide(relationship.decider, asked.relationship_id, command)
    valid_from = decided.state.rates[-1].valid_from
    return CommissionSet(id=decided.id, version=decided.version, valid_from=valid_from)


def end(unit: Unit, asked: EndRelationship) -> Written:
    """Let nothing more be earned by it; another may be bound then. The reason is kept."""
    before: Relationship | None = unit.state(relationship.decider, asked.relationship_id)
    command = relationship.EndRelationship()
    decided = unit.decide(relationship.decider, asked.relationship_id, command)
    referred_id = decided.state.referred_workspace_id
    if decided.state != before:  # a repeat does not give another reason
        unit.execute(keep(decided.id, referred_id, {"end_reason": asked.reason}))
    ended = customer_messages.EndReferral(relationship_id=decided.id)
    unit.decide(customer.decider, referred_id, ended)
    return decided.written


def listed(
    db: Connection, door: Door, call: Call, asked: ListRelationships
) -> Page[AffiliateRelationship]:
    """Return a page of relationships, newest first: of one affiliate or of all."""
    return relationships.listed(db, asked.affiliate_workspace_id, asked).of(AffiliateRelationship)
