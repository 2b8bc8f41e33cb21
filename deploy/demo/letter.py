"""The mail that the invoice went with, as the report shows it."""

from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from chassis.domain import value
from embedded.mailbox import files


@value
class Letter:
    """The mail that an invoice went with; its attachments are files of the report."""

    to: str
    subject: str
    text: str
    files: Sequence[tuple[str, str]]  # (name in the mail, file of the report)


def letter_of(mail: EmailMessage, folder: Path, stored: Sequence[str]) -> Letter:
    """Return a mail. Raises `ValueError` where its attachments are not the stored files."""
    attached = files(mail)
    if list(attached.values()) != [(folder / name).read_bytes() for name in stored]:
        raise ValueError("what was mailed is not what was stored")
    body = mail.get_body()
    return Letter(
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        text=str(body.get_content()) if body else "",
        files=list(zip(attached, stored, strict=True)),
    )
