"""Why a system admin does something to somebody: said in words, for who reads it later."""

from marshmallow import ValidationError

from auth.domain.session import REASON_AT_LEAST


def said(reason: str) -> None:
    """Refuse what says next to nothing: blanks around it do not count."""
    if len(reason.strip()) < REASON_AT_LEAST:
        raise ValidationError(f"At least {REASON_AT_LEAST} characters.")
