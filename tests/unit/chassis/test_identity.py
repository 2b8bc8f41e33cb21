"""Identity: which tokens are believed, and who may call what."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed448
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import example, given
from hypothesis import strategies as st

from chassis import identity
from chassis.door.tokens import LEEWAY, LIFETIME, AccessTokens, TokenIssuer, new_key_pair
from chassis.errors import Forbidden, Unauthenticated
from chassis.identity import (
    ADMIN,
    ANYONE,
    MEMBER,
    OPEN,
    OWNER,
    SIGNED_IN,
    SYSTEM_ADMIN,
    Actor,
    Permission,
    acted_as,
    behind,
    fresh,
    in_person,
    insiders,
    service_actor,
    services,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORKSPACE, OTHER = UUID(int=1), UUID(int=2)
PRIVATE, PUBLIC = new_key_pair()
STRANGER, STRANGERS_PUBLIC = new_key_pair()
TOKENS = AccessTokens.from_json(json.dumps({"now": PUBLIC}))
PERSON = Actor(
    kind="person",
    id=str(UUID(int=3)),
    workspace_id=WORKSPACE,
    role="admin",
    session_id=UUID(int=4),
    authenticated_at=AT - timedelta(hours=2, microseconds=1),
    amr=("pwd", "otp"),
)
AS_PERSON = replace(PERSON, impersonated_by=UUID(int=7))


def issued(actor: Actor = PERSON, at: datetime = AT) -> str:
    return TokenIssuer("now", PRIVATE).issue(actor, at)


def claims(**changed: Any) -> dict[str, Any]:
    original = jwt.decode(issued(), options={"verify_signature": False})
    return {**original, **changed}


def signed(claims: dict[str, Any], key: str = PRIVATE, **headers: Any) -> str:
    headers = {"kid": "now", "typ": "at+jwt"} | headers
    return jwt.api_jws.encode(json.dumps(claims).encode(), key, "EdDSA", headers=headers)


def refused(token: Any, at: datetime = AT) -> str:
    with pytest.raises(Unauthenticated) as caught:
        TOKENS.actor(token, at)
    return caught.value.code


@pytest.mark.parametrize(
    "actor",
    [
        PERSON,
        Actor(
            kind="person",
            id=str(UUID(int=5)),
            is_system_admin=True,
            session_id=UUID(int=6),
            impersonated_by=UUID(int=7),
            amr=("pwd",),
        ),
    ],
)
def test_an_issued_token_speaks_for_whom_it_was_issued(actor: Actor) -> None:
    assert TOKENS.actor(issued(actor), AT) == actor


@pytest.mark.parametrize("microsecond", [1, 3, 333_333, 500_001, 999_999])
def test_when_somebody_showed_who_they_are_is_exact_to_the_microsecond(microsecond: int) -> None:
    since = AT.replace(microsecond=microsecond)
    assert TOKENS.actor(issued(replace(PERSON, authenticated_at=since)), AT) == replace(
        PERSON, authenticated_at=since
    )


@pytest.mark.parametrize(
    "actor,caller,impersonated",
    [
        (PERSON, f"person:{UUID(int=3)}", None),
        (AS_PERSON, f"person:{UUID(int=7)} as {UUID(int=3)}", str(UUID(int=3))),
        (service_actor("media"), "service:media", None),
        (ANYONE, "anyone:anonymous", None),
    ],
)
def test_a_caller_as_text(actor: Actor, caller: str, impersonated: str | None) -> None:
    assert str(actor) == caller
    assert acted_as(caller) == impersonated
    assert actor.impersonation == (UUID(int=4) if impersonated else None)


@pytest.mark.parametrize(
    "actor,on_behalf_of,then",
    [
        ("person:a", None, "person:a"),
        ("person:a as b", None, "person:a as b"),
        ("anyone:anonymous", None, "anyone:anonymous"),
        ("service:media", "person:a as b", "person:a as b"),
        ("service:media", None, None),
        ("service:operator", None, None),
        (None, None, None),  # parked before this was noted
    ],
)
def test_on_whose_behalf_a_service_goes_on(
    actor: str | None, on_behalf_of: str | None, then: str | None
) -> None:
    assert behind(actor, on_behalf_of) == then


def test_a_token_lives_300_seconds() -> None:
    assert timedelta(seconds=300) == LIFETIME
    last_moment = AT + LIFETIME - timedelta(milliseconds=1)
    assert TOKENS.actor(issued(), last_moment) == PERSON
    assert refused(issued(), AT + LIFETIME) == "chassis.token_expired"


@given(st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)))
@example(datetime(2033, 5, 18, 3, 33, 19, 999_999))
@example(datetime(2038, 1, 19, 3, 14, 8, 1))
@example(datetime(2099, 12, 31, 23, 59, 59, 999_999))
def test_a_token_says_when_it_was_issued_and_ends_to_the_microsecond(written: datetime) -> None:
    at, tick = written.replace(tzinfo=UTC), timedelta(microseconds=1)
    token = issued(at=at)
    assert TOKENS.actor(token, at + LIFETIME - tick).issued_at == at
    assert refused(token, at + LIFETIME) == "chassis.token_expired"
    assert TOKENS.actor(token, at - LEEWAY).issued_at == at
    assert refused(token, at - LEEWAY - tick) == "chassis.token_invalid"


def test_a_token_of_whole_seconds_is_read_as_well() -> None:
    whole = signed(claims(iat=int(AT.timestamp()), exp=int((AT + LIFETIME).timestamp())))
    assert TOKENS.actor(whole, AT).issued_at == AT


def test_a_token_from_the_future_is_not_believed_beyond_the_clocks_leeway() -> None:
    assert TOKENS.actor(issued(), AT - timedelta(seconds=5)) == PERSON
    assert refused(issued(), AT - timedelta(seconds=6)) == "chassis.token_invalid"


def unsigned(token: str) -> str:
    body = token.split(".")[1]
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT","kid":"now"}').rstrip(b"=")
    return f"{header.decode()}.{body}."


def hs256(secret: str) -> str:
    """A token signed symmetrically with the public key as its secret."""
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"now"}').rstrip(b"=")
    body = base64.urlsafe_b64encode(json.dumps(claims()).encode()).rstrip(b"=")
    message = header + b"." + body
    signature = jwt.get_algorithm_by_name("HS256").sign(message, secret.encode())
    return (message + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def tampered(token: str) -> str:
    head, _, signature = token.split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims(adm=True)).encode()).rstrip(b"=")
    return f"{head}.{body.decode()}.{signature}"


@pytest.mark.parametrize(
    "forge",
    [
        lambda: signed(claims(), STRANGER),
        lambda: signed(claims(), STRANGER, kid="stranger"),
        lambda: jwt.encode(claims(), PRIVATE, "EdDSA", headers={"typ": "at+jwt"}),
        lambda: signed(claims(), typ="JWT"),  # another token of the same keys, an ID token say
        lambda: signed(claims(), typ=None),
        lambda: signed(claims(), typ=["at+jwt"]),
        lambda: signed(claims(aud="someone-else")),
        lambda: signed(claims(iss="someone-else")),
        lambda: base64.urlsafe_b64encode(b"[" * 20_000).decode() + ".e30.AAAA",
        lambda: unsigned(issued()),
        lambda: hs256(PUBLIC),
        lambda: tampered(issued()),
        lambda: issued()[:-4] + "AAAA",
        lambda: issued() + "x",
        lambda: "",
        lambda: "a.b.c",
        lambda: "ø" * 40,
        lambda: "x" * 100_000,
        lambda: "\ud800.b.c",  # half a character, as JSON can bring it
        lambda: "a.b.\x00",
        lambda: {"token": issued()},
        lambda: 7,
        lambda: b"bytes",
    ],
)
def test_a_forged_token_is_not_believed(forge: Callable[[], Any]) -> None:
    assert refused(forge()) == "chassis.token_invalid"


WRONG: tuple[Any, ...] = (
    *(None, True, 0, 5, -1, 1.5, 10**400, 1e308, -1e308, float("nan"), float("inf")),
    *("", "x", "\x00", "\ud800", "1", "9" * 400, [], [None], ["x"], [[]], {}, {"a": 1}),
)


def test_no_claim_may_lack() -> None:
    for name in claims():
        lacking = {each: value for each, value in claims().items() if each != name}
        assert refused(signed(lacking)) == "chassis.token_invalid", name


def test_a_claim_of_another_type_is_refused_and_never_a_bug() -> None:
    """Whoever is let in by such a token can be asked what the door asks of an actor."""
    for name in claims():
        for wrong in WRONG:
            try:
                actor = TOKENS.actor(signed(claims(**{name: wrong})), AT)
            except Unauthenticated as refusal:
                assert refusal.code in ("chassis.token_invalid", "chassis.token_expired")
                continue
            assert isinstance(actor.user_id, UUID) and isinstance(actor.session_id, UUID)
            assert actor.is_system_admin is (name == "adm" and wrong is True)
            forbidden(fresh(ADMIN), actor)


def test_without_a_token_anyone_calls() -> None:
    assert TOKENS.actor(None, AT) is ANYONE


def test_the_next_key_is_believed_beside_the_current_one() -> None:
    both = AccessTokens({"now": PUBLIC, "next": STRANGERS_PUBLIC})
    assert both.actor(TokenIssuer("next", STRANGER).issue(PERSON, AT), AT) == PERSON
    assert both.actor(issued(), AT) == PERSON
    assert [key["kid"] for key in both.jwks()] == ["now", "next"]
    assert all(key["crv"] == "Ed25519" and "d" not in key for key in both.jwks())


MATRIX = {
    "anyone": ANYONE,
    "lonely": Actor(kind="person", id="1"),
    "member": Actor(kind="person", id="1", workspace_id=WORKSPACE, role="member"),
    "admin": Actor(kind="person", id="1", workspace_id=WORKSPACE, role="admin"),
    "owner": Actor(kind="person", id="1", workspace_id=WORKSPACE, role="owner"),
    "stranger": Actor(kind="person", id="1", workspace_id=WORKSPACE, role="superhero"),
    "system admin": Actor(kind="person", id="1", is_system_admin=True),
    "billing": service_actor("billing"),
    "media": service_actor("media"),
}
PEOPLE = {"lonely", "member", "admin", "owner", "stranger", "system admin"}


@pytest.mark.parametrize(
    "permission,allowed",
    [
        (OPEN, PEOPLE | {"anyone"}),
        (SIGNED_IN, PEOPLE),
        (MEMBER, {"member", "admin", "owner", "system admin"}),
        (ADMIN, {"admin", "owner", "system admin"}),
        (OWNER, {"owner", "system admin"}),
        (SYSTEM_ADMIN, {"system admin"}),
        (insiders(MEMBER), {"member", "admin", "owner"}),
        (insiders(OWNER), {"owner"}),
        (services("billing"), {"billing"}),
        (Permission(), set()),
        (
            Permission(role="admin", services=("media",)),
            {"admin", "owner", "system admin", "media"},
        ),
    ],
)
def test_who_may_call_what(permission: Permission, allowed: set[str]) -> None:
    assert {name for name, actor in MATRIX.items() if permission.allows(actor)} == allowed


def test_who_is_not_signed_in_is_told_another_thing_than_who_may_not() -> None:
    with pytest.raises(Unauthenticated) as unknown:
        ADMIN.check(ANYONE, "pay", AT)
    assert unknown.value.code == "chassis.token_required"
    for name in ("member", "billing"):
        with pytest.raises(Forbidden) as caught:
            ADMIN.check(MATRIX[name], "pay", AT)
        assert caught.value.code == "chassis.not_allowed"
    ADMIN.check(MATRIX["owner"], "pay", AT)


def forbidden(permission: Permission, actor: Actor) -> str | None:
    try:
        permission.check(actor, "pay", AT)
    except Forbidden as refusal:
        return refusal.code
    return None


@pytest.mark.asvs("7.5.1")
@pytest.mark.parametrize(
    "age,code",
    [
        (timedelta(), None),
        (timedelta(minutes=10), None),
        (timedelta(minutes=10, microseconds=1), "auth.reauthentication_required"),
        (timedelta(minutes=10, seconds=1), "auth.reauthentication_required"),
        (None, "auth.reauthentication_required"),
    ],
)
def test_what_is_fresh_is_done_within_10_minutes_of_showing_who_one_is(
    age: timedelta | None, code: str | None
) -> None:
    since = AT - age if age is not None else None
    actor = replace(PERSON, authenticated_at=since)
    assert forbidden(fresh(ADMIN), actor) == code
    assert forbidden(fresh(in_person(SYSTEM_ADMIN)), replace(actor, is_system_admin=True)) == code
    assert forbidden(ADMIN, actor) is None


def test_what_is_done_in_person_is_refused_to_an_admin_who_acts_as_somebody() -> None:
    assert forbidden(in_person(ADMIN), AS_PERSON) == "auth.not_while_impersonating"
    assert forbidden(fresh(in_person(ADMIN)), AS_PERSON) == "auth.not_while_impersonating"
    assert forbidden(in_person(ADMIN), PERSON) is None
    assert forbidden(ADMIN, AS_PERSON) is None


def test_a_system_admin_acts_in_a_workspace_as_one_of_its_people_only() -> None:
    admin = replace(MATRIX["system admin"], workspace_id=WORKSPACE)
    assert forbidden(insiders(MEMBER), admin) == "auth.impersonation_required"
    assert forbidden(insiders(MEMBER), MATRIX["lonely"]) == "chassis.not_allowed"
    for within in (replace(admin, role="member"), AS_PERSON):
        assert forbidden(insiders(MEMBER), within) is None


def test_the_role_is_asked_first_and_a_service_is_asked_neither() -> None:
    for permission in (fresh(OWNER), in_person(OWNER)):
        assert forbidden(permission, AS_PERSON) == "chassis.not_allowed"
    both = fresh(in_person(services("billing")))
    assert forbidden(both, MATRIX["billing"]) is None
    assert forbidden(both, MATRIX["media"]) == "chassis.not_allowed"


@pytest.mark.parametrize(
    "actor,own,other,nobodys",
    [
        (MATRIX["member"], True, False, False),
        (MATRIX["lonely"], False, False, False),
        (MATRIX["system admin"], True, True, True),
        (MATRIX["billing"], True, True, True),
    ],
)
def test_what_exists_for_whom(actor: Actor, own: bool, other: bool, nobodys: bool) -> None:
    assert (actor.sees(WORKSPACE), actor.sees(OTHER), actor.sees(None)) == (own, other, nobodys)


@pytest.mark.parametrize("by", [None, UUID(int=7)])
@pytest.mark.parametrize("workspace_id", [None, OTHER])
def test_what_is_ones_own_exists_wherever_one_belongs(
    workspace_id: UUID | None, by: UUID | None
) -> None:
    person = replace(PERSON, workspace_id=workspace_id, impersonated_by=by)
    assert person.sees(WORKSPACE, person.user_id)
    assert person.sees(None, person.user_id)
    for another in (None, by, UUID(int=8)):
        assert not person.sees(WORKSPACE, another)


def test_only_ed25519_keys_are_used() -> None:
    key = ed448.Ed448PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(TypeError):
        TokenIssuer("now", private)
    with pytest.raises(TypeError):
        AccessTokens({"now": public.decode()})


def test_roles_are_ranked() -> None:
    assert identity.ROLES == ("member", "admin", "owner")
