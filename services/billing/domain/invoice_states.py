"""Where an invoice may stand. What stays is a value, handed on whole."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from billing.domain.amounts import Amounts, RateSum
from billing.domain.delivery import Delivery
from billing.domain.invoice_money import Money
from billing.domain.target import Target
from chassis.domain import value


@value
class Sheet:
    """What is sold, and to whom: it stays from the draft on."""

    kind: str  # invoice | receipt
    workspace_id: UUID
    organization_number: str | None  # that its lines were cleared for
    run_id: UUID | None
    currency: str
    amounts: Amounts
    by_rate: tuple[RateSum, ...]
    line_item_ids: tuple[UUID, ...]
    target: Target | None = None  # of a receipt: the work that a card paid


@value
class Paper:
    """The document's number and days: given when it is issued, and never again."""

    series: str
    number: int
    kid: str
    issue_date: date
    due_date: date
    issued_at: datetime


@value
class Reminders:
    """What was noticed of its being late."""

    overdue: bool = False
    sent: int = 0
    last_on: date | None = None


@value
class Document:
    """What was issued, and all that came of it since."""

    sheet: Sheet
    paper: Paper
    money: Money
    delivery: Delivery = Delivery()
    reminders: Reminders = Reminders()


@value
class Draft:
    workspace_id: UUID
    sheet: Sheet
    missing: tuple[str, ...] = ()  # why a run could not issue it


@value
class Discarded:
    workspace_id: UUID
    sheet: Sheet


@value
class Numbered:
    """What every state after the issue has."""

    workspace_id: UUID
    document: Document

    @property
    def sheet(self) -> Sheet:
        """What is sold, and to whom."""
        return self.document.sheet

    @property
    def paper(self) -> Paper:
        """Its number and days."""
        return self.document.paper

    @property
    def money(self) -> Money:
        """What came, left, was credited and written off."""
        return self.document.money

    def into(self, kind: "type[Numbered]", **changes: Any) -> "Numbered":
        """Return it in the state `kind`, with these parts of its document changed."""
        return kind(workspace_id=self.workspace_id, document=replace(self.document, **changes))


@value
class Issued(Numbered):
    pass


@value
class PartPaid(Numbered):
    pass


@value
class Paid(Numbered):
    pass


@value
class Credited(Numbered):
    """All of it was credited before it was paid."""


@value
class WrittenOff(Numbered):
    """Nobody waits for what remained; what comes all the same is recovered."""


Invoice = Draft | Discarded | Numbered
