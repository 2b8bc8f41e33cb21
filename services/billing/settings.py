"""billing's settings."""

from typing import Literal

from stdnum import bic, iban
from stdnum.no import kontonr, orgnr

from billing.gateways.documents import Seller
from chassis.domain import value
from gateways.blobs import BlobSettings


@value
class Settings(BlobSettings):
    """Each field is an environment variable of the same name in upper case."""

    database_url: str
    public_keys: str  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    invoice_gateway: Literal["local"]
    # who sells, as it stands on every sales document
    seller_name: str
    seller_organization_number: str  # nine digits
    seller_vat_registered: bool
    seller_in_foretaksregisteret: bool
    seller_address: str  # its lines
    seller_account: str  # eleven digits
    seller_iban: str
    seller_bic: str
    stripe_webhook_secret: str | None = None  # whsec_…; without it the webhook answers 503
    stripe_livemode: bool = False

    def wrong(self) -> dict[str, str | Literal[False]]:
        """Return by its variable what cannot be as it is, or False."""
        return BlobSettings.wrong(self) | {
            "INVOICE_GATEWAY": self.env == "production" and "local is not for production",
            "SELLER_NAME": not self.seller_name.strip() and "empty",
            "SELLER_ORGANIZATION_NUMBER": not orgnr.is_valid(self.seller_organization_number)
            and "not an organisation number",
            "SELLER_VAT_REGISTERED": not self.seller_vat_registered and "lines carry VAT",
            "SELLER_ADDRESS": not self.seller().address and "empty",
            "SELLER_ACCOUNT": not kontonr.is_valid(self.seller_account) and "not an account",
            "SELLER_IBAN": not iban.is_valid(self.seller_iban) and "not an IBAN",
            "SELLER_BIC": not bic.is_valid(self.seller_bic) and "not a BIC",
        }

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
