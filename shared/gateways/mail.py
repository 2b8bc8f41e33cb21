"""Mail as files: each message one `.eml` in a folder, readable by its owner only."""

import os
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from pathlib import Path

import idna


class MailFolder:
    """Where mail goes in the embedded suite."""

    def __init__(self, folder: Path, sender: str) -> None:
        """`sender`: the address that mail comes from."""
        self.folder, self.sender = folder, sender
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def send(self, id: str, to: str, subject: str, text: str, at: datetime) -> None:
        """Write one message, whole or not at all; a repeat of it has the same Message-ID."""
        receiver = _on_the_wire(to)
        # a name outside ASCII stands there as UTF-8 (RFC 6532): no server reads an encoded word
        message = EmailMessage(default.clone(utf8=not receiver.username.isascii()))
        message["From"], message["To"], message["Subject"] = self.sender, receiver, subject
        message["Date"], message["Message-ID"] = format_datetime(at), f"<{id}@ai-studio.invalid>"
        message.set_content(text)
        name = f"{at:%Y%m%dT%H%M%S%f}-{id}.eml"
        handle = os.open(self.folder / f".{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as sink:
            sink.write(message.as_bytes())
        os.replace(self.folder / f".{name}", self.folder / name)


def _on_the_wire(address: str) -> Address:
    """Return an address as mail servers write it: the domain in ASCII, by IDNA 2008."""
    local, _, domain = address.rpartition("@")
    return Address(username=local, domain=idna.encode(domain).decode("ascii"))
