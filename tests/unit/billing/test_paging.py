"""Whose rows a list shows."""

from uuid import UUID

import pytest

from billing.projections.paging import scope
from chassis.errors import NotFound
from chassis.identity import Actor

MINE, OTHER = UUID(int=1), UUID(int=2)


def test_people_list_their_own_workspace_and_system_admins_any() -> None:
    owner = Actor(kind="person", id=str(UUID(int=3)), workspace_id=MINE, role="owner")
    admin = Actor(kind="person", id=str(UUID(int=4)), is_system_admin=True)

    assert scope(owner, None) == scope(owner, MINE) == MINE
    assert scope(admin, None) is None
    assert scope(admin, OTHER) == OTHER
    with pytest.raises(NotFound):
        scope(owner, OTHER)
