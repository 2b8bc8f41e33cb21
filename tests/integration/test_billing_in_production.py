"""`ENV=production` with the local numbering and a mail server: documents that are documents."""

from pathlib import Path

from billing.gateways.document import DEMO
from billing.jobs import remind
from integration.stages.billing_post import body, post_office, text
from object_store import object_store, settings_of
from servers.postgres import Server
from smtp_server import NAMES, certificate


def test_production_issues_documents_without_the_word_demo(
    postgres_server: Server, tmp_path: Path
) -> None:
    shown, authority = certificate(*NAMES)
    smtp = {"ENV": "production", "MAIL_SECURITY": "starttls", "MAIL_CA": authority}
    with (
        object_store("documents") as endpoint,
        post_office(
            postgres_server, tmp_path, shown, **smtp, **settings_of(endpoint, "documents")
        ) as post,
    ):
        invoice_id = post.issued_to()
        post.work()

        (mail,) = post.mails()
        written = text(post.file(invoice_id)) + post.file(invoice_id, "ehf").decode()
        assert "Faktura" in written
        assert DEMO not in written + body(mail)
        (number,) = post.document(invoice_id, "invoice_number")
        assert mail["Subject"] == f"Faktura {number} fra AI Studio Demo AS"
        assert post.document(invoice_id, "delivery") == ("delivered",)

        post.pass_days(15)
        remind.note_late(post.shop.parts.app)
        post.work()
        (reminder,) = post.mails()
        assert reminder["Subject"] == f"Påminnelse 1: faktura {number} fra AI Studio Demo AS"
        assert DEMO not in body(reminder)
