"""What a mail's link is opened by: drawn as it is sent, kept as a hash, good for one purpose.

What was drawn for it before stays good.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from auth import claims, verifications
from auth.acts import inviting
from auth.domain import lifetimes
from auth.domain.claims import CLAIM
from auth.kept import digest
from auth.verifications import CodeHash
from chassis import ids
from chassis.unit.deciding import Unit

LIVES: Mapping[str, timedelta] = {
    "change_email": lifetimes.EMAIL_CHANGE,
    "reset_password": lifetimes.RESET,
    "set_password": lifetimes.SET_PASSWORD,
}


def token(unit: Unit, purpose: str, subject: UUID, address: str) -> str:
    """Return a new token that is good for that purpose; its hash is kept with this unit."""
    if purpose == "invitation":
        return inviting.draw(unit, subject)
    at, drawn = unit.call.at, ids.token()
    match purpose:
        case "verify_email":
            claim = claims.find(unit.connection, subject)
            if claim is not None:
                claims.keep_link(unit.connection, claim, drawn, at, at + CLAIM)
        case _:
            until = at + LIVES[purpose]
            unit.execute(verifications.keep(purpose, subject, address, digest(drawn), at, until))
    return drawn


def code(unit: Unit, subject: UUID, address: str, code_hash: CodeHash) -> str:
    """Return a new code, which stands beside the link of a claim."""
    at, drawn = unit.call.at, ids.code()
    until, hashed = at + lifetimes.EMAIL_CODE, code_hash(address, drawn)
    unit.execute(verifications.keep("email_code", subject, address, hashed, at, until))
    return drawn
