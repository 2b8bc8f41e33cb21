"""auth's settings."""

from typing import Annotated, ClassVar, Literal

from marshmallow import ValidationError

from chassis.database.database_url import DatabaseUrl
from chassis.domain import value
from chassis.door.key_sets import PublicKeys, SigningKey, believed
from chassis.door.rules import email
from chassis.setting_rules import FolderPath, Secret, WebAddress, some
from chassis.settings import Together


def _address(written: str) -> None:
    try:
        email(written)
    except ValidationError:
        raise ValueError("is no e-mail address") from None


@value
class Settings:
    """Each field is an environment variable of the same name in upper case."""

    database_url: DatabaseUrl
    public_keys: (
        PublicKeys  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    )
    signing_key_id: Annotated[str, some]
    signing_key: SigningKey  # PEM of the Ed25519 private key
    secret_key: Secret  # seals passwords in what a repeated call is compared by
    mail: Literal["folder"]
    mail_folder: Annotated[FolderPath, some]
    mail_sender: Annotated[str, _address]
    app_url: WebAddress  # where links in mails lead

    TOGETHER: ClassVar = (
        Together(of=("signing_key", "signing_key_id", "public_keys"), rule=believed),
    )
