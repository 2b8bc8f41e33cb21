"""Transfers as the bank tells them: recorded once, and paid in where their KID says so.

Each is a unit of its own. An invoice may settle a thousand targets, and a call bring a thousand
transfers: in one unit they would be millions of streams, and a rival on one invoice would let all
be decided again. A call that ends half way has recorded what it has recorded; it is made again,
and the names of the transfers keep each from counting twice.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID

from billing.acts.transfer_shares import receive
from billing.domain import bank_payment, invoice, number_series, oslo
from billing.domain.bank_payment import same_name
from billing.domain.bank_payment_messages import Receive
from billing.domain.invoice_rules import implausible
from billing.names import bank_payment_id
from billing.projections import invoice_rows
from chassis import codec, ids
from chassis.door.edge import Door
from chassis.errors import Conflict, Rejected
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from contracts.billing.transfers import (
    ImportBankPayments,
    Transfer,
    TransfersTaken,
    TransferTaken,
)


def take_in(door: Door, call: Call, asked: ImportBankPayments) -> TransfersTaken:
    """Take in these transfers and say what became of each; a call's repeat is told the same."""
    if call.expected_version:  # what it makes is new
        details = {"current_version": 0}
        raise Conflict("chassis.version_mismatch", details=details, retryable=False)
    call = replace(call, expected_version=None)
    stored = door.app.attempt(call, Unit.stored_reply)
    if stored is not None:
        return codec.read_reply(TransfersTaken, stored)
    reply = TransfersTaken(items=taken(door.app, call, asked.payments))
    return door.app.unit(call, lambda unit: reply, TransfersTaken)


def taken(app: App, call: Call, transfers: Sequence[Transfer]) -> tuple[TransferTaken, ...]:
    """Take in these transfers, each in a unit of its own, and say what became of each."""
    return tuple(_taken(app, call, each) for each in transfers)


def _taken(app: App, call: Call, transfer: Transfer) -> TransferTaken:
    id = bank_payment_id("bank", same_name(transfer.external_id))
    # booked when it is recorded: a long file may end on a day that was frozen an hour ago
    own = replace(call, id=ids.derive(call.id, id), method=None, at=app.clock())
    return app.attempt(own, partial(_take, id, transfer))


def _take(id: UUID, transfer: Transfer, unit: Unit) -> TransferTaken:
    kid = "".join(same_name(transfer.kid or "").split())
    is_number = number_series.is_kid(kid)
    came = Receive(
        source="bank",
        external_id=same_name(transfer.external_id),
        amount_ore=transfer.amount_ore,
        paid_on=transfer.paid_on,
        kid=kid if is_number else None,
    )
    if unit.state(bank_payment.decider, id) is not None:
        return _known(unit, id, came, transfer)
    if reason := _refused(transfer, oslo.day(unit.call.at)):
        return _told(None, transfer, "refused", reason)
    written = {
        "text": transfer.text,
        "kid": None if is_number else transfer.kid,
    }  # whatever a payer wrote
    if texts := {name: each for name, each in written.items() if each}:
        unit.execute(keep(id, id, texts))
    found = _invoice_of(unit, kid, transfer.paid_on)
    if isinstance(found, str):
        unit.decide(bank_payment.decider, id, came)
        return _told(id, transfer, "unallocated", found)
    applied_ore, _ = receive(unit, id, came, found)
    credited_ore = transfer.amount_ore - applied_ore
    return _told(id, transfer, "allocated", None, found, applied_ore, credited_ore)


def _known(unit: Unit, id: UUID, came: Receive, transfer: Transfer) -> TransferTaken:
    try:
        unit.may(bank_payment.decider, id, came)
    except Rejected as refusal:
        return _told(id, transfer, "refused", refusal.code.removeprefix("billing."))
    return _told(id, transfer, "known", None)


def _refused(transfer: Transfer, today: date) -> str | None:
    if transfer.amount_ore < 1:
        return "amount_not_positive"
    return "paid_in_future" if transfer.paid_on > today else None


def _invoice_of(unit: Unit, kid: str, paid_on: date) -> UUID | str:
    """Return the invoice that a KID names, or why the transfer waits for a person.

    The projection finds it; whether it may be paid on that day its own stream says.
    """
    if not kid:
        return "no_kid"
    if not number_series.is_kid(kid):
        return "kid_invalid"
    invoice_id = invoice_rows.by_kid(unit.connection, kid)
    if invoice_id is None:
        return "kid_unknown"
    paper = unit.state(invoice.decider, invoice_id).paper
    return implausible(paper, paid_on, oslo.day(unit.call.at)) or invoice_id


def _told(
    id: UUID | None,
    transfer: Transfer,
    state: str,
    reason: str | None,
    invoice_id: UUID | None = None,
    applied_ore: int = 0,
    credited_ore: int = 0,
) -> TransferTaken:
    return TransferTaken(
        external_id=transfer.external_id,
        bank_payment_id=id,
        state=state,
        reason=reason,
        invoice_id=invoice_id,
        applied_ore=applied_ore,
        credited_ore=credited_ore,
    )
