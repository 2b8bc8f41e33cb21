"""Paying affiliates: units over a payout and the earnings in it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from affiliate import referral
from affiliate.domain import customer, earning, payout
from affiliate.projections import earnings
from chassis import ids
from chassis.personal import keep
from chassis.unit.calls import Written
from chassis.unit.handling import Unit
from contracts.affiliate import CreatePayout

ENTRIES_MAX = 1_000  # in one payout: what is told of it names them all, within 64 KiB


def create_payout(unit: Unit, request: CreatePayout) -> dict[str, Any]:
    """Reserve what is available by the cutoff and make a payout of it, one for each affiliate.

    The projection only finds candidates; what counts is the state of each earning.
    """
    named = request.affiliate_workspace_id
    affiliates = [named] if named else earnings.affiliates_to_pay(unit.connection, request.cutoff)
    items, skipped = [], []
    for affiliate_id in affiliates:
        made = _create_for(unit, affiliate_id, request.cutoff)
        if isinstance(made, str):
            skipped.append({"affiliate_workspace_id": affiliate_id, "reason": made})
        else:
            items.append(made)
    return {"items": items, "skipped": skipped}


def _create_for(unit: Unit, affiliate_id: UUID, cutoff: date) -> dict[str, Any] | str:
    entries = _available(unit, affiliate_id, cutoff)
    amount = sum(entries.values())
    affiliate = unit.state(customer.decider, affiliate_id)
    reason = payout.obstacle(amount, affiliate)
    if reason is not None:
        return reason
    id = ids.derive(unit.call.id, "payout", affiliate_id)
    written = unit.decide(
        payout.decider,
        id,
        payout.CreatePayout(
            affiliate_workspace_id=affiliate_id,
            cutoff=cutoff,
            earning_ids=tuple(entries),
            amount_ore=amount,
            organization_number=affiliate.payout_details.organization_number,
            vat_registered=affiliate.payout_details.vat_registered,
            created_by=_person(unit),
        ),
    )
    payee = referral.payee(unit, affiliate_id)
    if payee:  # to whom it goes is fixed with it: what was approved is what is paid
        unit.execute(keep(id, affiliate_id, payee))
    for entry in entries:
        unit.decide(earning.decider, entry, earning.Reserve(payout_id=id, cutoff=cutoff))
    return written.reply(
        affiliate_workspace_id=affiliate_id, amount_ore=amount, earning_ids=list(entries)
    )


def _available(unit: Unit, affiliate_id: UUID, cutoff: date) -> dict[UUID, int]:
    """Return what can be reserved, as amounts by earning, the oldest first."""
    candidates = earnings.to_pay(unit.connection, affiliate_id, cutoff, ENTRIES_MAX)
    unit.preload((earning.decider, each) for each in candidates)
    states = {each: unit.state(earning.decider, each) for each in candidates}
    return {
        each: state.amount_ore
        for each, state in states.items()
        # a rival may have reserved it since the query
        if isinstance(state, earning.Available) and state.available_on <= cutoff
    }


def approve_payout(unit: Unit, payout_id: UUID) -> dict[str, Any]:
    """Approve a payout; a large one by somebody who did not create it."""
    command = payout.ApprovePayout(approved_by=_person(unit))
    return unit.decide(payout.decider, payout_id, command).reply()


def confirm_payout(unit: Unit, payout_id: UUID, command: payout.ConfirmPayout) -> dict[str, Any]:
    """Record that the bank has sent the money, in the payout and in each of its earnings."""
    written = unit.decide(payout.decider, payout_id, command)
    paid = earning.PayOut(payout_id=payout_id, reference=command.reference)
    return _settle(unit, written, paid)


def give_back(
    unit: Unit,
    payout_id: UUID,
    command: payout.FailPayout | payout.CancelPayout,
    reason: str | None,
) -> dict[str, Any]:
    """End a payout that was not sent; its earnings are available again."""
    before = unit.state(payout.decider, payout_id)
    written = unit.decide(payout.decider, payout_id, command)
    if reason and written.state != before:  # a repeat does not give another reason
        unit.execute(keep(payout_id, written.state.workspace_id, {"reason": reason}))
    return _settle(unit, written, earning.Release(payout_id=payout_id))


def _settle(
    unit: Unit, written: Written, command: earning.PayOut | earning.Release
) -> dict[str, Any]:
    entries: Sequence[UUID] = written.state.contents.earning_ids
    unit.preload((earning.decider, each) for each in entries)
    for entry in entries:
        unit.decide(earning.decider, entry, command)
    return written.reply()


def _person(unit: Unit) -> UUID:
    actor = unit.call.actor
    return actor.impersonated_by or actor.user_id  # two people, not two sessions
