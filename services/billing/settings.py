"""billing's settings."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from stdnum import bic, iban
from stdnum.no import kontonr, orgnr

from billing.card_settings import CardSettings
from billing.domain.accounts import Numbers, numbers
from billing.gateways.document import Seller
from chassis.database.database_url import DatabaseUrl
from chassis.domain import value
from chassis.door.key_sets import PublicKeys
from chassis.setting_rules import FolderPath, some
from chassis.settings import Together
from gateways.blobs import BlobSettings
from gateways.mail import MailSettings


def _with_vat(registered: bool) -> None:
    if not registered:
        raise ValueError("lines carry VAT")


def _needed(folder: str, einvoice: str) -> None:
    if einvoice == "folder" and not folder.strip():
        raise ValueError("EINVOICE=folder needs it")


@value
class Settings(BlobSettings, MailSettings, CardSettings):
    """Each field is an environment variable of the same name in upper case."""

    database_url: DatabaseUrl
    public_keys: (
        PublicKeys  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    )
    invoice_gateway: Literal["local"]
    einvoice: Literal["off", "folder"] = "off"
    einvoice_folder: FolderPath = ""  # where an access point's client takes EHF files from
    # who sells, as it stands on every sales document
    seller_name: Annotated[str, some]
    seller_organization_number: Annotated[str, orgnr.validate]  # nine digits
    seller_vat_registered: Annotated[bool, _with_vat]
    seller_in_foretaksregisteret: bool
    seller_address: Annotated[str, some]  # its lines
    seller_account: Annotated[str, kontonr.validate]  # eleven digits
    seller_iban: Annotated[str, iban.validate]
    seller_bic: Annotated[str, bic.validate]
    accounts: Numbers = "{}"

    TOGETHER: ClassVar = (
        *BlobSettings.TOGETHER,
        *MailSettings.TOGETHER,
        *CardSettings.TOGETHER,
        Together(of=("einvoice_folder", "einvoice"), rule=_needed),
    )

    def numbers(self) -> Mapping[str, int]:
        """Return the number of each account."""
        return numbers(self.accounts)

    def seller(self) -> Seller:
        """Return who sells."""
        lines = (line.strip() for line in self.seller_address.splitlines())
        return Seller(
            name=self.seller_name.strip(),
            organization_number=orgnr.compact(self.seller_organization_number),
            vat_registered=self.seller_vat_registered,
            in_foretaksregisteret=self.seller_in_foretaksregisteret,
            address=tuple(line for line in lines if line),
            account=kontonr.compact(self.seller_account),
            iban=iban.compact(self.seller_iban),
            bic=bic.compact(self.seller_bic),
        )
