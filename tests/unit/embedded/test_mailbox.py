from datetime import UTC, datetime
from pathlib import Path

from embedded.mailbox import mails
from gateways.mail_folder import MailFolder
from gateways.port import Message

AT = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_mail_that_is_being_written_is_not_there_yet(tmp_path: Path) -> None:
    message = Message(id="1", to="kari@x.example", subject="s", text="text", at=AT)
    MailFolder(tmp_path, "no-reply@ai-studio.example").send(message)
    (sent,) = tmp_path.iterdir()
    half = tmp_path / f".{sent.name.replace('1.eml', '2.eml')}"
    half.write_bytes(sent.read_bytes()[:40])

    assert [mail["To"] for mail in mails(tmp_path)] == ["kari@x.example"]
