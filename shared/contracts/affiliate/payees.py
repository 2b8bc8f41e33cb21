"""Where an affiliate's earnings go."""

from chassis.asked import Command, Written
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
