"""Rules that the arguments of several services have in common, each with one meaning.

A rule raises marshmallow's `ValidationError`; the door tells the caller which field is at fault.
Its `Size` comes first: what is longer reaches no parser.
"""

import re
import unicodedata

import idna
from email_validator import EmailNotValidError, validate_email
from marshmallow import ValidationError
from stdnum.exceptions import ValidationError as NumberInvalid
from stdnum.no import kontonr, orgnr

from chassis.bounds import Size
from chassis.marshalling import Form, Rule

ACCOUNT_DIGITS = 11
NOBODYS = "000000000"  # fits MOD11, and is what is typed to get past a field
# What moves the words beside it: a line's end, a terminal's command, the direction of writing.
# Signs that show nothing may stand between others: Persian and Malayalam are written with them.
_UNRULY = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
)
NOT_ON_A_LINE = re.compile(f"[\t\n\r{_UNRULY}]")
NOT_IN_LINES = re.compile(f"[{_UNRULY}]")
UNRULY = "Holds a control character, or one that turns the text around."
FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a sign by their category, shown as nothing
EMAIL_CHARACTERS = 254  # RFC 5321's path, without its brackets


def text(most: int) -> tuple[Rule, ...]:
    """Return the rule of a line that a person writes, a name or a title: 1 to `most` characters.

    None of them is a control character or changes the direction of writing, and one at least is
    seen.
    """
    return Size(most, least=1), _seen, _on_a_line


def line(most: int) -> tuple[Rule, ...]:
    """Return the rule of a line that may be empty."""
    return Size(most), _on_a_line


def lines(most: int) -> tuple[Rule, ...]:
    """Return the rule of a text of any lines, which may be empty."""
    return Size(most), _in_lines


def fits(value: str, most: int) -> bool:
    """Return whether `text(most)` lets it through: for texts within a value."""
    return len(value) <= most and not NOT_ON_A_LINE.search(value) and _is_seen(value)


def fits_lines(value: str, most: int) -> bool:
    """Return whether `lines(most)` lets it through: for texts within a value."""
    return len(value) <= most and not NOT_IN_LINES.search(value)


def _seen(value: str) -> None:
    if not _is_seen(value):
        raise ValidationError("Blank.")


def _on_a_line(value: str) -> None:
    if NOT_ON_A_LINE.search(value):
        raise ValidationError(UNRULY)


def _in_lines(value: str) -> None:
    if NOT_IN_LINES.search(value):
        raise ValidationError(UNRULY)


def _is_seen(value: str) -> bool:
    """Return whether some character shows: no blank, mark, control or filler."""
    return any(unicodedata.category(each)[0] not in "ZCM" and each not in FILLERS for each in value)


def email(written: str) -> str:
    """Return an e-mail address as it is kept, shown and mailed to: as written, in NFC.

    Its domain is what IDNA 2008 makes of it. What NFKC would change is refused: it would pass for
    another address. Whether anybody has it is not asked.
    """
    given = unicodedata.normalize("NFC", written.strip())
    try:
        found = validate_email(given, check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError("Not an e-mail address.") from None
    if unicodedata.normalize("NFKC", given) != given:
        raise ValidationError("Not an e-mail address.")
    return found.normalized


def folded(address: str) -> str:
    """Return the form by which addresses that `email` returned are told apart.

    No mail goes there: casefold() makes weiß and weiss one, which are two mailboxes.
    """
    local, _, domain = address.rpartition("@")
    caseless = unicodedata.normalize("NFC", unicodedata.normalize("NFD", local).casefold())
    return f"{caseless}@{idna.encode(domain).decode('ascii')}"


def organization_number(written: str) -> str:
    """Return the nine digits of a number with spaces, 'NO' before or 'MVA' behind (MOD11)."""
    try:
        digits = str(orgnr.validate(written.upper().removeprefix("NO").strip().removesuffix("MVA")))
    except NumberInvalid:
        raise ValidationError("Not a valid number.") from None
    if digits == NOBODYS:
        raise ValidationError("Not a valid number.")
    return digits


def is_organization_number(digits: str) -> bool:
    """Return whether these nine digits are an organisation number (MOD11)."""
    return bool(orgnr.is_valid(digits)) and orgnr.compact(digits) != NOBODYS


def account(written: str) -> str:
    """Return the eleven digits of a Norwegian bank account (MOD11)."""
    try:
        digits = str(kontonr.validate(written))
    except NumberInvalid:
        raise ValidationError("Not a valid number.") from None
    if len(digits) != ACCOUNT_DIGITS:  # the old postal giro's seven know no MOD11
        raise ValidationError("Not a valid number.")
    return digits


_NUMBER = Size(40)  # with all its spaces
EMAIL = (Size(EMAIL_CHARACTERS), Form(email))
ORGANIZATION_NUMBER = (_NUMBER, Form(organization_number))
ACCOUNT = (_NUMBER, Form(account))
