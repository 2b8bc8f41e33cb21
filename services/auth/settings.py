"""auth's settings."""

from typing import Annotated, ClassVar

from chassis.database.database_url import DatabaseUrl
from chassis.domain import value
from chassis.door.key_sets import PublicKeys, SigningKey, believed
from chassis.setting_rules import Secret, WebAddress, some
from chassis.settings import Together
from gateways.mail import MailSettings


@value
class Settings(MailSettings):
    """Each field is an environment variable of the same name in upper case."""

    database_url: DatabaseUrl
    public_keys: (
        PublicKeys  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    )
    signing_key_id: Annotated[str, some]
    signing_key: SigningKey  # PEM of the Ed25519 private key
    secret_key: Secret  # seals passwords in what a repeated call is compared by
    app_url: WebAddress  # where links in mails lead

    TOGETHER: ClassVar = (
        *MailSettings.TOGETHER,
        Together(of=("signing_key", "signing_key_id", "public_keys"), rule=believed),
    )
