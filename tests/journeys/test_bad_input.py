"""What every RPC method says to bad input: the right class and code, and nothing is stored."""

from collections.abc import Iterator
from functools import cache
from uuid import uuid4

import pytest
from sqlalchemy import TextClause, text

from chassis import ids
from chassis.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Rejected,
    Unauthenticated,
)
from demo.main_job import Outcome
from demo.people import Person
from embedded.suite import Suite
from journeys.every_method import (
    METHODS,
    access_token,
    fields_of,
    identities,
    is_money,
    method_of,
    methods,
    permitted,
)
from journeys.requests_of_the_main_job import requests

CREATIONS = ("create_project", "create_video")


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


@methods(of=lambda method, _: not method.writes)
def test_a_good_question_is_answered(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    try:
        answer = permitted(suite, service, name).call(name, **requests(outcome)[name])
    except Rejected as refusal:
        assert refusal.code == "billing.card_not_configured"
    else:
        assert isinstance(answer, dict)


def test_a_system_admin_is_a_user_without_a_workspace(suite: Suite, outcome: Outcome) -> None:
    assert suite.call("auth", "me", access_token(suite, admin=True))["workspace_id"] is None


@methods(of=lambda method, _: True)
def test_an_unknown_argument_is_invalid(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        permitted(suite, service, name).call(name, **_key(service, name), no_such_argument=1)

    assert refusal.value.code == "chassis.invalid_argument"
    assert refusal.value.details["fields"]["no_such_argument"] == ["Unknown field."]


@methods(of=lambda method, _: any(each.required for each in method.request.fields.values()))
def test_a_missing_argument_is_invalid(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    required = [field for field, each in fields_of(service, name).items() if each.required]
    for field in required:
        given = {k: v for k, v in requests(outcome)[name].items() if k != field}
        with pytest.raises(Invalid) as refusal:
            permitted(suite, service, name).call(name, **_key(service, name), **given)
        assert field in refusal.value.details["fields"]


@methods(of=lambda method, _: method.request.fields)
def test_an_argument_of_the_wrong_type_is_invalid(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    port, valid = permitted(suite, service, name), requests(outcome)[name]
    for field in fields_of(service, name):
        for wrong in ({"not": "this"}, 1.5, "\x00", "x" * 20_000):
            given = {**valid, field: wrong}
            with pytest.raises((Invalid, Rejected)) as refusal:
                port.call(name, **_key(service, name), **given)
            if isinstance(refusal.value, Invalid):
                assert field in refusal.value.details["fields"], (field, wrong)
            else:
                assert isinstance(wrong, str)  # of the right type, and no word that is known


@methods(of=lambda method, _: any(map(is_money, method.request.fields)))
def test_negative_money_and_money_in_a_float_are_invalid(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    port, valid = permitted(suite, service, name), requests(outcome)[name]
    for field in filter(is_money, fields_of(service, name)):
        for wrong in (-1, 100.0, "100", True):
            with pytest.raises(Invalid) as refusal:
                port.call(name, **_key(service, name), **{**valid, field: wrong})
            assert field in refusal.value.details["fields"], (field, wrong)


@methods(of=lambda _, permission: not permission.open)
def test_without_a_token_only_open_methods_answer(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    for token in (None, "", "no.token.atall", access_token(suite, expired=True)):
        with pytest.raises(Unauthenticated):
            suite.call(service, name, token, **_key(service, name), **requests(outcome)[name])


def test_an_expired_token_is_told_apart(suite: Suite, nothing_stored: None) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        suite.call("auth", "me", access_token(suite, expired=True))

    assert refusal.value.code == "chassis.token_expired"


@methods(of=lambda _, may: not (may.open or may.person or may.role))
def test_who_may_not_call_is_told_so(
    suite: Suite, outcome: Outcome, stranger: Person, nothing_stored: None, service: str, name: str
) -> None:
    with pytest.raises(Forbidden) as refusal:
        stranger.call(service, name, **_key(service, name), **requests(outcome)[name])

    assert refusal.value.code == "chassis.not_allowed"


@methods(of=lambda method, may: (may.person or may.role) and identities(method.request.fields))
def test_what_belongs_to_others_does_not_exist(
    suite: Suite, outcome: Outcome, stranger: Person, nothing_stored: None, service: str, name: str
) -> None:
    theirs = {k: v for k, v in requests(outcome)[name].items() if v is not None}
    with pytest.raises(NotFound) as refusal:
        stranger.call(service, name, **_key(service, name), **theirs)
    if name in CREATIONS:
        return  # an id of nobody's is free to be taken
    nobodys = {**theirs, **{field: str(uuid4()) for field in identities(theirs)}}
    with pytest.raises(NotFound) as same_refusal:
        stranger.call(service, name, **_key(service, name), **nobodys)

    assert str(refusal.value) == str(same_refusal.value)


@methods(of=lambda method, _: method.key_required)
def test_a_method_that_must_not_run_twice_wants_a_key(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        permitted(suite, service, name).call(name, **requests(outcome)[name])

    assert refusal.value.code == "chassis.idempotency_key_required"


@methods(of=lambda method, permission: method.writes and not permission.open)
def test_a_command_on_another_version_is_a_conflict_or_refused(
    suite: Suite, outcome: Outcome, nothing_stored: None, service: str, name: str
) -> None:
    with pytest.raises((Conflict, Rejected, NotFound, Invalid)):
        permitted(suite, service, name).call(
            name, **_key(service, name), **requests(outcome)[name], expected_version=999
        )


def test_every_method_has_a_request_to_spoil(outcome: Outcome) -> None:
    assert {name for _, name in METHODS} <= set(requests(outcome))


def _key(service: str, name: str) -> dict[str, str]:
    return {"idempotency_key": str(uuid4())} if method_of(service, name).key_required else {}


def _rows(suite: Suite) -> dict[str, int]:
    """Return how many rows each table of each service has."""
    counted = {}
    for service, parts in suite.parts.items():
        rows = parts.app.query(lambda connection: connection.execute(_counting(suite, service)))  # noqa: B023
        counted.update({name: count for name, count in rows})
    return counted


@cache
def _counting(suite: Suite, service: str) -> TextClause:
    tables = suite.parts[service].app.query(
        lambda connection: connection.execute(_TABLES).scalars().all()
    )
    each = [
        f"select '{service}.{table}', count(*) from \"{table}\" {_OF_CALLS.get(table, '')}"
        for table in tables
    ]
    return text(" union all ".join(each))


_TABLES = text("select table_name from information_schema.tables where table_schema = 'public'")

# what comes round by itself comes from no call
_OF_CALLS = {"jobs": "where kind not like 'schedule:%'"}
