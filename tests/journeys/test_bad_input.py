"""What every RPC method says to bad input: the right class and code, and nothing is stored."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from chassis import ids
from chassis.edge import Caller, Method
from chassis.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Rejected,
    Unauthenticated,
)
from chassis.identity import Actor, Permission, TokenIssuer
from demo.main_job import Outcome
from demo.people import Person
from embedded.direct import DirectPort
from embedded.keys import SERVICES, keys
from embedded.suite import FACADES, Suite
from journeys.requests_of_the_main_job import requests

METHODS = [
    (service, name)
    for service in SERVICES
    for name in sorted(vars(FACADES[service]))
    if hasattr(getattr(FACADES[service], name), "method")
]
CREATIONS = ("create_project", "create_video")
each_method = pytest.mark.parametrize(("service", "name"), METHODS)


@pytest.fixture(scope="session")
def stranger(suite: Suite, outcome: Outcome) -> Person:
    """The owner of another workspace."""
    person = Person(suite, "stranger@other.example", ids.token())
    person.sign_up("Stranger", "sign up the stranger")
    suite.settle()
    return person


@pytest.fixture
def nothing_stored(suite: Suite, stranger: Person) -> Iterator[None]:
    """Whatever the test calls, no row of any table comes or goes."""
    before = _rows(suite)
    yield
    assert _rows(suite) == before


@each_method
def test_a_good_question_is_answered(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    if _method(service, name).writes:
        return
    try:
        answer = _permitted(suite, service, name).call(name, **requests(outcome)[name])
    except Rejected as refusal:
        assert refusal.code == "billing.card_not_configured"
    else:
        assert isinstance(answer, dict)


def test_a_system_admin_is_a_user_without_a_workspace(suite: Suite, outcome: Outcome) -> None:
    assert suite.call("auth", "me", _token(suite, admin=True))["workspace_id"] is None


@each_method
def test_an_unknown_argument_is_invalid(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        _permitted(suite, service, name).call(name, **_key(service, name), no_such_argument=1)

    assert refusal.value.code == "chassis.invalid_argument"
    assert refusal.value.details["fields"]["no_such_argument"] == ["Unknown field."]


@each_method
def test_a_missing_argument_is_invalid(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    required = [field for field, each in _fields(service, name).items() if each.required]
    for field in required:
        given = {k: v for k, v in requests(outcome)[name].items() if k != field}
        with pytest.raises(Invalid) as refusal:
            _permitted(suite, service, name).call(name, **_key(service, name), **given)
        assert field in refusal.value.details["fields"]


@each_method
def test_an_argument_of_the_wrong_type_is_invalid(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    port, valid = _permitted(suite, service, name), requests(outcome)[name]
    for field in _fields(service, name):
        for wrong in ({"not": "this"}, 1.5, "\x00", "x" * 20_000):
            given = {**valid, field: wrong}
            with pytest.raises((Invalid, Rejected)) as refusal:
                port.call(name, **_key(service, name), **given)
            if isinstance(refusal.value, Invalid):
                assert field in refusal.value.details["fields"], (field, wrong)
            else:
                assert isinstance(wrong, str)  # of the right type, and no word that is known


@each_method
def test_negative_money_and_money_in_a_float_are_invalid(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    port, valid = _permitted(suite, service, name), requests(outcome)[name]
    for field in _fields(service, name):
        if not field.endswith(("_ore", "_cents")):
            continue
        for wrong in (-1, 100.0, "100", True):
            with pytest.raises(Invalid) as refusal:
                port.call(name, **_key(service, name), **{**valid, field: wrong})
            assert field in refusal.value.details["fields"], (field, wrong)


@each_method
def test_without_a_token_only_open_methods_answer(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    if _permission(suite, service, name).open:
        return
    for token in (None, "", "no.token.atall", _token(suite, expired=True)):
        with pytest.raises(Unauthenticated):
            suite.call(service, name, token, **_key(service, name), **requests(outcome)[name])


def test_an_expired_token_is_told_apart(suite: Suite, nothing_stored: None) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        suite.call("auth", "me", _token(suite, expired=True))

    assert refusal.value.code == "chassis.token_expired"


@each_method
def test_who_may_not_call_is_told_so(
    suite: Suite, outcome: Outcome, stranger: Person, nothing_stored: None, service: str, name: str
) -> None:
    permission = _permission(suite, service, name)
    if permission.open or permission.person or permission.role:
        return
    with pytest.raises(Forbidden) as refusal:
        stranger.call(service, name, **_key(service, name), **requests(outcome)[name])

    assert refusal.value.code == "chassis.not_allowed"


@each_method
def test_what_belongs_to_others_does_not_exist(
    suite: Suite, outcome: Outcome, stranger: Person, nothing_stored: None, service: str, name: str
) -> None:
    permission = _permission(suite, service, name)
    theirs = requests(outcome)[name]
    if not (permission.person or permission.role) or not _identities(theirs):
        return
    with pytest.raises(NotFound) as refusal:
        stranger.call(service, name, **_key(service, name), **theirs)
    if name in CREATIONS:
        return  # an id of nobody's is free to be taken
    nobodys = {k: str(uuid4()) if k in _identities(theirs) else v for k, v in theirs.items()}
    with pytest.raises(NotFound) as same_refusal:
        stranger.call(service, name, **_key(service, name), **nobodys)

    assert str(refusal.value) == str(same_refusal.value)


@each_method
def test_a_method_that_must_not_run_twice_wants_a_key(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    if not _method(service, name).key_required:
        return
    with pytest.raises(Invalid) as refusal:
        _permitted(suite, service, name).call(name, **requests(outcome)[name])

    assert refusal.value.code == "chassis.idempotency_key_required"


@each_method
def test_a_command_on_another_version_is_a_conflict_or_refused(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    if not _method(service, name).writes or _permission(suite, service, name).open:
        return
    with pytest.raises((Conflict, Rejected, NotFound, Invalid)):
        _permitted(suite, service, name).call(
            name, **_key(service, name), **requests(outcome)[name], expected_version=999
        )


def test_every_method_has_a_request_to_spoil(outcome: Outcome) -> None:
    assert {name for _, name in METHODS} <= set(requests(outcome))


def _permitted(suite: Suite, service: str, name: str) -> DirectPort:
    """Return a port whose caller may call that method."""
    permission = _permission(suite, service, name)
    if permission.open:
        caller = Caller()
    elif permission.services:
        caller = Caller(service=permission.services[0])
    else:
        admin = permission.system_admin or name == "list_earnings"  # the customer has none
        caller = Caller(auth_token=_token(suite, admin=admin))
    return DirectPort(
        facade=FACADES[service], door=lambda: suite.parts[service].door, caller=caller
    )


def _token(suite: Suite, *, admin: bool = False, expired: bool = False) -> str:
    """Return an access token for the customer's owner, or for the system admin."""
    made = keys(suite.data_dir)
    email = "admin@ai-studio.example" if admin else "kari@buyer.example"
    row = suite.sql("auth", f"select * from \"user\" where email = '{email}'")[0]
    actor = Actor(
        kind="person",
        id=row["id"],
        workspace_id=UUID(row["workspace_id"]) if row["workspace_id"] else None,
        role=None if admin else row["role"],
        is_system_admin=admin,
        session_id=uuid4(),
    )
    at = ids.now() - timedelta(hours=1 if expired else 0)
    return TokenIssuer("1", made["signing_key"]).issue(actor, at, at)


