"""Sales documents, of any of the three kinds: invoice, card sales document, credit note."""

from dataclasses import field
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Asked, Keyed
from chassis.domain import value


@value
class DocumentLink:
    """A document's file (`size` in bytes) and a link to it, for 15 minutes."""

    url: str = field(repr=False)
    expires_at: datetime
    sha256: str
    size: int


@value
class GetDocument(Asked[DocumentLink]):
    """Return a link to a document: its PDF, or its EHF where there is one."""

    document_id: UUID
    format: Literal["pdf", "ehf"] = "pdf"


@value
class GetInvoicePdf(Asked[DocumentLink]):
    """Return a link to an invoice's PDF."""

    invoice_id: UUID


@value
class Sending:
    """A document that is on its way to its buyer."""

    id: UUID
    version: int
    delivery: Literal["pending"]


@value
class SendInvoice(Keyed[Sending]):
    """Mail a document to its buyer again; for system admins."""

    document_id: UUID
