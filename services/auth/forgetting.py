"""Statements by which what is kept of somebody goes; no event and no replay brings it back."""

from collections.abc import Collection, Iterator
from uuid import UUID

from sqlalchemy import Delete, delete, or_

from auth.attempts import refusal
from auth.claims import verification
from auth.devices import seen_device
from auth.kept import account
from auth.second_factors import recovery_code, totp
from chassis.personal import personal

OWN = (account, totp, recovery_code, seen_device, refusal)  # each a person's, by `user_id`


def of_person(user_id: UUID, addresses: Collection[str]) -> Iterator[Delete]:
    """Yield what forgets a person, who has or had these folded addresses."""
    for table in OWN:
        yield delete(table).where(table.c.user_id == str(user_id))
    mailed = verification.c.identifier.in_(addresses)
    yield delete(verification).where(or_(verification.c.subject_id == str(user_id), mailed))
    yield texts_about(user_id)


def texts_about(subject_id: UUID) -> Delete:
    """Return what forgets the texts about a person or a workspace."""
    return delete(personal).where(personal.c.subject_id == str(subject_id))


def texts_of(row_id: UUID, fields: Collection[str]) -> Delete:
    """Return what forgets some texts of a row."""
    return delete(personal).where(personal.c.row_id == str(row_id), personal.c.field.in_(fields))


def of_invitations(those: Collection[UUID]) -> Iterator[Delete]:
    """Yield what forgets whom these invitations have invited, and what opens them."""
    rows = [str(each) for each in those]
    yield delete(personal).where(personal.c.row_id.in_(rows))
    yield delete(verification).where(verification.c.subject_id.in_(rows))
