"""What was issued is mailed to its buyer; its EHF goes where an access point's client takes it.

Two jobs, so that a folder that is full neither keeps a mail back nor sends it twice.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from billing.domain import credit_note, invoice_messages
from billing.domain.delivery import CONTENT_TYPES, SEND, SUFFIXES
from billing.gateways import cover
from billing.gateways.document import Document
from billing.gateways.einvoice import Put
from billing.gateways.words import words_for
from billing.jobs.issued import DECIDERS, Reading
from billing.projections import documents
from chassis import ids
from chassis.errors import Internal, ServiceError
from chassis.identity import service_actor
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from chassis.unit.store import Recorded
from gateways.port import MAIL_ATTEMPTS, MAIL_BACKOFF_S, Attachment, Blobs, Mail, Message, key_of

BILLING = service_actor("billing")
EINVOICE = "einvoice"
REFUSED = ("chassis.mail_refused", "chassis.mail_unwritable")
DELIVERED: Mapping[str, type[Any]] = {
    "invoice": invoice_messages.NoteDelivery,
    "credit_note": credit_note.NoteCreditNoteDelivery,
}
FAILED: Mapping[str, type[Any]] = {
    "invoice": invoice_messages.NoteDeliveryFailure,
    "credit_note": credit_note.NoteCreditNoteDeliveryFailure,
}


def stored(recorded: Recorded, stream: str, format: str, sending: int) -> Iterable[Job]:
    """Yield the job that a stored document asks for: its PDF is mailed, its EHF is put."""
    if format == "pdf":
        yield asked(recorded, stream, sending)
    else:
        yield Job(kind=EINVOICE, subject=recorded.subject)


def asked(recorded: Recorded, stream: str, sending: int) -> Job:
    """Return the job of one sending."""
    args = {"stream": stream, "sending": sending}
    return Job(kind=SEND, subject=recorded.subject, args=args)


def kinds(reading: Reading, blobs: Blobs, mail: Mail, einvoice: Put | None) -> tuple[Kind, ...]:
    """Return the kinds of job by which documents reach their buyers."""
    app = reading.app

    def send(task: Task, control: Control) -> dict[str, str] | None:
        issued = reading.read(task.args["stream"], task.subject)
        if issued.delivery.settled >= task.args["sending"]:
            return None
        if not issued.address:
            return {"reason": "no_address"}
        document = issued.document
        message = Message(
            id=str(ids.derive(task.subject, "delivery", task.args["sending"])),
            to=issued.address,
            subject=cover.subject(document),
            text=cover.text(document),
            at=app.clock(),
            attachments=_attachments(app, blobs, task.subject, document),
        )
        mail.send(message, task.error)
        return {"channel": "mail"}

    def put(task: Task, control: Control) -> None:
        if einvoice is None:
            return
        papers = app.query(lambda db: documents.of(db, task.subject, BILLING))
        einvoice(task.subject, _content(blobs, papers["ehf"]))

    def kind(name: str, **how: Any) -> Kind:
        return Kind(name=name, attempts=MAIL_ATTEMPTS, backoff_s=MAIL_BACKOFF_S, **how)

    return (
        kind(SEND, run=send, finish=_sent, give_up=_not_sent),
        kind(EINVOICE, run=put, finish=_put, give_up=_not_put),
    )


def _attachments(app: App, blobs: Blobs, id: UUID, document: Document) -> tuple[Attachment, ...]:
    title = words_for(document.buyer).kinds[document.kind].title.replace(" ", "-")
    papers = app.query(lambda db: documents.of(db, id, BILLING))
    return tuple(
        Attachment(
            name=f"{title}-{document.number}.{SUFFIXES[format]}",
            content_type=CONTENT_TYPES[format],
            content=_content(blobs, paper),
        )
        for format, paper in papers.items()
    )


def _content(blobs: Blobs, paper: documents.Paper) -> bytes:
    """Return a document's bytes. Raises `Internal` where they are not those that were noted."""
    content = b"".join(blobs.chunks(key_of(paper.ref)))
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise Internal("billing.document_changed", f"{paper.ref} is not what was stored")
    return content


def _sent(unit: Unit, task: Task, result: dict[str, str] | None) -> None:
    """Note what became of a sending; of one that was told of before, nothing."""
    if result is not None:
        stream = task.args["stream"]
        note = (FAILED if "reason" in result else DELIVERED)[stream]
        command = note(sending=task.args["sending"], **result)
        unit.decide(DECIDERS[stream], task.subject, command)


def _not_sent(unit: Unit, task: Task, error: ServiceError) -> None:
    reason = "refused" if error.code in REFUSED else "gateway"
    _sent(unit, task, {"reason": reason})


def _put(unit: Unit, task: Task, result: None) -> None:
    """Nothing to record: the file is the effect."""


def _not_put(unit: Unit, task: Task, error: ServiceError) -> None:
    """Its buyer has the mail; the dead job says what no access point was given."""
