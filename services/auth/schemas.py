"""The requests auth accepts: the contracts' fields, with the rules that hold at the door."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email
from marshmallow import ValidationError, post_load, pre_load
from marshmallow.validate import Length, Range, Regexp
from stdnum.exceptions import ValidationError as NumberInvalid
from stdnum.no import orgnr

from chassis.codec import request
from chassis.unit import feed, pages
from contracts import auth

TEXT = (Length(min=1, max=200), Regexp(r"\s*\S", error="All blank."))
COUNTRY = re.compile("[A-Z]{2}")  # ISO 3166-1
PASSWORD = (Length(min=8, max=128),)
BY_A_CALENDAR = Range(max=datetime(9999, 1, 1, tzinfo=UTC))  # in whatever zone it is written


def canonical(address: str) -> str:
    """Return the form in which an e-mail address is kept and compared (rule A8)."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def email(value: str | None) -> None:
    """Refuse what is no e-mail address."""
    if value is None:
        return
    try:
        validate_email(canonical(value), check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError("Not an e-mail address.") from None


def address(value: auth.BillingAddress | None) -> None:
    """Refuse what does not fit on a sales document."""
    if value is None:
        return
    texts = {"street": value.street, "postal_code": value.postal_code, "city": value.city}
    wrong = {name: ["1 to 100 characters."] for name, text in texts.items() if not _fits(text)}
    if not COUNTRY.fullmatch(value.country):
        wrong["country"] = ["Two capital letters."]
    if wrong:
        raise ValidationError(wrong)


def _fits(text: str) -> bool:
    return bool(text.strip()) and len(text) <= 100


SignUp = request(auth.SignUp, name=TEXT, email=email, password=PASSWORD)
VerifyEmail = request(auth.VerifyEmail, token=Length(min=1, max=100))
SignIn = request(
    auth.SignIn,
    email=Length(max=320),
    password=Length(max=128),
    ip=Length(max=45),  # the longest IPv6 address
    user_agent=Length(max=1_000),
)
Authenticate = request(auth.Authenticate, session_token=Length(min=1, max=100))
SetInvoiceEligibility = request(auth.SetInvoiceEligibility, reason=TEXT)
SignOut = request(auth.SignOut)
RevokeSession = request(auth.RevokeSession)
RevokeOtherSessions = request(auth.RevokeOtherSessions)
BanUser = request(auth.BanUser, reason=TEXT, expires_at=BY_A_CALENDAR)
UnbanUser = request(auth.UnbanUser)
ListSessions = request(
    auth.ListSessions, limit=pages.LIMIT, cursor=Length(min=1, max=pages.CURSOR_MAX)
)
Me = request(auth.Me)
GetWorkspace = request(auth.GetWorkspace)
PublicKeys = request(auth.PublicKeys)
GetBillingProfile = request(auth.GetBillingProfile)
EventsRead = request(feed.EventsRead)
Describe = request(feed.Describe)


class UpdateWorkspace(
    request(  # type: ignore[misc]
        auth.UpdateWorkspace,
        name=TEXT,
        legal_name=TEXT,
        billing_address=address,
        invoice_email=email,
        contact_email=email,
        contact_person=TEXT,
        invoice_reference=Length(max=100),
    )
):
    """Loads a dict of the fields that were given: the others stay as they are."""

    def __init__(self) -> None:
        super().__init__(partial=True)

    @pre_load
    def normalize(self, data: Any, **_: Any) -> Any:
        """Bring a number with spaces, 'NO' before or 'MVA' behind to nine digits (MOD11)."""
        number = data.get("organization_number") if isinstance(data, dict) else None
        if not isinstance(number, str):
            return data
        try:
            bare = orgnr.validate(number.upper().removeprefix("NO").strip().removesuffix("MVA"))
        except NumberInvalid:
            raise ValidationError({"organization_number": ["Not a valid number."]}) from None
        return {**data, "organization_number": bare}

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the given fields; only those that may be empty may be null."""
        if data.get("name", "") is None:
            raise ValidationError({"name": ["Field may not be null."]})
        return data
