"""Money moved by billing's deciders alone, a unit each: sold, paid, credited, sent back, lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid4

from billing.domain import bank_payment, credit_note, invoice, number_series, refund, wallet
from billing.domain.amounts import Amounts, RateSum, credited_vat
from billing.domain.bank_payment_messages import Allocate, Free, Receive, Reverse
from billing.domain.credit_note import IssueCreditNote
from billing.domain.invoice_messages import (
    Credit,
    DraftInvoice,
    Issue,
    Line,
    RecordPayment,
    ReversePayment,
    WriteOff,
)
from billing.domain.invoice_states import Numbered
from billing.domain.refund_messages import (
    FailRefund,
    RequestRefund,
    SendRefund,
)
from billing.domain.wallet_messages import (
    Grant,
    Restore,
    Spend,
    TakeBack,
)
from billing.names import SERIES, series_id
from chassis import ids
from chassis.identity import service_actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from integration.stages.books_asked import Books
from unit.billing.money_events import WORKSPACE

PAID_ON = date(2026, 4, 15)
T = TypeVar("T")


@dataclass
class Till:
    """What has been sold and what came, in the books that it is rung up in."""

    books: Books
    invoices: list[UUID] = field(default_factory=list)
    transfers: list[tuple[UUID, str]] = field(default_factory=list)  # with its external id
    refunds: list[UUID] = field(default_factory=list)

    def unit(self, work: Callable[[Unit], T]) -> T:
        call = Call(
            id=uuid4(),
            at=self.books.now,
            actor=service_actor("billing"),
            correlation_id="till",
        )
        return self.books.parts.app.attempt(call, work)

    def sell(self, net_ore: int) -> UUID:
        """Issue an invoice; credit pays what it can of it."""
        id, vat_ore = uuid4(), (net_ore * 2_500 + 5_000) // 10_000
        line = Line(
            line_item_id=uuid4(),
            net_ore=net_ore,
            vat_ore=vat_ore,
            gross_ore=net_ore + vat_ore,
            vat_type="HIGH",
            vat_rate_bp=2_500,
        )
        draft = DraftInvoice(workspace_id=WORKSPACE, organization_number=None, lines=(line,))

        def work(unit: Unit) -> None:
            unit.decide(invoice.decider, id, draft)
            number, issue_date = self._number(unit)
            kid = number_series.kid(number)
            issue = Issue(series=SERIES, invoice_number=number, kid=kid, issue_date=issue_date)
            unit.decide(invoice.decider, id, issue)
            purse: wallet.Wallet | None = unit.state(wallet.decider, WORKSPACE)
            if purse and purse.balance_ore:
                ore = min(purse.balance_ore, line.gross_ore)
                spend = Spend(amount_ore=ore, on="invoice", reference=str(id))
                unit.decide(wallet.decider, WORKSPACE, spend)
                self._pay(unit, id, ore, "credit", str(id))

        self.unit(work)
        self.invoices.append(id)
        return id

    def receive(self, amount_ore: int) -> UUID:
        """Take in a transfer that nobody claims yet."""
        external_id = f"t-{len(self.transfers)}"
        id = ids.derive(ids.ROOT, "till", external_id, uuid4())
        came = Receive(
            source="bank", external_id=external_id, amount_ore=amount_ore, paid_on=PAID_ON
        )
        self.unit(lambda unit: unit.decide(bank_payment.decider, id, came))
        self.transfers.append((id, external_id))
        return id

    def pay(self, transfer_id: UUID, invoice_id: UUID) -> None:
        """Give an invoice what it needs of a transfer, and the workspace what is left of it."""
        external_id = dict(self.transfers)[transfer_id]

        def work(unit: Unit) -> None:
            left_ore = unit.state(bank_payment.decider, transfer_id).left_ore
            held_ore = unit.state(bank_payment.decider, transfer_id).on(invoice_id=invoice_id)
            meant_ore = left_ore + held_ore
            taken_ore = self._pay(unit, invoice_id, meant_ore, "bank", external_id)
            shares = ((taken_ore, {"invoice_id": invoice_id}),)
            for ore, place in (*shares, (left_ore - taken_ore, {"workspace_id": WORKSPACE})):
                if ore:
                    unit.decide(
                        bank_payment.decider, transfer_id, Allocate(amount_ore=ore, **place)
                    )
            if left_ore > taken_ore:
                self._grant(unit, left_ore - taken_ore, "overpayment", uuid4())

        self.unit(work)

    def bounce(self, transfer_id: UUID) -> None:
        """Let a transfer leave the bank again, with all that it paid."""
        external_id = dict(self.transfers)[transfer_id]

        def work(unit: Unit) -> None:
            for share in unit.state(bank_payment.decider, transfer_id).shares:
                stood_ore = 0
                if share.invoice_id:
                    before = unit.state(invoice.decider, share.invoice_id).money.paid_ore
                    off = ReversePayment(source="bank", external_id=external_id, reason="bounced")
                    after = unit.decide(invoice.decider, share.invoice_id, off).state
                    stood_ore = before - after.money.paid_ore
                place = {"invoice_id": share.invoice_id, "workspace_id": share.workspace_id}
                free = Free(amount_ore=share.amount_ore, **place)
                unit.decide(bank_payment.decider, transfer_id, free)
                if (gone_ore := share.amount_ore - stood_ore) > 0:
                    back = TakeBack(amount_ore=gone_ore, reference=str(uuid4()))
                    unit.decide(wallet.decider, WORKSPACE, back)
            unit.decide(bank_payment.decider, transfer_id, Reverse(paid_on=PAID_ON))

        self.unit(work)

    def credit(self, invoice_id: UUID, net_ore: int, by_bank: bool = False) -> None:
        """Take back so much; what was paid for more is credit, or promised back by bank."""

        def work(unit: Unit) -> None:
            before: Numbered = unit.state(invoice.decider, invoice_id)
            total, credited = before.money.total, before.money.credited
            vat_ore = credited_vat(total.net_ore, total.vat_ore, credited.net_ore, net_ore)
            taken = Amounts(net_ore=net_ore, vat_ore=vat_ore, gross_ore=net_ore + vat_ore)
            note_id, (number, issue_date) = uuid4(), self._number(unit)
            after: Numbered = unit.decide(
                invoice.decider,
                invoice_id,
                Credit(
                    credit_note_id=note_id,
                    credit_note_number=number,
                    net_ore=net_ore,
                    vat_ore=vat_ore,
                    gross_ore=taken.gross_ore,
                ),
            ).state
            rate = RateSum(vat_type="HIGH", vat_rate_bp=2_500, net_ore=net_ore, vat_ore=vat_ore)
            note = IssueCreditNote(
                invoice_id=invoice_id,
                workspace_id=WORKSPACE,
                currency="NOK",
                amounts=taken,
                by_rate=(rate,),
                lines=(),
                series=SERIES,
                number=number,
                issue_date=issue_date,
            )
            unit.decide(credit_note.decider, note_id, note)
            if excess_ore := before.money.paid_ore - after.money.paid_ore:
                if by_bank:
                    self._promise(unit, "receivable", excess_ore)
                else:
                    self._grant(unit, excess_ore, "credit_note", note_id)

        self.unit(work)

    def refund_credit(self, amount_ore: int) -> UUID:
        """Promise a workspace's credit back."""

        def work(unit: Unit) -> UUID:
            id = self._promise(unit, "credit", amount_ore)
            spend = Spend(amount_ore=amount_ore, on="refund", reference=str(id))
            unit.decide(wallet.decider, WORKSPACE, spend)
            return id

        return self.unit(work)

    def send(self, refund_id: UUID) -> None:
        """Pay what was promised."""
        sent = SendRefund(reference="b-1", paid_on=PAID_ON)
        self.unit(lambda unit: unit.decide(refund.decider, refund_id, sent))

    def fail(self, refund_id: UUID) -> None:
        """Let a refund fail, or come back: it is credit again."""

        def work(unit: Unit) -> None:
            sent = isinstance(unit.state(refund.decider, refund_id), refund.Sent)
            terms = unit.decide(refund.decider, refund_id, FailRefund()).state.terms
            origin = "bank_refund_returned" if sent else "refund_failed"
            self._grant(unit, terms.amount_ore, origin, refund_id)

        self.unit(work)

    def write_off(self, invoice_id: UUID, vat_relief: bool = False) -> None:
        """Give up what remains of an invoice."""
        command = WriteOff(ground="insolvency", vat_relief=vat_relief, has_reference=True)
        self.unit(lambda unit: unit.decide(invoice.decider, invoice_id, command))

    def uncredit(self, invoice_id: UUID) -> None:
        """Take credit off an invoice again."""

        def work(unit: Unit) -> None:
            before = unit.state(invoice.decider, invoice_id).money.paid_ore
            off = ReversePayment(
                source="credit", external_id=str(invoice_id), reason="misallocated"
            )
            after = unit.decide(invoice.decider, invoice_id, off).state
            back_ore = before - after.money.paid_ore
            unit.decide(
                wallet.decider, WORKSPACE, Restore(invoice_id=invoice_id, amount_ore=back_ore)
            )

        self.unit(work)

    def _number(self, unit: Unit) -> tuple[int, date]:
        take = number_series.TakeNumber(series=SERIES)
        taken = unit.decide(number_series.decider, series_id(SERIES), take).state
        return taken.number, taken.issue_date

    def _pay(
        self, unit: Unit, invoice_id: UUID, meant_ore: int, source: str, external_id: str
    ) -> int:
        before = unit.state(invoice.decider, invoice_id).money.paid_ore
        command = RecordPayment(
            amount_ore=meant_ore, paid_on=PAID_ON, source=source, external_id=external_id
        )
        after = unit.decide(invoice.decider, invoice_id, command).state
        taken_ore: int = after.money.paid_ore - before
        return taken_ore

    def _grant(self, unit: Unit, amount_ore: int, origin: Any, reference: UUID) -> None:
        grant = Grant(
            workspace_id=WORKSPACE, amount_ore=amount_ore, origin=origin, reference=str(reference)
        )
        unit.decide(wallet.decider, WORKSPACE, grant)

    def _promise(self, unit: Unit, of: Any, amount_ore: int) -> UUID:
        id = uuid4()
        asked = RequestRefund(
            workspace_id=WORKSPACE, rail="bank", of=of, amount_ore=amount_ore, reason="by_hand"
        )
        unit.decide(refund.decider, id, asked)
        self.refunds.append(id)
        return id
