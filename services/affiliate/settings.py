"""affiliate's settings."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from stdnum.no import orgnr

from affiliate.domain.accounts import Numbers, numbers
from affiliate.gateways.note import Payer
from chassis.database.database_url import DatabaseUrl
from chassis.domain import value
from chassis.door.key_sets import PublicKeys
from chassis.setting_rules import at_least, some
from gateways.blobs import BlobSettings
from gateways.mail import MailSettings

HOLD_DAYS = (0, 7, 14, 30, 60, 90)


def _is_offered(days: int) -> None:
    if days not in HOLD_DAYS:
        raise ValueError(f"{days} is none of {', '.join(map(str, HOLD_DAYS))}")


@value
class Settings(BlobSettings, MailSettings):
    """Each field is an environment variable of the same name in upper case."""

    database_url: DatabaseUrl
    public_keys: (
        PublicKeys  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    )
    hold_days: Annotated[int, _is_offered] = 0  # from its payment until an earning is available
    minimum_payout_ore: Annotated[int, at_least(1)] = 1
    payout_second_approver_above_ore: Annotated[int, at_least(0)] = 5_000_000  # net of VAT
    # who pays, as it stands on settlement notes: who sells, and so by the words that billing has
    seller_name: Annotated[str, some]
    seller_organization_number: Annotated[str, orgnr.validate]  # nine digits
    seller_address: Annotated[str, some]  # its lines

    accounts: Numbers = "{}"

    TOGETHER: ClassVar = (*BlobSettings.TOGETHER, *MailSettings.TOGETHER)

    def numbers(self) -> Mapping[str, int]:
        """Return the number of each account."""
        return numbers(self.accounts)

    def payer(self) -> Payer:
        """Return who pays."""
        lines = (line.strip() for line in self.seller_address.splitlines())
        return Payer(
            name=self.seller_name.strip(),
            organization_number=orgnr.compact(self.seller_organization_number),
            address=tuple(line for line in lines if line),
        )
