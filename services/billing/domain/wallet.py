"""A wallet: a workspace's credit. What was paid too much waits here, until it pays or goes back.

One a workspace. Each reference counts once, so that nothing is granted or spent twice. Amounts
are øre.
"""

from dataclasses import replace
from typing import Literal
from uuid import UUID

from chassis.domain import Decider, value
from chassis.errors import Rejected

Origin = Literal["overpayment", "credit_note", "refund_failed", "bank_refund_returned"]


@value
class Grant:
    workspace_id: UUID
    amount_ore: int
    origin: Origin
    reference: str  # names the grant: never twice


@value
class Spend:
    amount_ore: int
    on: Literal["invoice", "refund"]
    reference: str  # the id of what it pays


@value
class TakeBack:
    """What was granted was not there: the transfer it came with is gone."""

    amount_ore: int
    reference: str  # names what takes it back: never twice


@value
class Restore:
    """What had been spent on an invoice is not spent on it any more.

    `amount_ore` is what stood on it: what a credit note had sent away was granted again then.
    """

    amount_ore: int
    invoice_id: UUID


@value
class CreditGranted:
    workspace_id: UUID
    amount_ore: int
    origin: Origin
    reference: str


@value
class CreditSpent:
    amount_ore: int
    on: Literal["invoice", "refund"]
    reference: str


@value
class CreditTakenBack:
    amount_ore: int
    reference: str


@value
class CreditRestored:
    amount_ore: int
    invoice_id: UUID


@value
class Wallet:
    workspace_id: UUID
    balance_ore: int = 0
    granted: tuple[str, ...] = ()  # references
    spent: tuple[CreditSpent, ...] = ()  # that stand
    taken_back: tuple[str, ...] = ()  # references

    @property
    def invoices(self) -> list[UUID]:
        """The invoices that it pays part of."""
        return [UUID(each.reference) for each in self.spent if each.on == "invoice"]


Command = Grant | Spend | TakeBack | Restore
Event = CreditGranted | CreditSpent | CreditTakenBack | CreditRestored


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
        case _:
            raise AssertionError(f"{event} cannot follow {wallet}")


decider = Decider(
    name="wallet",
    decide=decide,
    evolve=evolve,
    events=(CreditGranted, CreditSpent, CreditTakenBack, CreditRestored),
    creates=(Grant,),
)
