"""What was issued, as its paper and its mail say it: read from its stream, its lines, its buyer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from billing.domain import credit_note, invoice
from billing.domain.amounts import RateSum as Rate
from billing.domain.credit_note import CreditedLine
from billing.domain.delivery import Delivery
from billing.domain.invoice_states import Numbered
from billing.gateways.document import (
    Address,
    Buyer,
    Corrected,
    Document,
    Line,
    RateSum,
    Seller,
)
from billing.kept import buyer_of
from billing.projections import credit_entries, line_items
from chassis.domain import value
from chassis.unit import store
from chassis.unit.handling import App

Row = Mapping[str, Any]
DECIDERS = {each.name: each for each in (invoice.decider, credit_note.decider)}


@value
class Issued:
    """A document, to whom it is mailed, and what has become of its sendings."""

    document: Document
    delivery: Delivery
    address: str | None


@value
class Reading:
    """Reads what was issued; `demo` documents say that they are none."""

    app: App
    seller: Seller
    demo: bool

    def read(self, stream: str, id: UUID) -> Issued:
        """Return an invoice, card sales document or credit note. `stream`: a name of `DECIDERS`."""
        return self._credit_note(id) if stream == "credit_note" else self._sold(id)

    def _sold(self, id: UUID) -> Issued:
        stands: Numbered = self._state("invoice", id)
        sheet, paper = stands.sheet, stands.paper
        lines, named = self._kept(id, sheet.line_item_ids)
        used_ore = self.app.query(lambda db: credit_entries.spent_on(db, id))
        document = Document(
            kind="receipt" if sheet.kind == "receipt" else "invoice",
            number=paper.number,
            kid=paper.kid,
            issue_date=paper.issue_date,
            due_date=paper.due_date,
            currency=sheet.currency,
            workspace_id=stands.workspace_id,
            seller=self.seller,
            buyer=buyer(named),
            lines=tuple(_line(each) for each in lines),
            net_ore=sheet.amounts.net_ore,
            vat_ore=sheet.amounts.vat_ore,
            gross_ore=sheet.amounts.gross_ore,
            by_rate=_rates(sheet.by_rate),
            credit_used_ore=used_ore,
            paid_by_card_on=_paid_by_card_on(stands) if sheet.kind == "receipt" else None,
            demo=self.demo,
        )
        delivery = stands.document.delivery
        return Issued(document=document, delivery=delivery, address=named["invoice_email"])

    def _credit_note(self, id: UUID) -> Issued:
        note: credit_note.CreditNote = self._state("credit_note", id)
        issued = note.issued
        sold, named = self._kept(id, [each.line_item_id for each in issued.lines])
        corrected: Numbered = self._state("invoice", issued.invoice_id)
        document = Document(
            kind="credit_note",
            number=issued.number,
            kid=None,
            issue_date=issued.issue_date,
            due_date=None,
            currency=issued.currency,
            workspace_id=issued.workspace_id,
            seller=self.seller,
            buyer=buyer(named),
            lines=_credited(issued.lines, sold),
            net_ore=issued.net_ore,
            vat_ore=issued.vat_ore,
            gross_ore=issued.gross_ore,
            by_rate=_rates(issued.by_rate),
            corrects=Corrected(
                number=corrected.paper.number,
                issue_date=corrected.paper.issue_date,
                reason=named["reason"],
            ),
            demo=self.demo,
        )
        return Issued(document=document, delivery=note.delivery, address=named["invoice_email"])

    def _state(self, stream: str, id: UUID) -> Any:
        codec, decider = self.app.codec, DECIDERS[stream]
        return self.app.query(lambda db: store.found(db, codec, decider, id)).state

    def _kept(self, id: UUID, line_item_ids: Sequence[UUID]) -> tuple[list[dict[str, Any]], Row]:
        """Return the lines' rows, in that order, and whom the document names."""
        return self.app.query(lambda db: (line_items.named(db, line_item_ids), buyer_of(db, id)))


def _paid_by_card_on(receipt: Numbered) -> date:
    """Return the day on which the card paid: before the delivery, perhaps long before."""
    return next(each.paid_on for each in receipt.money.payments if each.source == "card")


def buyer(named: Row) -> Buyer:
    """Return whom a document names."""
    address = named["billing_address"]
    return Buyer(
        legal_name=named["legal_name"],
        organization_number=named["organization_number"],
        address=Address(**address) if address else None,
        reference=named["invoice_reference"],
    )


def _line(row: Row) -> Line:
    return Line(
        description=row["description"],
        quantity=row["quantity"],
        unit_price_ore=row["amount_ore"],
        net_ore=row["net_ore"],
        vat_type=row["vat_type"],
        vat_rate_bp=row["vat_rate_bp"],
        vat_ore=row["vat_ore"],
        gross_ore=row["gross_ore"],
        delivered_on=row["delivered_on"],
    )


def _credited(lines: Sequence[CreditedLine], sold: Sequence[Row]) -> tuple[Line, ...]:
    """Return what is taken back of each line that was sold: once, whatever its quantity."""
    return tuple(
        Line(
            description=row["description"],
            quantity=1,
            unit_price_ore=each.net_ore,
            net_ore=each.net_ore,
            vat_type=row["vat_type"],
            vat_rate_bp=row["vat_rate_bp"],
            vat_ore=each.vat_ore,
            gross_ore=each.net_ore + each.vat_ore,
            delivered_on=row["delivered_on"],
        )
        for each, row in zip(lines, sold, strict=True)
    )


def _rates(rates: Iterable[Rate]) -> tuple[RateSum, ...]:
    return tuple(
        RateSum(
            vat_type=each.vat_type,
            vat_rate_bp=each.vat_rate_bp,
            net_ore=each.net_ore,
            vat_ore=each.vat_ore,
        )
        for each in rates
    )
