"""What affiliate does outside a transaction, a file a kind of work."""

from collections.abc import Iterable
from typing import Any

from affiliate.domain.payout_messages import PayoutApproved, PayoutConfirmed, PayoutNoteStored
from affiliate.domain.relationship import CommissionChanged
from affiliate.gateways.note import Payer
from affiliate.jobs import mails, notes
from affiliate.jobs.paying import Paying
from chassis.jobs.jobs import Kind
from chassis.unit.calls import CancelJobs, Job
from chassis.unit.handling import App
from chassis.unit.store import Recorded
from gateways.port import Blobs, Mail


def jobs(recorded: Recorded, state: Any) -> Iterable[Job | CancelJobs]:
    """Queue what an event asks for."""
    match recorded.event:
        case PayoutApproved():
            yield Job(kind=notes.JOB, subject=recorded.subject)
        case PayoutNoteStored():
            yield Job(kind=mails.APPROVED, subject=recorded.subject)
        case PayoutConfirmed():
            yield Job(kind=mails.SENT, subject=recorded.subject)
        case CommissionChanged():
            yield mails.of_change(recorded, state)


def kinds(app: App, blobs: Blobs, mail: Mail, payer: Payer, demo: bool) -> tuple[Kind, ...]:
    """Return the kinds of job that affiliate does; `demo` notes say that nothing is paid."""
    paying = Paying(app=app, payer=payer, demo=demo)
    return (notes.kind(paying, blobs), *mails.kinds(paying, blobs, mail))
