"""The mails of a suite whose mode is MAIL=folder."""

import re
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


def text(mail: EmailMessage) -> str:
    """Return what a mail says, as text."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if isinstance(body, EmailMessage) else ""


def token(mail: EmailMessage) -> str:
    """Return the token of a mail's link; '' where it has none."""
    link = re.search(r"token=(\S+)", text(mail))
    return link[1] if link else ""


def files(mail: EmailMessage) -> dict[str, bytes]:
    """Return a mail's attachments by their names."""
    return {
        str(each.get_filename()): bytes(each.get_payload(decode=True))
        for each in mail.iter_attachments()
    }


def _same(one: str, other: str) -> bool:
    return folded(email(one)) == folded(email(other))
