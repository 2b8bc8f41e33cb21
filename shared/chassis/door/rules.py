"""Rules that the arguments of several services have in common, each with one meaning.

A rule raises marshmallow's `ValidationError`; the door tells the caller which field is at fault.
"""

from collections.abc import Callable

from email_validator import EmailNotValidError, validate_email
from marshmallow import ValidationError
from stdnum.exceptions import ValidationError as NumberInvalid
from stdnum.no import kontonr, orgnr

from chassis.marshalling import Form

ACCOUNT_DIGITS = 11


def text(most: int) -> Callable[[str], None]:
    """Return the rule for what a person writes: 1 to `most` characters, not all blank."""

    def check(value: str) -> None:
        if not (value.strip() and len(value) <= most):
            raise ValidationError(f"1 to {most} characters, not all blank.")

    return check


def email(value: str) -> None:
    """Refuse what is no e-mail address; whether anybody has it is not asked."""
    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError("Not an e-mail address.") from None


def organization_number(written: str) -> str:
    """Return the nine digits of a number with spaces, 'NO' before or 'MVA' behind (MOD11)."""
    try:
        return str(orgnr.validate(written.upper().removeprefix("NO").strip().removesuffix("MVA")))
    except NumberInvalid:
        raise ValidationError("Not a valid number.") from None


def is_organization_number(digits: str) -> bool:
    """Return whether these nine digits are an organisation number (MOD11)."""
    return bool(orgnr.is_valid(digits))


def account(written: str) -> str:
    """Return the eleven digits of a Norwegian bank account (MOD11)."""
    try:
        digits = str(kontonr.validate(written))
    except NumberInvalid:
        raise ValidationError("Not a valid number.") from None
    if len(digits) != ACCOUNT_DIGITS:  # the old postal giro's seven know no MOD11
        raise ValidationError("Not a valid number.")
    return digits


ORGANIZATION_NUMBER = Form(organization_number)
ACCOUNT = Form(account)
