"""The rows of invitations: who was invited, and what became of it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from auth import claims
from auth.domain.invitation import Accepted, Cancelled, Declined, Invited, Resent, TokenDrawn
from auth.projections import invitations
from chassis.testing.projected import Told, at, kept, projected

INVITATION, OTHER, WORKSPACE, INVITER, INVITEE = (UUID(int=n) for n in range(1, 6))
THEN, LATER = (datetime(2026, 5, day, tzinfo=UTC) for day in (1, 8))

invited = Invited(workspace_id=WORKSPACE, role="admin", invited_by=INVITER, expires_at=THEN)
address = kept(email="Ola@example.com", email_folded="ola@example.com")
STANDS: list[Told] = [(INVITATION, address), (INVITATION, invited)]
ROW = {
    "id": str(INVITATION),
    "email": "Ola@example.com",
    "workspace_id": str(WORKSPACE),
    "role": "admin",
    "token": f"[erased]-{INVITATION}",
    "expires_at": THEN,
    "accepted_at": None,
    "created_at": at(1),
    "state": "pending",
    "email_folded": "ola@example.com",
    "invited_by": str(INVITER),
    "accepted_by": None,
}


def mailed(hashed: str, minute: float, **other: Any) -> dict[str, Any]:
    """Return a token that was mailed for the invitation."""
    row = {"id": hashed, "identifier": "ola@example.com", "value": hashed, "expires_at": THEN}
    row |= {"purpose": "invitation", "subject_id": str(INVITATION), "used_at": None}
    return {**row, "created_at": at(minute), "updated_at": at(minute), **other}


TOKENS = {
    claims.verification: [
        mailed("the first", 2),
        mailed("the latest", 4),
        mailed("of another purpose", 5, purpose="verify_email"),
        mailed("of another invitation", 5, subject_id=str(OTHER)),
    ]
}


def rows(*told: Told) -> list[dict[str, Any]]:
    return projected(invitations.projection, told, beside=TOKENS)


def test_an_invitation_has_a_row_that_no_token_opens_before_one_is_mailed() -> None:
    assert projected(invitations.projection, STANDS) == [ROW]


def test_the_row_shows_the_hash_of_the_token_that_was_mailed_last() -> None:
    assert rows(*STANDS, (INVITATION, TokenDrawn())) == [{**ROW, "token": "the latest"}]


def test_an_invitation_that_is_mailed_again_stands_longer() -> None:
    told = (*STANDS, (INVITATION, Resent(at=THEN, expires_at=LATER)))
    assert projected(invitations.projection, told) == [{**ROW, "expires_at": LATER}]


@pytest.mark.parametrize(
    ("ended", "shown"),
    [
        (
            Accepted(user_id=INVITEE),
            {"state": "accepted", "accepted_at": at(3), "accepted_by": str(INVITEE)},
        ),
        (Declined(), {"state": "declined"}),
        (Cancelled(), {"state": "cancelled"}),
    ],
)
def test_an_invitation_that_has_ended_stays_and_has_no_token(
    ended: Any, shown: dict[str, Any]
) -> None:
    told = (*STANDS, (INVITATION, TokenDrawn()), (INVITATION, ended))
    assert rows(*told) == [{**ROW, **shown}]


def test_whose_address_is_forgotten_reads_as_erased() -> None:
    gone = {"email": "[erased]", "email_folded": "[erased]"}
    assert projected(invitations.projection, [(INVITATION, invited)]) == [{**ROW, **gone}]