def _method(service: str, name: str) -> Method:
    method: Method = getattr(FACADES[service], name).method
    return method


def _fields(service: str, name: str) -> dict[str, Any]:
    return dict(_method(service, name).request.fields)


def _permission(suite: Suite, service: str, name: str) -> Permission:
    return suite.parts[service].door.permissions[name]


def _key(service: str, name: str) -> dict[str, str]:
    return {"idempotency_key": str(uuid4())} if _method(service, name).key_required else {}


def _identities(arguments: dict[str, Any]) -> list[str]:
    return [field for field, each in arguments.items() if field.endswith("_id") and each]


def _rows(suite: Suite) -> dict[str, int]:
    """Return how many rows each table of each service has."""
    counted = {}
    for service, parts in suite.parts.items():
        with parts.app.engine.connect() as connection:
            tables = connection.execute(_TABLES).scalars().all()
            each = [
                f"select '{service}.{table}', count(*) from \"{table}\" {_OF_CALLS.get(table, '')}"
                for table in tables
            ]
            rows = connection.execute(text(" union all ".join(each))).all()
            counted.update({name: count for name, count in rows})
    return counted


_TABLES = text("select table_name from information_schema.tables where table_schema = 'public'")

# what comes round by itself comes from no call
_OF_CALLS = {"jobs": "where kind not like 'schedule:%'"}
