"""Errors: each kind survives the wire as one JSON string; garbage becomes `Internal`."""

import json
import pickle
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chassis import errors
from chassis.broker import rpc_reply
from chassis.errors import (
    KINDS,
    Internal,
    Rejected,
    ServiceError,
    Unavailable,
    from_wire,
    of_request,
    to_wire,
)

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda each: some.lists(each, max_size=3) | some.dictionaries(some.text(), each, max_size=3),
    max_leaves=8,
)


def full(kind: type[ServiceError]) -> ServiceError:
    return kind(
        "billing.overpaid",
        "only 5.00 NOK is due",
        details={"due": {"amount": 500}},
        retryable=not kind.retries,
        retry_after_s=7,
        request_id="r-1",
    )


def test_the_tree_is_complete() -> None:
    kinds = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, ServiceError) and each is not ServiceError
    ]
    assert sorted(KINDS) == sorted(each.__name__ for each in kinds)
    assert all(name in (errors.__doc__ or "") for name in KINDS)


def test_every_kind_survives_the_wire() -> None:
    for kind in KINDS.values():
        error = full(kind)
        back = from_wire(*to_wire(error))
        assert type(back) is kind
        assert back.fields() == error.fields(), kind
        said = 'billing.overpaid: only 5.00 NOK is due {"due": {"amount": 500}} (request r-1)'
        assert str(back) == said, kind


def test_the_arguments_are_one_json_string() -> None:
    for error in map(full, KINDS.values()):
        (text,) = error.args
        assert json.loads(text) == error.fields(), type(error)


def test_every_kind_can_be_pickled() -> None:
    for kind in KINDS.values():
        back = pickle.loads(pickle.dumps(full(kind)))  # noqa: S301 - our own bytes
        assert type(back) is kind
        assert back.fields() == full(kind).fields(), kind


def test_whether_a_repeat_may_help_belongs_to_the_kind_unless_the_error_says_so() -> None:
    retryable = {name for name, kind in KINDS.items() if kind("x.y").retryable}
    assert retryable == {"Conflict", "RateLimited", "DeadlineExceeded", "Unavailable"}
    assert Rejected("x.y", retryable=True).retryable


def test_a_code_alone_makes_a_message() -> None:
    assert Rejected("billing.not_open").message == "not open"


def test_details_that_json_does_not_know_become_text() -> None:
    id = UUID(int=3)
    assert from_wire(*to_wire(Rejected("x.y", details={"id": id}))).details == {"id": str(id)}


def test_an_error_of_a_later_version_keeps_what_a_caller_goes_by() -> None:
    sent = {**full(Unavailable).fields(), "retryable": True, "hint": "a field of the future"}
    known, unknown = (from_wire(kind, json.dumps(sent)) for kind in ("Unavailable", "Overloaded"))
    assert (type(known), type(unknown)) == (Unavailable, ServiceError)
    for each in (known, unknown):
        assert each.fields() == {name: sent[name] for name in sent if name != "hint"}


def test_an_error_answers_the_request_in_which_it_began() -> None:
    error = Unavailable("media.away")
    for request in ("there", "here"):
        with suppress(Unavailable), of_request(request):
            raise error
    assert from_wire(*to_wire(error)).request_id == error.request_id == "there"


def test_an_error_of_this_version_is_read_by_one_that_knows_fewer_kinds_and_fields() -> None:
    # as the first version read it: all that it knew of the six fields, in any order
    text = to_wire(full(Unavailable))[1]
    earlier = {name: json.loads(text)[name] for name in ("code", "message", "retryable")}
    assert earlier == {
        "code": "billing.overpaid",
        "message": "only 5.00 NOK is due",
        "retryable": False,
    }


def test_a_reply_with_an_error_of_another_version_is_read_and_has_the_calls_id() -> None:
    later = json.dumps({"code": "x.full", "retryable": True, "hint": 1, "request_id": "there"})
    earlier = json.dumps({"code": "x.full", "message": "full", "retryable": True})
    for kind, text, id in (("Overloaded", later, "there"), ("Unavailable", earlier, "call")):
        told = {"exc_path": f"chassis.errors.{kind}", "exc_args": [text]}
        with pytest.raises(ServiceError) as raised, of_request("call"):
            rpc_reply.result({"result": None, "error": told})
        error = raised.value
        assert (error.code, error.retryable, error.request_id) == ("x.full", True, id)


def test_an_error_of_an_earlier_version_has_what_it_lacks_by_its_kind() -> None:
    back = from_wire("Unavailable", '{"code": "x.away"}')
    assert (back.code, back.message, back.retryable) == ("x.away", "away", True)


@pytest.mark.parametrize(
    "kind,text",
    [
        ("Rejected", "no json"),
        ("Rejected", "[]"),
        ("Rejected", "null"),
        ("Rejected", "{}"),
        ("Rejected", '{"code": 5}'),
        ("Rejected", '{"code": "x.y", "details": "text"}'),
        ("Rejected", '{"code": 5, "message": "five"}'),
        ("Overloaded", '{"message": "no code"}'),
        ("", ""),
    ],
)
def test_garbage_becomes_internal(kind: str, text: str) -> None:
    back = from_wire(kind, text)
    assert type(back) is Internal
    assert back.code == "chassis.unreadable_error"


@given(some.sampled_from([*KINDS, "Exception"]), JSON | some.fixed_dictionaries({"code": JSON}))
def test_whatever_a_peer_sends_is_an_error_of_ours(kind: str, sent: Any) -> None:
    assert isinstance(from_wire(kind, json.dumps(sent)), ServiceError)
