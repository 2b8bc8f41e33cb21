"""The door: what a token says of its person is asked of each call, by the service's own clock."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.door.edge import Caller, Door
from chassis.door.tokens import AccessTokens, TokenIssuer, new_key_pair
from chassis.errors import Forbidden
from chassis.identity import (
    MEMBER,
    SIGNED_IN,
    Actor,
    fresh,
    in_person,
    insiders,
    service_actor,
    services,
)
from chassis.testing.heard import NOWHERE
from chassis.unit.handling import App
from integration.stages import boxes

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PRIVATE, PUBLIC = new_key_pair()
DOOR = Door(
    app=App(service=boxes.SERVICE, engine=NOWHERE, clock=lambda: AT),
    tokens=AccessTokens({"1": PUBLIC}),
    permissions={
        "sign": fresh(SIGNED_IN),
        "pay": in_person(SIGNED_IN),
        "change": insiders(MEMBER),
        "look": MEMBER,
        "count": fresh(in_person(services("scales"))),
    },
)


def told(method: str, **of: Any) -> str | None:
    """Return which refusal a person's token is answered with."""
    person = Actor(kind="person", id=str(UUID(int=3)), session_id=UUID(int=4), **of)
    token = TokenIssuer("1", PRIVATE).issue(person, AT)
    try:
        assert DOOR.actor(Caller(auth_token=token), method) == person
    except Forbidden as refusal:
        return refusal.code
    return None


def test_a_method_that_asks_for_a_fresh_authentication_is_refused_after_10_minutes() -> None:
    late = AT - timedelta(minutes=10, seconds=1)
    assert told("sign", authenticated_at=AT - timedelta(minutes=10)) is None
    assert told("sign", authenticated_at=late) == "auth.reauthentication_required"
    assert told("pay", authenticated_at=late) is None


def test_a_method_for_people_in_person_is_refused_with_an_impersonated_token() -> None:
    admin = UUID(int=7)
    assert told("pay", impersonated_by=admin) == "auth.not_while_impersonating"
    assert told("pay") is None
    assert told("sign", impersonated_by=admin, authenticated_at=AT) is None


def test_a_calling_service_is_asked_for_neither() -> None:
    assert DOOR.actor(Caller(service="scales"), "count") == service_actor("scales")
    with pytest.raises(Forbidden, match="not_allowed"):
        DOOR.actor(Caller(service="shop"), "count")


@pytest.mark.parametrize("method,sees", [("change", False), ("look", True)])
def test_where_insiders_act_a_system_admin_sees_what_is_of_their_own_workspace(
    method: str, sees: bool
) -> None:
    admin = Actor(
        kind="person",
        id=str(UUID(int=3)),
        workspace_id=UUID(int=5),
        role="owner",
        is_system_admin=True,
        session_id=UUID(int=4),
    )
    token = TokenIssuer("1", PRIVATE).issue(admin, AT)
    acting = DOOR.actor(Caller(auth_token=token), method)
    assert (acting.sees(UUID(int=5)), acting.sees(UUID(int=6))) == (True, sees)
