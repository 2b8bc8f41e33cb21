"""billing's settings."""

from typing import Annotated, ClassVar, Literal

from stdnum import bic, iban
from stdnum.no import kontonr, orgnr

from billing.gateways.documents import Seller
from chassis.database.database_url import DatabaseUrl
from chassis.domain import value
from chassis.door.key_sets import PublicKeys
from chassis.setting_rules import some
from chassis.settings import Together
from gateways.blobs import BlobSettings


def _with_vat(registered: bool) -> None:
    if not registered:
        raise ValueError("lines carry VAT")


def _not_for_production(gateway: str, env: str) -> None:
    if env == "production":
        raise ValueError(f"{gateway} is not for production")


@value
class Settings(BlobSettings):
    """Each field is an environment variable of the same name in upper case."""

    database_url: DatabaseUrl
    public_keys: (
        PublicKeys  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    )
    invoice_gateway: Literal["local"]
    # who sells, as it stands on every sales document
    seller_name: Annotated[str, some]
    seller_organization_number: Annotated[str, orgnr.validate]  # nine digits
    seller_vat_registered: Annotated[bool, _with_vat]
    seller_in_foretaksregisteret: bool
    seller_address: Annotated[str, some]  # its lines
    seller_account: Annotated[str, kontonr.validate]  # eleven digits
    seller_iban: Annotated[str, iban.validate]
    seller_bic: Annotated[str, bic.validate]
    stripe_webhook_secret: str | None = None  # whsec_…; without it the webhook answers 503
    stripe_livemode: bool = False

    TOGETHER: ClassVar = (
        *BlobSettings.TOGETHER,
        Together(of=("invoice_gateway", "env"), rule=_not_for_production),
    )

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
