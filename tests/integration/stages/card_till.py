"""Money by card, moved by what billing's own units are made of: paid, delivered, back, disputed."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from uuid import UUID, uuid4

from billing import capturing, clearing, disputing, kept, refunding, returning
from billing.acts import credits, refunds
from billing.domain import payment
from billing.domain.clearance import Terms
from billing.domain.order import Outcome
from billing.domain.payment_messages import Fail, OpenCheckout, RequestClearance
from billing.domain.payment_states import Advance
from billing.domain.pricing import Price
from billing.domain.target import Target
from billing.gateways.card_values import DisputeSaid, Movement, RefundSaid, RefundStatus
from billing.names import SERIES, advance_refund_id, held_refund_id, payment_id, receipt_id
from chassis.unit.deciding import Unit
from contracts.billing.corrections import CreditInvoice
from contracts.billing.refunds import RefundPayment
from integration.stages.till import Till
from unit.billing.money_events import WORKSPACE

NUMBERS = count(1)
PRICE = Price(price_ore=100_000, price_version=1)
GROSS_ORE = 125_000


@dataclass
class CardTill(Till):
    """A till at which cards pay."""

    def __post_init__(self) -> None:
        """Let sales documents be issued in this database."""
        now = self.books.now
        self.unit(lambda unit: unit.execute(kept.CONFIRM, series=SERIES, at=now))

    def paid(self, target: Target | None = None) -> "Sale":
        """Return what was asked for, and paid in a Checkout."""
        sale = Sale(self, target or Target(kind="image_project", id=uuid4()))
        sale.ask()
        sale.capture(sale.intent)
        return sale


@dataclass
class Sale:
    """The payment of one target."""

    till: CardTill
    target: Target
    intent: str = field(default_factory=lambda: f"pi_{next(NUMBERS)}")  # whose money is kept

    @property
    def id(self) -> UUID:
        """The payment."""
        return payment_id(self.target.kind, self.target.id)

    @property
    def receipt(self) -> UUID:
        """Its sales document."""
        return receipt_id(self.id, 1)

    def ask(self) -> None:
        """Let work be wanted, and a Checkout be opened for it."""
        books = self.till.books
        wanted = RequestClearance(
            workspace_id=WORKSPACE,
            target=self.target,
            run=1,
            max_price_ore=None,
            terms=Terms(price=PRICE, refusal=None, organization_number=None),
        )
        opened = OpenCheckout(
            attempt=1,
            session_id="cs_1",
            price=PRICE,
            vat_rate_bp=2_500,
            amount_ore=GROSS_ORE,
            expires_at=books.now + timedelta(days=1),
        )

        def work(unit: Unit) -> None:
            unit.decide(payment.decider, self.id, wanted)
            unit.decide(payment.decider, self.id, opened)

        self.till.unit(work)

    def capture(self, intent: str, amount_ore: int = GROSS_ORE) -> UUID:
        """Let money come for its Checkout; return the refund by which it goes back if it is held.

        What is told twice is told twice.
        """
        for _ in range(2):
            self.till.unit(
                lambda unit: capturing.captured(unit, self.id, 1, amount_ore, "nok", intent)
            )
        return held_refund_id(self.id, intent)

    def deliver(self) -> None:
        """Let the work come out."""
        outcome = Outcome(title="Storgata 2", completed_at=self.till.books.now)

        def work(unit: Unit) -> None:
            stands: Advance = unit.state(payment.decider, self.id)
            clearing.deliver(unit, self.id, stands, outcome)

        self.till.unit(work)

    def fail(self) -> UUID:
        """Let nothing come of the work; return the refund of its advance."""
        refund_id = advance_refund_id(self.id, 1)

        def work(unit: Unit) -> None:
            before: Advance = unit.state(payment.decider, self.id)
            unit.decide(payment.decider, self.id, Fail(run=1, refund_id=refund_id))
            clearing.give_back(unit, self.id, before, refund_id, "project_failed")

        self.till.unit(work)
        return refund_id

    def refund(self, net_ore: int | None = None) -> UUID:
        """Give back so much, with its credit note if it was delivered; return the refund."""
        asked = RefundPayment(
            target_kind=self.target.kind,  # type: ignore[arg-type]
            target_id=self.target.id,
            reason="Feil",
            net_ore=net_ore,
            idempotency_key=str(uuid4()),
        )
        return self.till.unit(lambda unit: refunds.of_payment(unit, asked)).id

    def credit(self) -> None:
        """Take back what is left of its document."""
        asked = CreditInvoice(invoice_id=self.receipt, reason="Tapt", idempotency_key=str(uuid4()))
        self.till.unit(lambda unit: credits.credit(unit, asked))

    def said(self, refund_id: UUID, status: RefundStatus) -> None:
        """Let Stripe say what became of a refund."""
        self.till.unit(lambda unit: refunding.moved(unit, refund_id, status, "re_1"))

    def by_hand(self, amount_ore: int) -> None:
        """Let somebody give so much back in the dashboard."""
        said = RefundSaid(
            provider_id=f"re_{next(NUMBERS)}",
            status="succeeded",
            failure_reason=None,
            amount_ore=amount_ore,
            currency="NOK",
            intent_id=self.intent,
            refund_id=None,
            created=self.till.books.now,
        )
        self.till.unit(lambda unit: returning.returned_by_hand(unit, self.id, self.intent, [said]))

    def disputed(self, status: str, *moved: int) -> None:
        """Let Stripe say how a dispute stands: all that it took (less than 0) or gave back."""
        now = self.till.books.now
        said = DisputeSaid(
            dispute_id=f"du_{self.id}",
            status=status,
            reason="fraudulent",
            amount_ore=GROSS_ORE,
            currency="NOK",
            intent_id=self.intent,
            movements=tuple(
                Movement(balance_transaction_id=f"txn_{n}", amount_ore=ore, currency="NOK", at=now)
                for n, ore in enumerate(moved)
            ),
            created=now,
        )
        self.till.unit(lambda unit: disputing.disputed(unit, self.id, said))
