"""Mail in a folder: whole messages, which nobody but their owner can read."""

import os
import stat
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from gateways.mail import MailFolder

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def mail(tmp_path: Path) -> MailFolder:
    return MailFolder(tmp_path / "mail", "no-reply@example.com")


def send(mail: MailFolder, id: str = "1", text: str = "Hei på deg\n") -> None:
    mail.send(id, "ada@example.com", "Bekreft", text, AT)


def test_a_message_can_be_read_as_mail(mail: MailFolder) -> None:
    send(mail)
    (path,) = mail.folder.iterdir()
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert path.suffix == ".eml"
    assert message["From"] == "no-reply@example.com"
    assert message["To"] == "ada@example.com"
    assert message["Subject"] == "Bekreft"
    assert message.get_content() == "Hei på deg\n"


def test_messages_are_readable_by_their_owner_only(mail: MailFolder) -> None:
    before = os.umask(0)
    try:
        send(mail)
    finally:
        os.umask(before)
    (path,) = mail.folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(mail.folder.stat().st_mode) == 0o700


def test_the_same_message_again_replaces_itself_and_leaves_no_rest(mail: MailFolder) -> None:
    send(mail, text="a long first text\n")
    send(mail, text="short\n")
    (path,) = mail.folder.iterdir()
    assert path.read_text().endswith("short\n")
    send(mail, id="2")
    assert len(list(mail.folder.iterdir())) == 2


@pytest.mark.parametrize(
    ("to", "written"),
    [
        ("kari@blåbær.no", b"To: kari@xn--blbr-roah.no\n"),
        ("weiß@example.com", "To: weiß@example.com\n".encode()),
        ("weiß@straße.de", "To: weiß@xn--strae-oqa.de\n".encode()),
        (f"{'k' * 64}@{'d' * 60}.{'d' * 60}.{'d' * 60}.no", None),
        (f"{'ß' * 32}@{'d' * 60}.{'d' * 60}.{'d' * 60}.no", None),
    ],
)
def test_an_address_is_written_as_mail_servers_read_it_and_never_as_an_encoded_word(
    mail: MailFolder, to: str, written: bytes | None
) -> None:
    mail.send("1", to, "Bekreft på nytt", "x", AT)
    (path,) = mail.folder.iterdir()
    assert (written or f"To: {to}\n".encode()) in path.read_bytes()
    assert message_from_bytes(path.read_bytes(), policy=default)["Subject"] == "Bekreft på nytt"


def test_an_address_cannot_smuggle_in_another_header(mail: MailFolder) -> None:
    with pytest.raises(ValueError, match="CR or LF"):
        mail.send("1", "ada@example.com\nBcc: eve@example.com", "Bekreft", "x", AT)
    assert list(mail.folder.iterdir()) == []
