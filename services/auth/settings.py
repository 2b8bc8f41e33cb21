"""auth's settings."""

from typing import Annotated, ClassVar, Literal

from auth.secret_keys import SecretKeyList
from chassis.database.database_url import DatabaseUrl
from chassis.domain import value
from chassis.door.key_sets import PublicKeys, SigningKey, believed
from chassis.setting_rules import FolderPath, Secret, WebAddress, some
from chassis.settings import Together
from gateways.blobs import BlobSettings
from gateways.mail import MailSettings


@value
class Settings(BlobSettings, MailSettings):
    """Each field is an environment variable of the same name in upper case."""

    database_url: DatabaseUrl
    public_keys: (
        PublicKeys  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    )
    signing_key_id: Annotated[str, some]
    signing_key: SigningKey  # PEM of the Ed25519 private key
    secret_key: Secret  # seals passwords in what a repeated call is compared by
    secret_keys: SecretKeyList  # second factors are encrypted, mailed codes hashed under the first
    app_url: WebAddress  # where links in mails lead
    # of system admins; '' stands for 'required' in production, and 'optional' elsewhere
    admin_second_factor: Literal["", "required", "optional"] = ""
    work_folder: Annotated[FolderPath, some]  # below it each process keeps what it is at work on
    impersonation_notice: bool = True  # whether somebody is mailed that an admin acts as them
    branding_needs_enterprise: bool = False  # whether its plan must be that for a workspace's looks

    TOGETHER: ClassVar = (
        *BlobSettings.TOGETHER,
        *MailSettings.TOGETHER,
        Together(of=("signing_key", "signing_key_id", "public_keys"), rule=believed),
    )

    @property
    def admins_need_a_code(self) -> bool:
        """Whether a system admin without a second factor is none to anybody."""
        asked = self.admin_second_factor or ("required" if self.env == "production" else "")
        return asked == "required"
