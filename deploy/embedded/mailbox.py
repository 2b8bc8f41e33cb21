"""The mails of a suite whose mode is MAIL=folder."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from chassis.door.rules import email, folded


def mails(folder: Path, to: str | None = None) -> list[EmailMessage]:
    """Return the mails in a folder (to one address, however it is written), oldest first."""
    # a name that begins with a dot is a mail that is being written
    files = sorted(folder.glob("[!.]*.eml"))
    found = [message_from_bytes(each.read_bytes(), policy=policy.default) for each in files]
    return [mail for mail in found if to is None or _same(mail["To"], to)]


def files(mail: EmailMessage) -> dict[str, bytes]:
    """Return a mail's attachments by their names."""
    return {
        str(each.get_filename()): bytes(each.get_payload(decode=True))
        for each in mail.iter_attachments()
    }


def _same(one: str, other: str) -> bool:
    return folded(email(one)) == folded(email(other))
