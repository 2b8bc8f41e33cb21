"""The sales document of what a card paid: made in the unit that hears of the delivery.

Line, document, number and payment are one unit, and nobody is asked anything: who buys was kept
before the money was taken.
"""

from uuid import UUID

from billing import kept, kept_cards
from billing.delivering import next_line
from billing.domain import (
    invoice,
    invoice_messages,
    line_item,
    line_item_messages,
    number_series,
    oslo,
    retention,
    vat,
)
from billing.domain.order import Outcome
from billing.domain.payment_states import Advance
from billing.drafting import draft
from billing.names import SERIES, line_item_id, series_id
from billing.numbering import must_be_confirmed
from chassis.unit.deciding import Unit


def document(unit: Unit, id: UUID, sold: Advance, outcome: Outcome, invoice_id: UUID) -> None:
    """Issue the document of a delivery, under the next number, paid by its advance."""
    must_be_confirmed(unit)
    capture = sold.capture
    k = next_line(unit, id)
    if k is None:
        raise AssertionError(f"{id} is on a document, and paid by card as well")
    line = line_item_messages.CreateLineItem(
        workspace_id=sold.workspace_id,
        payment_id=id,
        k=k,
        target=sold.order.target,
        title=outcome.title,
        price=sold.sale.price,
        delivered_on=oslo.day(outcome.completed_at),
        rail="card",
        organization_number=None,
        vat_type=vat.type_of(capture.attempt.vat_rate_bp),
        paid_ore=capture.amount_ore,
    )
    line_id = line_item_id(id, k)
    unit.decide(line_item.decider, line_id, line)
    if sold.order.deleted:
        unit.decide(line_item.decider, line_id, line_item_messages.Forget())
    draft(unit, invoice_id, [line_id], kind="receipt")
    _issue(unit, id, invoice_id)
    paid = invoice_messages.RecordPayment(
        amount_ore=capture.amount_ore,
        paid_on=oslo.day(sold.sale.cleared_at),
        source="card",
        external_id=capture.payment_intent_id,
    )
    unit.decide(invoice.decider, invoice_id, paid)


def _issue(unit: Unit, payment_id: UUID, invoice_id: UUID) -> None:
    unit.admit(number_series.decider, series_id(SERIES))  # an owner may be paying for what came out
    taken: number_series.NumberSeries = unit.decide(
        number_series.decider, series_id(SERIES), number_series.TakeNumber(series=SERIES)
    ).state
    command = invoice_messages.Issue(
        series=taken.series,
        invoice_number=taken.number,
        kid=number_series.kid(taken.number),
        issue_date=taken.issue_date,
    )
    unit.decide(invoice.decider, invoice_id, command)
    until = retention.until(taken.issue_date)
    unit.execute(kept.keep_sold(invoice_id, payment_id, until))
    unit.execute(kept_cards.forget_payer(payment_id))
