"""Nobody forgets to mark a secret: what is called like one is marked as one, or excepted here."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import contracts
from auth.permissions import PERMISSIONS
from chassis import every_service
from chassis.asked import Asked, Command, Page, pseudonymous_fields, replied
from chassis.domain import sensitive, value

ASKED_PARTS, ASKED_NAMES = ("password", "token", "secret"), ("code", "ip", "user_agent")
REPLIED_PARTS = ("token", "secret", "recovery", "otpauth")
# What is called like a secret and is none, and why.
EXCEPTED = {  # by the field's name
    "trigger_access_token": "a column of the seed's that nothing fills: always null",
}

Found = tuple[type[Any], str, bool]  # a value, a field of it, whether that is marked


def requests() -> list[type[Asked[Any]]]:
    """Return everything that a service is asked."""
    names = [each.name for each in walk_packages(contracts.__path__, "contracts.")]
    modules = [every_service, *map(import_module, names)]
    return [
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Asked) and each.__module__ == module.__name__
    ]


def named(type_: Any) -> Iterator[Found]:
    """Yield the fields of a value and of the values in it, however deep."""
    for argument in get_args(type_):
        yield from named(argument)
    cls = get_origin(type_) or type_
    if isinstance(cls, type) and is_dataclass(cls):
        hints = get_type_hints(cls)
        for each in fields(cls):
            yield cls, each.name, bool(each.metadata.get("sensitive"))
            yield from named(hints[each.name])


def unmarked_in_request(asked: type[Asked[Any]]) -> list[str]:
    """Return what should be marked; of a value in it nothing is kept out of logs and digests."""
    return [
        f"{cls.__name__}.{name}"
        for cls, name, marked in named(asked)
        if any(each in name for each in ASKED_PARTS) or name in ASKED_NAMES
        if not marked or cls is not asked
    ]


def unmarked_in_reply(reply: type[Any]) -> list[str]:
    """Return what should be marked, so that it is stored as null for a repeat."""
    return [
        f"{cls.__name__}.{name}"
        for cls, name, marked in named(reply)
        if any(each in name for each in REPLIED_PARTS) and not marked
    ]


def offending(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return by request what is not excepted."""
    left = {
        name: [each for each in all_ if _field(each) not in EXCEPTED]
        for name, all_ in found.items()
    }
    return {name: each for name, each in left.items() if each}


def _field(place: str) -> str:
    return place.rpartition(".")[2]


def test_what_is_called_like_a_secret_in_a_request_is_marked() -> None:
    assert len(requests()) > 50
    assert offending({each.__name__: unmarked_in_request(each) for each in requests()}) == {}


def test_what_is_called_like_a_secret_in_a_reply_is_marked() -> None:
    found = {each.__name__: unmarked_in_reply(replied(each)) for each in requests()}
    assert offending(found) == {}


def test_an_address_that_a_stranger_names_stands_in_the_log_as_a_keyed_hash() -> None:
    asked = {each.__name__: each for each in requests()}
    by_strangers = [
        asked["".join(part.capitalize() for part in method.split("_"))]
        for method, permission in PERMISSIONS.items()
        if permission.open
    ]
    with_address = {each for each in by_strangers if "email" in get_type_hints(each)}
    assert {"SignIn", "SignUp"} <= {each.__name__ for each in with_address}
    unmarked = [each.__name__ for each in with_address if "email" not in pseudonymous_fields(each)]
    assert unmarked == []


def test_every_exception_is_needed() -> None:
    places = [
        place
        for each in requests()
        for place in (*unmarked_in_request(each), *unmarked_in_reply(replied(each)))
    ]
    assert set(EXCEPTED) <= set(map(_field, places))


@value
class Proof:
    code: str = sensitive()


@value
class Codes:
    id: UUID
    recovery_codes: tuple[str, ...]


@value
class Reset:
    reset_token: str | None
    shown: str | None = sensitive()
    codes: tuple[Codes, ...]
    again: Page[Codes] | None


@value
class ChangePassword(Command[Reset]):
    password: str = sensitive()
    new_password: str
    user_agent: str
    postal_code: str  # 'code' is a whole name
    proof: Proof | None = None


def test_the_law_itself() -> None:
    planted = ["ChangePassword.new_password", "ChangePassword.user_agent", "Proof.code"]
    assert sorted(unmarked_in_request(ChangePassword)) == planted
    codes = "Codes.recovery_codes"
    assert sorted(unmarked_in_reply(Reset)) == [codes, codes, "Reset.reset_token"]
