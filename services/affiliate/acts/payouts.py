"""Paying affiliates: units over a payout and the earnings in it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from affiliate.domain import customer, earning, earning_messages, payout, payout_messages
from affiliate.projections import earnings, payouts
from chassis import ids
from chassis.asked import Page, Written
from chassis.door.edge import Door
from chassis.personal import keep
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit
from contracts.affiliate.earnings import PayoutEntry
from contracts.affiliate.payouts import (
    ApprovePayout,
    CancelPayout,
    ConfirmPayout,
    CreatePayout,
    FailPayout,
    GetPayout,
    ListPayouts,
    Payee,
    Payout,
    PayoutCreated,
    PayoutsCreated,
    PayoutWithEarnings,
    SkippedAffiliate,
)

ENTRIES_MAX = 1_000  # in one payout: what is told of it names them all, within 64 KiB


def create(unit: Unit, asked: CreatePayout) -> PayoutsCreated:
    """Reserve what is available by the cutoff and make a payout of it, one for each affiliate.

    The projection only finds candidates; what counts is the state of each earning.
    """
    named = asked.affiliate_workspace_id
    affiliates = [named] if named else earnings.affiliates_to_pay(unit.connection, asked.cutoff)
    items: list[PayoutCreated] = []
    skipped: list[SkippedAffiliate] = []
    for affiliate_id in affiliates:
        made = _create_for(unit, affiliate_id, asked.cutoff)
        if isinstance(made, str):
            skipped.append(SkippedAffiliate(affiliate_workspace_id=affiliate_id, reason=made))
        else:
            items.append(made)
    return PayoutsCreated(items=tuple(items), skipped=tuple(skipped))


def _create_for(unit: Unit, affiliate_id: UUID, cutoff: date) -> PayoutCreated | str:
    entries = _available(unit, affiliate_id, cutoff)
    amount = sum(entries.values())
    affiliate = unit.state(customer.decider, affiliate_id)
    reason = payout.obstacle(amount, affiliate)
    if reason is not None:
        return reason
    id = ids.derive(unit.call.id, "payout", affiliate_id)
    decided = unit.decide(
        payout.decider,
        id,
        payout_messages.CreatePayout(
            affiliate_workspace_id=affiliate_id,
            cutoff=cutoff,
            earning_ids=tuple(entries),
            amount_ore=amount,
            organization_number=affiliate.payout_details.organization_number,
            vat_registered=affiliate.payout_details.vat_registered,
            created_by=_person(unit),
        ),
    )
    to_whom = payouts.payee(unit.connection, affiliate_id)
    if to_whom:  # it is fixed with the payout: what was approved is what is paid
        unit.execute(keep(id, affiliate_id, to_whom))
    for entry in entries:
        unit.decide(earning.decider, entry, earning_messages.Reserve(payout_id=id, cutoff=cutoff))
    return PayoutCreated(
        id=id,
        version=decided.version,
        affiliate_workspace_id=affiliate_id,
        amount_ore=amount,
        earning_ids=tuple(entries),
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


def approve(unit: Unit, asked: ApprovePayout) -> Written:
    """Approve a payout; a large one by somebody who did not create it."""
    command = payout_messages.ApprovePayout(approved_by=_person(unit))
    return unit.decide(payout.decider, asked.payout_id, command).written


def confirm(unit: Unit, asked: ConfirmPayout) -> Written:
    """Record that the bank has sent the money, in the payout and in each of its earnings."""
    command = payout_messages.ConfirmPayout(
        reference=asked.reference,
        paid_on=asked.paid_on,
        supplier_invoice_number=asked.supplier_invoice_number,
    )
    confirmed = unit.decide(payout.decider, asked.payout_id, command)
    paid = earning_messages.PayOut(payout_id=asked.payout_id, reference=asked.reference)
    return _settle(unit, confirmed, paid)


def fail(unit: Unit, asked: FailPayout) -> Written:
    """End a payout that the bank has not sent; its earnings are available again."""
    return _give_back(unit, asked, payout_messages.FailPayout())


def cancel(unit: Unit, asked: CancelPayout) -> Written:
    """Call a payout off; its earnings are available again."""
    return _give_back(unit, asked, payout_messages.CancelPayout())


def _give_back(
    unit: Unit,
    asked: FailPayout | CancelPayout,
    command: payout_messages.FailPayout | payout_messages.CancelPayout,
) -> Written:
    before = unit.state(payout.decider, asked.payout_id)
    ended = unit.decide(payout.decider, asked.payout_id, command)
    if asked.reason and ended.state != before:  # a repeat does not give another reason
        unit.execute(keep(asked.payout_id, ended.state.workspace_id, {"reason": asked.reason}))
    return _settle(unit, ended, earning_messages.Release(payout_id=asked.payout_id))


def _settle(
    unit: Unit, decided: Decided, command: earning_messages.PayOut | earning_messages.Release
) -> Written:
    entries: Sequence[UUID] = decided.state.contents.earning_ids
    unit.preload((earning.decider, each) for each in entries)
    for entry in entries:
        unit.decide(earning.decider, entry, command)
    return decided.written


def listed(db: Connection, door: Door, call: Call, asked: ListPayouts) -> Page[Payout]:
    """Return a page of payouts, newest first: of one affiliate or of all."""
    return payouts.listed(db, asked.affiliate_workspace_id, asked.state, asked).of(Payout)


def shown(db: Connection, door: Door, call: Call, asked: GetPayout) -> PayoutWithEarnings:
    """Return a payout with its earnings and to whom the money goes."""
    row = payouts.get(db, asked.payout_id)
    to_whom = Payee(**payouts.named_payee(db, asked.payout_id))
    entries = (PayoutEntry(**each) for each in earnings.of_payout(db, asked.payout_id))
    return PayoutWithEarnings(**row, payee=to_whom, earnings=tuple(entries))


def _person(unit: Unit) -> UUID:
    actor = unit.call.actor
    return actor.impersonated_by or actor.user_id  # two people, not two sessions
