"""Where an affiliate's earnings go."""

from chassis.asked import Asked, Command, Written
from chassis.domain import value


@value
class SetPayoutDetails(Command[Written]):
    """Say where one's own workspace's earnings go; for its owner.

    Without an organisation number nothing is paid out.
    """

    legal_name: str
    organization_number: str | None
    vat_registered: bool
    account: str
    invoice_email: str


@value
class PayoutDetails:
    """Where a workspace's earnings go; of the account its last four digits. None: not said yet."""

    legal_name: str | None
    organization_number: str | None
    vat_registered: bool
    account: str | None
    invoice_email: str | None
    version: int


@value
class GetPayoutDetails(Asked[PayoutDetails]):
    """Return where one's own workspace's earnings go; for its owner."""
