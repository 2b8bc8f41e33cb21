"""What the door asks of auth's requests beyond their types."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError
from marshmallow.validate import Range

from chassis.bounds import Size
from chassis.door import rules
from chassis.marshalling import Form, Rules
from chassis.unit.pages import CURSOR_MAX
from contracts.auth.accounts import SignIn, SignUp, VerifyEmail
from contracts.auth.bans import BanUser
from contracts.auth.sessions import Authenticate, ListSessions
from contracts.auth.workspaces import BillingAddress, SetInvoiceEligibility, UpdateWorkspace

COUNTRY = re.compile("[A-Z]{2}")  # ISO 3166-1
BY_A_CALENDAR = Range(max=datetime(9999, 1, 1, tzinfo=UTC))  # in whatever zone it is written
TOKEN = Size(100, least=1)
PASSWORD = Size(128, least=8)


def account_of(written: str) -> str:
    """Return the folded form of an address; what is none stays as it is, and is nobody's."""
    try:
        return rules.folded(rules.email(written))
    except ValidationError:
        return written


def address(value: BillingAddress) -> None:
    """Refuse what does not fit on a sales document."""
    texts = {"street": value.street, "postal_code": value.postal_code, "city": value.city}
    wrong = {
        name: ["1 to 100 characters, on one line."]
        for name, text in texts.items()
        if not rules.fits(text, 100)
    }
    if not COUNTRY.fullmatch(value.country):
        wrong["country"] = ["Two capital letters."]
    if wrong:
        raise ValidationError(wrong)


RULES: Mapping[type[Any], Rules] = {
    SignUp: {
        "name": rules.text(200),
        "email": rules.EMAIL,
        "password": PASSWORD,
    },
    VerifyEmail: {"token": TOKEN, "password": PASSWORD},
    SignIn: {
        "email": (Size(rules.EMAIL_CHARACTERS), Form(account_of)),
        "password": Size(128),
        "ip": Size(45),  # the longest IPv6 address
        "user_agent": Size(1_000),
    },
    Authenticate: {"session_token": TOKEN},
    ListSessions: {"cursor": Size(CURSOR_MAX, least=1)},
    UpdateWorkspace: {
        "name": rules.text(200),
        "organization_number": rules.ORGANIZATION_NUMBER,
        "legal_name": rules.text(200),
        "billing_address": address,
        "invoice_email": rules.EMAIL,
        "invoice_reference": rules.line(100),
        "contact_email": rules.EMAIL,
        "contact_person": rules.text(200),
    },
    SetInvoiceEligibility: {"reason": rules.text(200)},
    BanUser: {"reason": rules.text(200), "expires_at": BY_A_CALENDAR},
}
