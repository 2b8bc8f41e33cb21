"""The requests affiliate accepts: the contracts' fields, with the rules that hold at the door."""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from marshmallow import ValidationError, pre_load
from marshmallow.validate import Length, OneOf, Range
from stdnum.exceptions import ValidationError as NumberInvalid
from stdnum.no import kontonr, orgnr

from chassis.codec import request
from chassis.unit import feed
from chassis.unit.pages import LIMIT
from contracts import affiliate

ACCOUNT_DIGITS = 11
STATUSES = ("pending", "paid_out")
PAYOUT_STATES = ("created", "approved", "confirmed", "failed", "cancelled")


def text(most: int) -> Any:
    """Return the rule for what a person writes: not blank, at most `most` characters."""

    def check(value: str | None) -> None:
        if value is not None and not (value.strip() and len(value) <= most):
            raise ValidationError(f"1 to {most} characters.")

    return check


def email(value: str) -> None:
    """Refuse what is no e-mail address."""
    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError("Not an e-mail address.") from None


CreateRelationship = request(
    affiliate.CreateRelationship,
    commission_percent=Range(min=1, max=100),
    notes=Length(max=500),
)
ListEarnings = request(affiliate.ListEarnings, status=OneOf(STATUSES), limit=LIMIT)
ListRelationships = request(affiliate.ListRelationships, limit=LIMIT)
CreatePayout = request(affiliate.CreatePayout)
ApprovePayout = request(affiliate.ApprovePayout)
ConfirmPayout = request(
    affiliate.ConfirmPayout, reference=text(200), supplier_invoice_number=text(100)
)
FailPayout = request(affiliate.FailPayout, reason=Length(max=500))
CancelPayout = request(affiliate.CancelPayout, reason=Length(max=500))
ListPayouts = request(affiliate.ListPayouts, state=OneOf(PAYOUT_STATES), limit=LIMIT)
GetPayout = request(affiliate.GetPayout)
AffiliateStats = request(affiliate.AffiliateStats)
EventsRead = request(feed.EventsRead)
Describe = request(feed.Describe)


class SetPayoutDetails(
    request(  # type: ignore[misc]
        affiliate.SetPayoutDetails, legal_name=text(200), invoice_email=email
    )
):
    """Brings both numbers to bare digits and refuses what MOD11 refuses."""

    @pre_load
    def normalize(self, data: Any, **_: Any) -> Any:
        """Return the request with nine digits of organisation number and eleven of account."""
        if not isinstance(data, dict):
            return data
        bare = {"organization_number": _organization_number, "account": _account}
        wrong, digits = {}, {}
        for field, read in bare.items():
            if isinstance(data.get(field), str):
                try:
                    digits[field] = read(data[field])
                except NumberInvalid:
                    wrong[field] = ["Not a valid number."]
        if wrong:
            raise ValidationError(wrong)
        return {**data, **digits}


def _organization_number(written: str) -> str:
    return str(orgnr.validate(written.upper().removeprefix("NO").strip().removesuffix("MVA")))


def _account(written: str) -> str:
    digits = str(kontonr.validate(written))
    if len(digits) != ACCOUNT_DIGITS:  # the old postal giro's seven know no MOD11
        raise NumberInvalid()
    return digits
