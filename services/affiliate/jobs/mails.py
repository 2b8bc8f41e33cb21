"""Mails to affiliates: a payout was approved, it was sent, a percentage is another from now on.

Whoever has set no payout details has given no address, and gets none.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from affiliate.domain import oslo, relationship
from affiliate.domain.payout_messages import PayoutNoteStored
from affiliate.domain.payout_states import Confirmed
from affiliate.domain.relationship import Active, Ended
from affiliate.gateways import mails
from affiliate.gateways.mails import Letter
from affiliate.gateways.note import TITLE
from affiliate.jobs.paying import Paying
from chassis import ids
from chassis.errors import ServiceError
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit import store
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.store import Recorded
from gateways.port import (
    MAIL_ATTEMPTS,
    MAIL_BACKOFF_S,
    Attachment,
    Blobs,
    Mail,
    Message,
    key_of,
)

APPROVED, SENT, CHANGED = "mail_payout_approved", "mail_payout_sent", "mail_commission_changed"


def of_change(recorded: Recorded, state: Active) -> Job:
    """Return the job of the mail about another percentage."""
    *_, before, now = state.rates
    args = {"before": before.percent, "percent": now.percent, "at": now.valid_from}
    return Job(kind=CHANGED, subject=recorded.subject, args=args)


def kinds(paying: Paying, blobs: Blobs, mail: Mail) -> tuple[Kind, ...]:
    """Return the kinds of job that send mails."""
    runs: dict[str, Callable[[Task, Control], None]] = {
        APPROVED: partial(_approved, paying, blobs, mail),
        SENT: partial(_sent, paying, mail),
        CHANGED: partial(_changed, paying, mail),
    }
    return tuple(
        Kind(
            name=name,
            run=run,
            finish=_done,
            give_up=_not_done,
            attempts=MAIL_ATTEMPTS,
            backoff_s=MAIL_BACKOFF_S,
        )
        for name, run in runs.items()
    )


def _approved(paying: Paying, blobs: Blobs, mail: Mail, task: Task, control: Control) -> None:
    stands = paying.state(task.subject)
    if stands is None or stands.note is None:  # called off meanwhile
        return
    letter = mails.approved(paying.paid(task.subject, stands))
    note = _note(blobs, task.subject, stands.note)
    _post(paying, mail, task, stands.workspace_id, letter, (note,))


def _note(blobs: Blobs, payout_id: UUID, stored: PayoutNoteStored) -> Attachment:
    content = b"".join(blobs.chunks(key_of(stored.ref)))
    return Attachment(
        name=f"{TITLE}-{payout_id}.pdf", content_type="application/pdf", content=content
    )


def _sent(paying: Paying, mail: Mail, task: Task, control: Control) -> None:
    stands = paying.state(task.subject)
    if isinstance(stands, Confirmed):
        transfer = stands.transfer
        paid = paying.paid(task.subject, stands)
        letter = mails.sent(paid, transfer.paid_on, transfer.reference)
        _post(paying, mail, task, stands.workspace_id, letter)


def _changed(paying: Paying, mail: Mail, task: Task, control: Control) -> None:
    app = paying.app
    found = app.query(lambda db: store.found(db, app.codec, relationship.decider, task.subject))
    bound: Active | Ended = found.state
    letter = mails.changed(
        paying.payer.name,
        task.subject,
        task.args["before"],
        task.args["percent"],
        oslo.day(datetime.fromisoformat(task.args["at"])),
    )
    _post(paying, mail, task, bound.workspace_id, letter)


def _post(
    paying: Paying,
    mail: Mail,
    task: Task,
    workspace_id: UUID,
    letter: Letter,
    attachments: tuple[Attachment, ...] = (),
) -> None:
    """Send a mail, one under its id however often it is tried, to whom has given an address."""
    address = paying.address(workspace_id)
    if address is None:
        return
    message = Message(
        id=str(ids.derive(task.subject, task.kind, task.args.get("at", ""))),
        to=address,
        subject=f"DEMO: {letter.subject}" if paying.demo else letter.subject,
        text=letter.text,
        at=paying.app.clock(),
        attachments=attachments,
    )
    mail.send(message, task.error)


def _done(unit: Unit, task: Task, result: Any) -> None:
    """Nothing to record: the message itself is the effect."""


def _not_done(unit: Unit, task: Task, error: ServiceError) -> None:
    """A mail that cannot be sent undoes nothing; the dead job says so."""
