"""Mail as files: each message one `.eml` in a folder, readable by its owner only."""

import os
from pathlib import Path

from gateways.mail_writing import written
from gateways.port import Message


class MailFolder:
    """Where mail goes in the embedded suite. What it raises: `gateways.port.Mail`."""

    def __init__(self, folder: Path, sender: str) -> None:
        """`sender`: the address that mail comes from."""
        self.folder, self.sender = folder, sender
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def send(self, message: Message, before: str | None = None) -> None:
        """Write one message, whole or not at all; a repeat of it has the same Message-ID."""
        letter = written(message, self.sender, "\n")
        name = f"{message.at:%Y%m%dT%H%M%S%f}-{message.id}.eml"
        handle = os.open(self.folder / f".{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as sink:
            sink.write(letter.content)
        os.replace(self.folder / f".{name}", self.folder / name)
