"""A wallet: a workspace's credit, and what it pays with by card.

What was paid too much waits here, until it pays or goes back. One a workspace. Each reference
counts once, so that nothing is granted or spent twice. Amounts are øre.
"""

from dataclasses import replace
from uuid import UUID

from billing.domain.wallet_messages import (
    AutoChargeSet,
    Command,
    CreditGranted,
    CreditRestored,
    CreditSpent,
    CreditTakenBack,
    Event,
    Grant,
    MakeCustomer,
    Restore,
    SetAutoCharge,
    Spend,
    StripeCustomerMade,
    TakeBack,
)
from chassis.domain import Decider, value
from chassis.errors import Rejected


@value
class Wallet:
    workspace_id: UUID
    balance_ore: int = 0
    granted: tuple[str, ...] = ()  # references
    spent: tuple[CreditSpent, ...] = ()  # that stand
    taken_back: tuple[str, ...] = ()  # references
    stripe_customer_id: str | None = None
    auto_charge: bool = False

    @property
    def charges(self) -> bool:
        """Whether a saved card pays without being asked."""
        return self.auto_charge and self.stripe_customer_id is not None

    @property
    def invoices(self) -> list[UUID]:
        """The invoices that it pays part of."""
        return [UUID(each.reference) for each in self.spent if each.on == "invoice"]


def decide(wallet: Wallet | None, command: Command) -> list[Event]:
    match wallet, command:
        case _, Grant() | Spend() | TakeBack() if command.amount_ore < 1:
            raise AssertionError(f"{command} moves nothing")
        case None, Grant():
            return [_granted(command)]
        case Wallet(), Grant() if command.reference in wallet.granted:
            return []
        case Wallet(), Grant():
            return [_granted(command)]
        case Wallet(), Spend() if _spent_on(wallet, command.on, command.reference):
            return []
        case Wallet(), Spend() if command.amount_ore > wallet.balance_ore:
            balance = {"balance_ore": wallet.balance_ore}
            raise Rejected("billing.credit_not_enough", "more than is there", details=balance)
        case Wallet(), Spend():
            return [
                CreditSpent(
                    amount_ore=command.amount_ore, on=command.on, reference=command.reference
                )
            ]
        case Wallet(), TakeBack() if command.reference in wallet.taken_back:
            return []
        case Wallet(), TakeBack() if command.amount_ore > wallet.balance_ore:
            used = {"invoice_ids": [str(id) for id in wallet.invoices]}
            raise Rejected("billing.credit_already_used", "it was spent", details=used)
        case Wallet(), TakeBack():
            return [CreditTakenBack(amount_ore=command.amount_ore, reference=command.reference)]
        case Wallet(), Restore() if spent := _spent_on(wallet, "invoice", str(command.invoice_id)):
            return [_restored(spent, command)]
        case Wallet(), Restore():
            return []
        case Wallet(), MakeCustomer() if wallet.stripe_customer_id is not None:
            return []
        case _, MakeCustomer():
            return [
                StripeCustomerMade(
                    workspace_id=command.workspace_id,
                    stripe_customer_id=command.stripe_customer_id,
                )
            ]
        case Wallet(), SetAutoCharge() if wallet.auto_charge == command.enabled:
            return []
        case Wallet(), SetAutoCharge() if command.enabled and not command.has_card:
            raise Rejected("billing.no_saved_card", "pay by card once: that saves it")
        case Wallet(), SetAutoCharge():
            return [AutoChargeSet(enabled=command.enabled)]
        case _:
            raise AssertionError(f"{command} needs a wallet")


def _granted(command: Grant) -> CreditGranted:
    return CreditGranted(
        workspace_id=command.workspace_id,
        amount_ore=command.amount_ore,
        origin=command.origin,
        reference=command.reference,
    )


def _spent_on(wallet: Wallet, on: str, reference: str) -> CreditSpent | None:
    name = (on, reference)
    return next((each for each in wallet.spent if (each.on, each.reference) == name), None)


def _restored(spent: CreditSpent, command: Restore) -> CreditRestored:
    if not 0 <= command.amount_ore <= spent.amount_ore:
        raise AssertionError(f"only {spent.amount_ore} øre were spent on it")
    return CreditRestored(amount_ore=command.amount_ore, invoice_id=command.invoice_id)


def evolve(wallet: Wallet | None, event: Event) -> Wallet:
    match wallet, event:
        case _, CreditGranted():
            wallet = wallet or Wallet(workspace_id=event.workspace_id)
            granted = (*wallet.granted, event.reference)
            return replace(
                wallet, balance_ore=wallet.balance_ore + event.amount_ore, granted=granted
            )
        case Wallet(), CreditSpent():
            balance_ore = wallet.balance_ore - event.amount_ore
            return replace(wallet, balance_ore=balance_ore, spent=(*wallet.spent, event))
        case Wallet(), CreditTakenBack():
            balance_ore = wallet.balance_ore - event.amount_ore
            taken_back = (*wallet.taken_back, event.reference)
            return replace(wallet, balance_ore=balance_ore, taken_back=taken_back)
        case Wallet(), CreditRestored():
            balance_ore = wallet.balance_ore + event.amount_ore
            gone = _spent_on(wallet, "invoice", str(event.invoice_id))
            spent = tuple(each for each in wallet.spent if each is not gone)
            return replace(wallet, balance_ore=balance_ore, spent=spent)
        case _, StripeCustomerMade():
            wallet = wallet or Wallet(workspace_id=event.workspace_id)
            return replace(wallet, stripe_customer_id=event.stripe_customer_id)
        case Wallet(), AutoChargeSet():
            return replace(wallet, auto_charge=event.enabled)
        case _:
            raise AssertionError(f"{event} cannot follow {wallet}")


decider = Decider(
    name="wallet",
    decide=decide,
    evolve=evolve,
    events=(
        CreditGranted,
        CreditSpent,
        CreditTakenBack,
        CreditRestored,
        StripeCustomerMade,
        AutoChargeSet,
    ),
    creates=(Grant, MakeCustomer),
)
