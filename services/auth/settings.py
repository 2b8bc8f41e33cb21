"""auth's settings."""

from typing import Literal

from chassis.domain import value


@value
class Settings:
    """Each field is an environment variable of the same name in upper case."""

    database_url: str
    public_keys: str  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    signing_key_id: str
    signing_key: str  # PEM of the Ed25519 private key
    mail: Literal["folder"]
    mail_folder: str
    mail_sender: str
    app_url: str  # where links in mails lead
