"""A history of commissions, and beside it what it must come to, kept by hand.

What billing tells waits in a queue and is heard late, in batches, each event twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from affiliate.acts import earnings, relationships
from affiliate.app import SERVICE
from affiliate.domain import earning, earning_messages, oslo, paid_invoice, payout_messages
from affiliate.domain.earning_states import Available, PaidOut, Reserved
from affiliate.domain.payout import decider as payout_decider
from affiliate.inbound import reactions
from chassis import ids
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.affiliate import earnings as asked_of_earnings
from contracts.affiliate import relationships as asked_of_relationships
from contracts.auth import events as auth
from contracts.billing import events as billing
from unit.stages.commission_book import Binding, Invoice, Payout, percent_of
from unit.stages.commission_rows import CommissionRows
from unit.stages.invoices_told import BUYER, Invoices
from unit.stages.remembered import Remembered

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
AFFILIATES = (UUID(int=2), UUID(int=3))
NUMBERS = ("974760673", "971040238")
TICK = timedelta(hours=7)


@dataclass
class Commissions(Invoices):
    """Let things happen; `check` says whether the entries are what they must be."""

    now: datetime = BEGAN
    bindings: list[Binding] = field(default_factory=list)
    payouts: list[Payout] = field(default_factory=list)
    is_itself: bool = False

    def __post_init__(self) -> None:
        self.rows = CommissionRows()
        self.close = self.rows.close
        self.service = Remembered(SERVICE, lambda: self.now, self.rows.take)
        for n, workspace_id in enumerate((BUYER, *AFFILIATES)):
            self._hear(
                auth.WorkspaceCreated(workspace_id=workspace_id, owner_user_id=UUID(int=50 + n))
            )

    # what people do

    def bind(self, n: int, percent: int) -> None:
        """Bind the buyer to an affiliate, unless somebody is bound."""
        affiliate = AFFILIATES[n % 2]
        asked = asked_of_relationships.CreateRelationship(
            affiliate_workspace_id=affiliate,
            referred_workspace_id=BUYER,
            commission_percent=percent,
            notes="promised",
        )
        made = self.service.do(lambda unit: relationships.create(unit, asked))
        rates = [(self.now, percent)]
        self.bindings.append(Binding(made.id, affiliate, self.now, rates))

    def rate(self, n: int, percent: int) -> None:
        """Change the percentage of a relationship."""
        binding = self.bindings[n % len(self.bindings)]
        asked = asked_of_relationships.ChangeCommission(
            relationship_id=binding.id, commission_percent=percent
        )
        self.service.do(lambda unit: relationships.change(unit, asked))
        binding.rates.append((self.now, percent))

    def end(self, n: int, _: int) -> None:
        """End a relationship."""
        binding = self.bindings[n % len(self.bindings)]
        asked = asked_of_relationships.EndRelationship(relationship_id=binding.id, reason="over")
        self.service.do(lambda unit: relationships.end(unit, asked))
        binding.until = binding.until or self.now

    def company(self, n: int, _: int) -> None:
        """Let the buyer be known by the first affiliate's number, or by its own again."""
        self.is_itself = n % 3 == 0
        for workspace_id, number in (
            (AFFILIATES[0], NUMBERS[0]),
            (BUYER, NUMBERS[not self.is_itself]),
        ):
            told = auth.WorkspaceProfileChanged(
                workspace_id=workspace_id, organization_number=number, invoice_eligible=True
            )
            self._hear(told)

    def hear(self, n: int, _: int) -> None:
        """Let some of it be heard, in one unit and each event twice."""
        batch, self.queue = self.queue[: n % 50 + 1], self.queue[n % 50 + 1 :]
        for event in batch:
            self._note(event)
        self._hear(*batch)

    def _hear(self, *events: Any) -> None:
        def react(unit: Unit) -> None:
            for event in (each for each in events for _ in range(2)):
                for reaction in (each for each in reactions if each.hears is type(event)):
                    told = replace(TOLD, time=self.now, event=event)
                    unit.preload(reaction.streams(told))
                    reaction.react(unit.on_behalf(self.service.call()), told)

        self.service.do(react)

    def _note(self, event: Any) -> None:
        invoice = next(each for each in self.invoices if each.id == event.invoice_id)
        match event:
            case billing.InvoiceCredited():
                invoice.heard_credited_ore = event.credited_net_ore
            case billing.InvoicePaymentReversed():
                invoice.heard_paid = False
            case billing.InvoicePaid():
                credited_ore = event.credited_net_ore
                invoice.heard_credited_ore = max(invoice.heard_credited_ore, credited_ore)
                invoice.heard_paid = True
                if not invoice.first_heard:
                    itself = AFFILIATES[0] if self.is_itself else None
                    invoice.percent = percent_of(invoice, event.paid_at, self.bindings, itself)
                invoice.first_heard = True

    # what becomes of entries

    def hold(self, n: int, _: int) -> None:
        """Put one on hold."""
        asked = asked_of_earnings.HoldEarning(earning_id=self._entry(n), reason="asked")
        self.service.do(lambda unit: earnings.hold(unit, asked))

    def release(self, n: int, _: int) -> None:
        """Release one."""
        id = self._entry(n)
        asked = asked_of_earnings.ReleaseEarning(earning_id=id)
        self.service.do(lambda unit: earnings.release(unit, asked))
        self._of(id).is_rejected = False

    def reject(self, n: int, _: int) -> None:
        """Reject one that is on hold."""
        id = self._entry(n)
        asked = asked_of_earnings.RejectEarning(earning_id=id, reason="asked")
        if self.service.do(lambda unit: earnings.reject(unit, asked)).state == "rejected":
            self._of(id).is_rejected = True

    def pay_out(self, n: int, _: int) -> None:
        """Reserve what is available of an affiliate, if it is anything."""
        id, affiliate = ids.derive(BUYER, "payout", self.now), AFFILIATES[n % 2]

        def reserve(unit: Unit) -> list[UUID]:
            held = self.is_itself and affiliate == AFFILIATES[0]
            command = earning_messages.Reserve(
                payout_id=id, cutoff=date(2027, 1, 1), self_referral=held
            )
            states = {each: unit.state(earning.decider, each) for each in self._entries()}
            open_ = {
                each: state
                for each, state in states.items()
                if isinstance(state, Available) and state.workspace_id == affiliate
            }
            if sum(each.amount_ore for each in open_.values()) <= 0:
                return []
            for each in open_:
                unit.decide(earning.decider, each, command)
            after = {each: unit.state(earning.decider, each) for each in open_}
            return [each for each, state in after.items() if isinstance(state, Reserved)]

        entries = self.service.do(reserve)
        amount_ore = sum(self.service.state(earning.decider, each).amount_ore for each in entries)
        payout = Payout(
            id=id, amount_ore=amount_ore, entries=tuple(entries), approved_on=oslo.day(self.now)
        )
        self.service.do(lambda unit: _approve(unit, payout, affiliate))
        self.payouts.append(payout)

    def send(self, n: int, _: int) -> None:
        """Confirm a payout."""
        payout = self.payouts[n % len(self.payouts)]
        command = earning_messages.PayOut(payout_id=payout.id, reference="R")
        confirmed = payout_messages.ConfirmPayout(
            reference="R", paid_on=payout.approved_on, supplier_invoice_number=None
        )
        self._each(payout, command, confirmed)

    def _each(
        self,
        payout: Payout,
        command: earning_messages.PayOut | earning_messages.Release,
        ended: payout_messages.ConfirmPayout | payout_messages.FailPayout | None,
    ) -> None:
        def settle(unit: Unit) -> None:
            for each in payout.entries:
                unit.decide(earning.decider, each, command)
            if ended is not None:
                unit.decide(payout_decider, payout.id, ended)

        self.service.do(settle)

    def fail(self, n: int, _: int) -> None:
        """Let a payout fail; one that was sent stays sent."""
        payout = self.payouts[n % len(self.payouts)]
        states = [self.service.state(earning.decider, each) for each in payout.entries]
        was_sent = any(isinstance(each, PaidOut) for each in states)
        command = earning_messages.Release(payout_id=payout.id)
        self._each(payout, command, None if was_sent else payout_messages.FailPayout())
        if not was_sent:
            self.payouts.remove(payout)

    # what must hold

    def check(self) -> None:
        """See that each invoice's entries sum to what it comes to, and payouts are as they were.

        What the tables show adds up, too.
        """
        for invoice in self.invoices:
            sums = [self.service.state(earning.decider, e).amount_ore for e in self._of_(invoice)]
            assert sum(sums) == invoice.comes_to, (invoice, sums)
        for payout in self.payouts:
            states = [self.service.state(earning.decider, each) for each in payout.entries]
            assert all(each.payout_id == payout.id for each in states)
            assert sum(each.amount_ore for each in states) == payout.amount_ore
        self.rows.check(AFFILIATES, oslo.day(self.now))

    def _of_(self, invoice: Invoice) -> Sequence[UUID]:
        state = self.service.state(paid_invoice.decider, invoice.id)
        return getattr(state, "entries", ())

    def _entries(self) -> list[UUID]:
        return [entry for invoice in self.invoices for entry in self._of_(invoice)]

    def _entry(self, n: int) -> UUID:
        entries = self._entries()
        return entries[n % len(entries)]

    def _of(self, entry: UUID) -> Invoice:
        return next(each for each in self.invoices if entry in self._of_(each))


def _approve(unit: Unit, payout: Payout, affiliate: UUID) -> None:
    created = payout_messages.CreatePayout(
        affiliate_workspace_id=affiliate,
        cutoff=payout.approved_on,
        earning_ids=payout.entries,
        amount_ore=payout.amount_ore,
        organization_number=NUMBERS[0],
        vat_registered=False,
        created_by=UUID(int=60),
    )
    approved = payout_messages.ApprovePayout(
        approved_by=UUID(int=61), second_above_ore=0, may_be_paid=True
    )
    for command in (created, approved):
        unit.decide(payout_decider, payout.id, command)


TOLD = Heard(
    source="billing",
    position=1,
    previous=UUID(int=0),
    event_id=UUID(int=0),
    type="billing.told",
    stream_id="told",
    time=BEGAN,
    correlation_id="told",
    workspace_id=None,
    data={},
)
