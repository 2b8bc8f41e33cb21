"""Paying affiliates: units over a payout and the earnings in it."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from affiliate.acts.new_payouts import person
from affiliate.domain import (
    customer,
    customer_messages,
    earning,
    earning_messages,
    payout,
    payout_messages,
)
from affiliate.domain.customer_states import Customer
from affiliate.domain.payout_states import Payout
from affiliate.projections import earning_rows, payout_rows
from affiliate.projections.payout_rows import last_digits
from chassis.asked import Page, Written
from chassis.door.edge import Door
from chassis.personal import keep
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit
from contracts.affiliate import payouts as contract
from contracts.affiliate.earnings import PayoutEntry
from contracts.affiliate.payouts import (
    ApprovePayout,
    CancelPayout,
    ConfirmPayout,
    FailPayout,
    GetPayout,
    ListPayouts,
    Payee,
    PayoutWithEarnings,
)


def approve(door: Door, call: Call, asked: ApprovePayout) -> Written:
    """Approve a payout; a large one by somebody who did not create it."""
    above_ore: int = door.tools.second_approver_above_ore
    return door.app.unit(call, partial(_approve, asked, above_ore), Written)


def _approve(asked: ApprovePayout, above_ore: int, unit: Unit) -> Written:
    stands: Payout | None = unit.state(payout.decider, asked.payout_id)
    affiliate: Customer | None = None
    if stands:
        affiliate = unit.state(customer.decider, stands.workspace_id)
    command = payout_messages.ApprovePayout(
        approved_by=person(unit),
        second_above_ore=above_ore,
        may_be_paid=affiliate is not None and affiliate.may_be_paid,
    )
    return unit.decide(payout.decider, asked.payout_id, command).written


def confirm(unit: Unit, asked: ConfirmPayout) -> Written:
    """Record that the bank has sent the money, in the payout and in each of its earnings."""
    command = payout_messages.ConfirmPayout(
        reference=asked.reference,
        paid_on=asked.paid_on,
        supplier_invoice_number=asked.supplier_invoice_number,
    )
    confirmed = unit.decide(payout.decider, asked.payout_id, command)
    named = customer_messages.NamePayout(
        payout_id=asked.payout_id,
        reference=asked.reference,
        supplier_invoice_number=asked.supplier_invoice_number,
    )
    unit.decide(customer.decider, confirmed.state.workspace_id, named)
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


def listed(db: Connection, door: Door, call: Call, asked: ListPayouts) -> Page[contract.Payout]:
    """Return a page of payouts, newest first: of one affiliate or of all."""
    return payout_rows.listed(db, asked.affiliate_workspace_id, asked.state, asked).of(
        contract.Payout
    )


def shown(db: Connection, door: Door, call: Call, asked: GetPayout) -> PayoutWithEarnings:
    """Return a payout with its earnings and to whom the money goes."""
    row = payout_rows.get(db, asked.payout_id)
    kept = payout_rows.named_payee(db, asked.payout_id)
    to_whom = Payee(**{**kept, "account": last_digits(kept["account"])})
    entries = (PayoutEntry(**each) for each in earning_rows.of_payout(db, asked.payout_id))
    return PayoutWithEarnings(**row, payee=to_whom, earnings=tuple(entries))
