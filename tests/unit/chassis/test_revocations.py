"""Revocations: which events of auth revoke what, and what every service does about them."""

from dataclasses import fields

import pytest

from chassis.codec import snake
from chassis.door import revocations
from contracts.auth import events as auth


@pytest.mark.parametrize("contract,kind", auth.REVOKES.items())
def test_what_revokes_says_whom(contract: type, kind: str) -> None:
    assert f"{kind}_id" in {field.name for field in fields(contract)}
    assert contract in auth.PUBLISHES


def test_each_of_them_is_heard_of_auth() -> None:
    heard = revocations.reactions(auth.REVOKES)
    assert {each.source for each in heard} == {"auth"}
    assert {snake(each.hears.__name__) for each in heard} == {"user_banned", "session_revoked"}


def test_they_are_heard_beside_the_services_ordinary_work() -> None:
    assert revocations.consumer_name("billing") == "billing.revocations"
