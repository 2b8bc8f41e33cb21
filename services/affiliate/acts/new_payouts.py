"""Making payouts: what is available is reserved, and what an affiliate earned on itself is held."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from affiliate.domain import (
    customer,
    earning,
    oslo,
    payout,
    payout_messages,
)
from affiliate.domain.customer_states import Customer, is_itself
from affiliate.domain.earning_messages import Reserve
from affiliate.domain.earning_states import Available, OnHold
from affiliate.domain.payout_states import obstacle
from affiliate.projections import earning_rows, payout_rows
from chassis import ids
from chassis.door.edge import Door
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.affiliate.payouts import (
    CreatePayout,
    PayoutCreated,
    PayoutsCreated,
    SkippedAffiliate,
)

ENTRIES_MAX = 1_000  # in one payout: what is told of it names them all, within 64 KiB


def create(door: Door, call: Call, asked: CreatePayout) -> PayoutsCreated:
    """Reserve what is available by the cutoff and make a payout of it, one for each affiliate.

    The projection only finds candidates; what counts is the state of each earning.
    """
    return door.app.unit(call, partial(_create, asked, door.tools), PayoutsCreated)


def _create(asked: CreatePayout, tools: Any, unit: Unit) -> PayoutsCreated:
    # what is held until a later day stays so, whatever day is named
    cutoff = min(asked.cutoff, oslo.day(unit.call.at))
    named = asked.affiliate_workspace_id
    affiliates = [named] if named else earning_rows.affiliates_to_pay(unit.connection, cutoff)
    # where the money goes is facts in a stream and texts beside it: both of one moment
    unit.hold(customer.decider, *affiliates, shared=True)
    items: list[PayoutCreated] = []
    skipped: list[SkippedAffiliate] = []
    for affiliate_id in affiliates:
        made = _create_for(unit, affiliate_id, cutoff, tools.minimum_payout_ore)
        if isinstance(made, str):
            skipped.append(SkippedAffiliate(affiliate_workspace_id=affiliate_id, reason=made))
        else:
            items.append(made)
    return PayoutsCreated(items=tuple(items), skipped=tuple(skipped))


def _create_for(
    unit: Unit, affiliate_id: UUID, cutoff: date, minimum_ore: int
) -> PayoutCreated | str:
    id = ids.derive(unit.call.id, "payout", affiliate_id)
    affiliate = unit.state(customer.decider, affiliate_id)
    entries: Mapping[UUID, int] = {}
    if affiliate is not None and affiliate.may_be_paid:
        entries = _without_its_own(unit, affiliate, _available(unit, affiliate_id, cutoff), id)
    reason = obstacle(entries.values(), affiliate, minimum_ore)
    if reason is not None:
        return reason
    amount_ore = sum(entries.values())
    decided = unit.decide(
        payout.decider,
        id,
        payout_messages.CreatePayout(
            affiliate_workspace_id=affiliate_id,
            cutoff=cutoff,
            earning_ids=tuple(entries),
            amount_ore=amount_ore,
            organization_number=affiliate.payout_details.organization_number,
            vat_registered=affiliate.payout_details.vat_registered,
            created_by=person(unit),
        ),
    )
    to_whom = payout_rows.payee(unit.connection, affiliate_id)
    if to_whom:  # it is fixed with the payout: what was approved is what is paid
        unit.execute(keep(id, affiliate_id, to_whom))
    for entry in entries:
        reserve = Reserve(payout_id=id, cutoff=cutoff, self_referral=False)
        unit.decide(earning.decider, entry, reserve)
    return PayoutCreated(
        id=id,
        version=decided.version,
        affiliate_workspace_id=affiliate_id,
        amount_ore=amount_ore,
        earning_ids=tuple(entries),
    )


def _available(unit: Unit, affiliate_id: UUID, cutoff: date) -> dict[UUID, Available]:
    """Return what can be reserved, by id: what is owed to us first, then the oldest."""
    candidates = earning_rows.to_pay(unit.connection, affiliate_id, cutoff, ENTRIES_MAX)
    unit.preload((earning.decider, each) for each in candidates)
    states = {each: unit.state(earning.decider, each) for each in candidates}
    return {
        each: state
        for each, state in states.items()
        # a rival may have reserved it since the query
        if isinstance(state, Available) and state.terms.available_on <= cutoff
    }


def _without_its_own(
    unit: Unit, affiliate: Customer, entries: Mapping[UUID, Available], payout_id: UUID
) -> dict[UUID, int]:
    """Return the amounts of the entries, without what an affiliate earned on itself: that is held.

    It was bound and earned while nobody knew; what is known by now counts.
    """
    referred = {each.terms.referred_workspace_id for each in entries.values()}
    unit.preload((customer.decider, each) for each in referred)
    own = {each for each in referred if is_itself(affiliate, unit.state(customer.decider, each))}
    left: dict[UUID, int] = {}
    for id, entry in entries.items():
        if entry.terms.referred_workspace_id in own and entry.amount_ore > 0:
            available_on = entry.terms.available_on
            reserve = Reserve(payout_id=payout_id, cutoff=available_on, self_referral=True)
            unit.decide(earning.decider, id, reserve)
        else:
            left[id] = entry.amount_ore
    return _without_held(unit, entries, left)


def _without_held(
    unit: Unit, entries: Mapping[UUID, Available], amounts: Mapping[UUID, int]
) -> dict[UUID, int]:
    """Return the amounts without corrections of what is on hold: they go with what they correct."""
    firsts = {id: first for id in amounts if (first := entries[id].terms.corrects)}
    unit.preload((earning.decider, each) for each in firsts.values())
    waits = {
        id for id, first in firsts.items() if isinstance(unit.state(earning.decider, first), OnHold)
    }
    return {id: amount_ore for id, amount_ore in amounts.items() if id not in waits}


def person(unit: Unit) -> UUID:
    """Return who really calls: two people, not two sessions."""
    actor = unit.call.actor
    return actor.impersonated_by or actor.user_id
