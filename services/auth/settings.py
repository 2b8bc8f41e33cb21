"""auth's settings."""

from typing import Literal

from chassis.domain import value
from chassis.settings import Misconfigured

LEAST_SECRET = 32  # characters


@value
class Settings:
    """Each field is an environment variable of the same name in upper case."""

    database_url: str
    public_keys: str  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    signing_key_id: str
    signing_key: str  # PEM of the Ed25519 private key
    secret_key: str  # seals passwords in what a repeated call is compared by
    mail: Literal["folder"]
    mail_folder: str
    mail_sender: str
    app_url: str  # where links in mails lead

    def __post_init__(self) -> None:
        if len(self.secret_key) < LEAST_SECRET:
            raise Misconfigured(f"SECRET_KEY: shorter than {LEAST_SECRET} characters")
