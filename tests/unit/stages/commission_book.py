"""The book that a history of commissions keeps by hand: what must come of what was heard."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.domain import value


@dataclass
class Binding:
    """Who refers the buyer, by the history's own book."""

    id: UUID
    affiliate: UUID
    since: datetime
    rates: list[tuple[datetime, int]]
    until: datetime | None = None

    def percent(self, at: datetime) -> int:
        """Return the percentage of a moment."""
        return [percent for since, percent in self.rates if since <= at][-1]


@dataclass
class Invoice:
    """What billing has done with it, and what affiliate has heard of that."""

    id: UUID
    net_ore: int
    issued_at: datetime
    credited_ore: int = 0
    settlement: int = 0
    is_paid: bool = False
    heard_credited_ore: int = 0
    heard_paid: bool = False
    first_heard: bool = False
    percent: int = 0  # 0: nobody earns
    is_rejected: bool = False

    @property
    def comes_to(self) -> int:
        """Return what its entries must sum to, in øre."""
        if not self.heard_paid or self.is_rejected:
            return 0
        return ((self.net_ore - self.heard_credited_ore) * self.percent + 50) // 100


@value
class Payout:
    """What is in it, and what it was made of."""

    id: UUID
    amount_ore: int
    entries: tuple[UUID, ...]
    approved_on: date


def percent_of(
    invoice: Invoice, paid_at: datetime, bindings: Iterable[Binding], itself: UUID | None
) -> int:
    """Return what is earned of an invoice that is first paid then; `itself`: the buyer, too."""
    for each in bindings:
        is_bound = each.since <= paid_at and (each.until is None or paid_at < each.until)
        if is_bound and each.since <= invoice.issued_at and each.affiliate != itself:
            return each.percent(paid_at)
    return 0
