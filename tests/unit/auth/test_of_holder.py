"""What a call is named by that a token and a password make: it stands beside events for good."""

from datetime import UTC, datetime
from uuid import UUID

from auth.acts.sessions import of_holder
from auth.secret_keys import SecretKeys, new_key
from chassis import ids
from chassis.identity import ANYONE
from chassis.unit.calls import Call

CALL = Call(id=ids.ROOT, at=datetime(2026, 3, 1, tzinfo=UTC), actor=ANYONE, correlation_id="a call")


def named(keys: SecretKeys, code: str, password: str) -> UUID:
    return of_holder(keys, CALL, code, password).id


def test_nobody_finds_a_password_by_it_who_does_not_have_the_services_keys() -> None:
    ours, others = SecretKeys(new_key()), SecretKeys(new_key())
    once, again = (named(ours, "123456", "a password") for _ in range(2))
    assert once == again
    assert named(others, "123456", "a password") != once
    assert named(ours, "123456", "another one") != once
