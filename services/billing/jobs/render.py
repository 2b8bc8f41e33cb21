"""The paper of what was issued: PDF, and EHF where there is one; stored, then noted."""

from collections.abc import Iterator, Mapping
from typing import Any

from billing.domain.credit_note import NoteCreditNoteDocument
from billing.domain.delivery import RENDER, SUFFIXES
from billing.domain.invoice_messages import NoteDocument
from billing.gateways.document import Document
from billing.gateways.ehf import ehf
from billing.gateways.pdf import pdf
from billing.jobs.issued import DECIDERS, Reading
from chassis.errors import ServiceError
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.store import Recorded
from gateways.port import Blobs

BACKOFF_S = (1, 5, 30, 120, 600)  # what was issued has no paper yet: the disk comes back
NOTE: Mapping[str, type[Any]] = {"invoice": NoteDocument, "credit_note": NoteCreditNoteDocument}


def job(recorded: Recorded, stream: str) -> Job:
    """Return the job that renders what that event issued."""
    return Job(kind=RENDER, subject=recorded.subject, args={"stream": stream})


def kind(reading: Reading, blobs: Blobs) -> Kind:
    """Return the kind of job that renders documents."""

    def run(task: Task, control: Control) -> list[dict[str, Any]]:
        issued = reading.read(task.args["stream"], task.subject)
        if "pdf" in issued.delivery.formats:  # its hash is told: it is not made anew
            return []
        document = issued.document
        control.progress(10, "render")
        made = list(_made(document))
        control.progress(80, "store")
        stored = []
        for format, content in made:
            key = f"{document.workspace_id}/documents/{document.number}.{SUFFIXES[format]}"
            blob = blobs.put(key, content)
            noted = {"ref": blob.ref, "sha256": blob.sha256, "size": blob.size}
            stored.append({"format": format, **noted})
        return stored

    return Kind(
        name=RENDER,
        run=run,
        finish=_rendered,
        give_up=_not_rendered,
        attempts=20,
        backoff_s=BACKOFF_S,
    )


def _made(document: Document) -> Iterator[tuple[str, bytes]]:
    """Yield each format and its bytes; the PDF last: where it is noted, all is."""
    if document.has_ehf:
        yield "ehf", ehf(document)
    yield "pdf", pdf(document)


def _rendered(unit: Unit, task: Task, result: list[dict[str, Any]]) -> None:
    stream = task.args["stream"]
    for each in result:
        unit.decide(DECIDERS[stream], task.subject, NOTE[stream](**each))


def _not_rendered(unit: Unit, task: Task, error: ServiceError) -> None:
    """It is issued all the same, and its delivery waits; the dead job says what is missing."""
