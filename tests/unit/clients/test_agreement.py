"""Clients and services agree: each method of one is a method of the other, argument by argument."""

import inspect
from dataclasses import MISSING, make_dataclass
from typing import Any, get_type_hints

import pytest
from marshmallow import Schema, missing
from marshmallow import fields as field
from marshmallow.validate import OneOf

from chassis.codec import schema_class
from clients import UNCHANGED
from clients.client import Client
from unit.clients.signatures import PAIRS, offered, sent, served

OF_A_COMMAND = ("idempotency_key", "expected_version")
OWN = {"within"}  # of clients alone
NEVER_NULL = {("update_workspace", "name")}  # by a rule of the service, not by its schema
SHAPES = ("required", "allow_none", "load_default")
Pair = tuple[type[Any], type[Client]]
each_service = pytest.mark.parametrize("pair", PAIRS.values(), ids=list(PAIRS))


def in_words(request: Schema) -> dict[str, Any]:
    """Return what a request takes, in words that can be compared."""
    return {name: words(each) for name, each in request.fields.items()}


def words(each: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"type": type(each).__name__}
    found |= {shape: getattr(each, shape) for shape in SHAPES}
    found["one of"] = {str(rule.choices) for rule in each.validators if isinstance(rule, OneOf)}
    if isinstance(each, field.List):
        found["of"] = words(each.inner)
    if isinstance(each, field.Nested):
        found["of"] = in_words(each.schema)
    return found


def signed(client: type[Client], name: str, signature: inspect.Signature) -> dict[str, Any]:
    """Return what a client's method takes, read as the request that it sends."""
    hints = get_type_hints(getattr(client, name))
    members: list[Any] = []
    for each in signature.parameters.values():
        if each.name not in ("self", *OF_A_COMMAND):
            default = MISSING if each.default in (each.empty, UNCHANGED) else each.default
            given = {} if default is MISSING else {"default": default}
            members.append((each.name, sent(hints[each.name]), given))
    members.sort(key=lambda member: "default" in member[2])
    request = make_dataclass("Request", [(n, h, *d.values()) for n, h, d in members], kw_only=True)
    return in_words(schema_class(request)())


@each_service
def test_a_client_offers_what_its_service_serves_and_nothing_else(pair: Pair) -> None:
    facade, client = pair

    assert set(offered(client)) - OWN == set(served(facade))


@each_service
def test_a_client_takes_the_arguments_that_its_service_takes(pair: Pair) -> None:
    facade, client = pair
    methods, signatures = served(facade), offered(client)
    differing = {}
    for name in methods.keys() & signatures.keys():
        takes = in_words(methods[name].request)
        gives = signed(client, name, signatures[name])
        if methods[name].request.partial:  # what is not given stays: its default means that
            takes, gives = without_defaults(takes), without_defaults(gives)
        for each in gives:
            gives[each]["allow_none"] |= (name, each) in NEVER_NULL
        if without_rules(takes, gives) != gives:
            differing[name] = (takes, gives)

    assert differing == {}


def without_defaults(request: dict[str, Any]) -> dict[str, Any]:
    settled = {"required": False, "load_default": missing}
    return {name: {**each, **settled} for name, each in request.items()}


def without_rules(takes: dict[str, Any], gives: dict[str, Any]) -> dict[str, Any]:
    """Leave out of the words a field may hold those that only the service's own rules name."""
    return {
        name: {**each, "one of": each["one of"] & gives.get(name, each)["one of"]}
        for name, each in takes.items()
    }


@each_service
def test_commands_alone_take_a_key_and_a_version_and_those_marked_need_the_key(pair: Pair) -> None:
    facade, client = pair
    methods, signatures = served(facade), offered(client)
    wrong = []
    for name, method in methods.items():
        parameters = signatures[name].parameters
        needs = {
            each: parameters[each].default is inspect.Parameter.empty
            for each in OF_A_COMMAND
            if each in parameters
        }
        key_and_version = {"idempotency_key": method.key_required, "expected_version": False}
        if needs != (key_and_version if method.writes else {}):
            wrong.append(name)

    assert wrong == []


@each_service
def test_arguments_are_given_by_name(pair: Pair) -> None:
    by_place = [
        f"{name}({each.name})"
        for name, signature in offered(pair[1]).items()
        for each in signature.parameters.values()
        if name not in OWN and each.name != "self" and each.kind is not each.KEYWORD_ONLY
    ]

    assert by_place == []
