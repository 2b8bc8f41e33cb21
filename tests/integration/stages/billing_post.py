"""Billing's desk with a real mail server behind it: jobs done at once, and what came of them."""

import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from ssl import SSLContext
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb
from pypdf import PdfReader

from chassis.jobs.jobs import Worker
from gateways.port import Blobs, key_of
from integration.stages.billing_corrected import Desk
from integration.stages.billing_shop import billing_shop
from servers.postgres import Server
from smtp_server import MailServer, mail_server
from stand_ins.stripe.stand_in import StandIn

ADDRESS = "faktura.mottak@kjoper.example"
AT_HOME = {"street": "Storgata 2", "postal_code": "0155", "city": "Oslo", "country": "NO"}
SWEDEN = {"street": "Gatan 1", "postal_code": "111 51", "city": "Stockholm", "country": "SE"}
EVENTS = (
    "select type, data, outbox from events"
    " where stream_id in ('invoice-' || %s, 'credit_note-' || %s) order by version"
)


class Post(Desk):
    """The desk, the mail server that its mail goes to, and the folder of EHF files."""

    server: MailServer
    einvoices: Path

    def issued_to(
        self, address: str | None = ADDRESS, number: str = "701730496", at: Any = AT_HOME
    ) -> str:
        """Return an issued invoice of that buyer; none of its jobs is done yet."""
        invoice_id = self.issued()
        self.change(
            "update buyer set invoice_email = %s, organization_number = %s, billing_address = %s"
            " where document_id = %s",
            *(address, number, Jsonb(at), invoice_id),
        )
        self.moved(invoice_id, address)
        return invoice_id

    def as_member(self, workspace_id: str, method: str, /, **arguments: Any) -> Any:
        """Call as somebody who works there."""
        who = {"workspace_id": UUID(workspace_id), "role": "member", "id": str(uuid4())}
        return self.shop._port(**who).call(method, **arguments)

    def moved(self, document_id: str, address: str | None) -> None:
        """Let auth know that address of the buyer."""
        (workspace_id,) = self.document(document_id, "workspace_id")
        self.shop.auth.says[workspace_id] = {"invoice_email": address}

    def work(self) -> None:
        """Do the jobs that are due."""
        worker = Worker(self.shop.parts.app, self.shop.parts.kinds)
        while worker.work():
            pass

    def work_on(self, times: int) -> list[int]:
        """Do them, and so often what waits for another try; return for how long it waited."""
        waited = []
        for _ in range(times):
            self.work()
            waits = "where state = 'waiting' and failures > 0"
            left = self.rows(f"select extract(epoch from run_at - now()) as s from jobs {waits}")
            waited += [round(each["s"]) for each in left]
            self.change(f"update jobs set run_at = now() {waits}")
        self.work()
        return waited

    def again(self, kind: str, document_id: str) -> None:
        """Let what was done of these jobs be claimed once more, as after a claim that ran out."""
        back = "update jobs set state = 'waiting', run_at = now() where kind = %s and subject = %s"
        self.change(back, kind, document_id)

    def mails(self) -> list[EmailMessage]:
        """Return what the server has taken since it was asked the last time."""
        taken = self.server.mails
        self.server.taken.clear()
        return taken

    def document(self, document_id: str, *columns: str) -> tuple[Any, ...]:
        """Return columns of a document's row."""
        for table in ("invoice", "credit_note"):
            for row in self.rows(f"select * from {table} where id = %s", document_id):
                return tuple(row[each] for each in columns)
        raise KeyError(document_id)

    def events(self, document_id: str) -> list[str]:
        """Return what has happened to a document since its issue."""
        types = [each["type"] for each in self.rows(EVENTS, document_id, document_id)]
        issued = next(place for place, each in enumerate(types) if each.endswith("Issued"))
        return types[issued + 1 :]

    def told(self, document_id: str) -> list[dict[str, Any]]:
        """Return what was told of its delivery."""
        outboxes = (each["outbox"] for each in self.rows(EVENTS, document_id, document_id))
        delivery = [each for each in outboxes if each and "_deliver" in each["type"]]
        return [{"type": each["type"], **each["data"]} for each in delivery]

    def file(self, document_id: str, format: str = "pdf") -> bytes:
        """Return a document's stored file, which is what its link says it is."""
        link = self.call("document", document_id=document_id, format=format)
        blobs: Blobs = self.shop.parts.door.tools.blobs
        (ref,) = self.document(document_id, f"{'document' if format == 'pdf' else 'ehf'}_ref")
        content = b"".join(blobs.chunks(key_of(ref)))
        assert (link["sha256"], link["size"]) == (
            hashlib.sha256(content).hexdigest(),
            len(content),
        )
        return content


def body(mail: EmailMessage) -> str:
    """Return a mail's text."""
    text = mail.get_body()
    assert text is not None
    return str(text.get_content())


def text(pdf: bytes) -> str:
    """Return what a PDF says."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub("\\s+", " ", " ".join(pages))


@contextmanager
def post_office(
    server: Server,
    folder: Path,
    shown: SSLContext | None = None,
    stripe: StandIn | None = None,
    /,
    **settings_of: str,
) -> Iterator[Post]:
    """Yield billing at work with a mail server, which shows that certificate if there is one.

    It accepts cards if somebody stands in for `stripe`. `settings_of` its own take the place of
    others.
    """
    einvoices = folder / "einvoices"
    einvoices.mkdir(parents=True)
    with mail_server(shown) as mails:
        given = {
            **{"MAIL": "smtp", "MAIL_HOST": "127.0.0.1", "MAIL_PORT": str(mails.port)},
            **{"MAIL_SECURITY": "none", "MAIL_TIMEOUT_S": "5"},
            **{"EINVOICE": "folder", "EINVOICE_FOLDER": str(einvoices)},
            **settings_of,
        }
        with billing_shop(server, folder / "blobs", stripe, **given) as shop:
            post = Post(shop)
            post.server, post.einvoices = mails, einvoices
            yield post
