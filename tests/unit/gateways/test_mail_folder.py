"""Mail in a folder: whole messages, which nobody but their owner can read."""

import os
import stat
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from gateways.mail_folder import MailFolder
from gateways.port import Message

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def mail(tmp_path: Path) -> MailFolder:
    return MailFolder(tmp_path / "mail", "no-reply@example.com")


def send(mail: MailFolder, id: str = "1", text: str = "Hei på deg\n") -> None:
    mail.send(Message(id=id, to="ada@example.com", subject="Bekreft", text=text, at=AT))


def test_a_message_can_be_read_as_mail(mail: MailFolder) -> None:
    send(mail)
    (path,) = mail.folder.iterdir()
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert path.suffix == ".eml"
    assert message["From"] == "no-reply@example.com"
    assert message["To"] == "ada@example.com"
    assert message["Subject"] == "Bekreft"
    assert message["Message-ID"] == "<1@example.com>"
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
