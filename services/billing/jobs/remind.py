"""What is late: noted on its invoice, and its buyer reminded of it three times, by mail.

Which invoices may be late is found in their table; whether they are is each one's own to decide.
"""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from billing.domain import invoice, invoice_messages, oslo
from billing.domain.invoice_reminders import REMIND_AFTER
from billing.domain.invoice_states import Issued, Numbered, PartPaid
from billing.gateways import reminders
from billing.gateways.document import HOME, Seller
from billing.jobs.issued import buyer
from billing.kept import buyer_of
from billing.projections import invoice_rows
from chassis import ids
from chassis.errors import Rejected, ServiceError
from chassis.identity import service_actor
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.jobs.schedules import Schedule
from chassis.unit import store
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from gateways.port import MAIL_ATTEMPTS, MAIL_BACKOFF_S, Mail, Message

log = logging.getLogger(__name__)


def note_late(app: App) -> None:
    """Note what is late by now, and let its buyers be reminded; a unit an invoice.

    One that cannot be decided on holds up none behind it. Raises, in the end, why it cannot.
    """
    today = oslo.day(app.clock())
    failed: list[Exception] = []
    for id in app.query(lambda db: invoice_rows.late(db, today, REMIND_AFTER)):
        try:
            app.attempt(_call(app), partial(_note, id))
        except (ServiceError, AssertionError) as error:
            if isinstance(error, ServiceError) and error.retryable:
                raise  # the others would find the same
            log.warning("a late invoice was left", exc_info=error)
            failed.append(error)
    if failed:
        raise failed[0]


def _call(app: App) -> Call:
    return Call(
        id=ids.fresh(),
        at=app.clock(),
        actor=service_actor(app.service.name),
        correlation_id=str(ids.fresh()),
    )


def _note(id: UUID, unit: Unit) -> None:
    unit.decide(invoice.decider, id, invoice_messages.MarkOverdue())
    stands = unit.state(invoice.decider, id)
    # VAT is relieved after three reminders: without an address there is none; one whose mail was
    # refused counts, and its dead job says so
    if isinstance(stands, Numbered) and buyer_of(unit.connection, id)["invoice_email"]:
        following = stands.document.reminders.sent + 1
        unit.decide(invoice.decider, id, invoice_messages.Remind(number=following))


# daily, at noon in Oslo, or at one in summer: what came on the last day has been read from the bank
SCHEDULE = Schedule(
    name="look_for_late_invoices", every_s=24 * 3_600, at_s=11 * 3_600, run=note_late
)


def kind(app: App, mail: Mail, seller: Seller, demo: bool) -> Kind:
    """Return the kind of job that sends reminders."""

    def run(task: Task, control: Control) -> None:
        stands, named = app.query(
            lambda db: (
                store.found(db, app.codec, invoice.decider, task.subject).state,
                buyer_of(db, task.subject),
            )
        )
        if not isinstance(stands, Issued | PartPaid):  # paid or corrected meanwhile
            return
        if named["invoice_email"] is None:
            raise Rejected("billing.no_address", "the buyer named no address for invoices")
        late = _late(stands, named, seller, demo, task.args["number"])
        message = Message(
            id=str(task.id),
            to=named["invoice_email"],
            subject=reminders.subject(late),
            text=reminders.text(late),
            at=app.clock(),
        )
        mail.send(message, task.error)

    return Kind(
        name="remind",
        run=run,
        finish=_sent,
        give_up=_not_sent,
        attempts=MAIL_ATTEMPTS,  # a reminder counts, so it is to be sent
        backoff_s=MAIL_BACKOFF_S,
    )


def _late(
    stands: Numbered, named: Mapping[str, Any], seller: Seller, demo: bool, number: int
) -> reminders.Late:
    return reminders.Late(
        number=number,
        invoice_number=stands.paper.number,
        kid=stands.paper.kid,
        issue_date=stands.paper.issue_date,
        due_date=stands.paper.due_date,
        gross_ore=stands.money.total.gross_ore,
        remaining_ore=stands.money.remaining_ore,
        seller=seller.name,
        account=seller.account,
        iban=seller.iban,
        bic=seller.bic,
        in_norwegian=buyer(named).country == HOME,
        demo=demo,
    )


def _sent(unit: Unit, task: Task, result: Any) -> None:
    """Nothing to record: the message itself is the effect."""


def _not_sent(unit: Unit, task: Task, error: ServiceError) -> None:
    """A mail that cannot be sent undoes nothing; the dead job says so."""
