"""The rights of broker users: what they are made from is what the code does."""

import json
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from chassis.settings import Misconfigured
from contracts import ASKS, BROKER_USERS, HEARS, OF_EVERY_SERVICE, SERVICES
from suitectl import inventory, keys, rights
from suitectl.definitions import definitions
from suitectl.limits import OfUser
from suitectl.rights import Listener, Rights

FEW = OfUser(user="web", connections=3, channels=4)
EXAMPLE = Path(inventory.__file__).with_name("inventory.example.toml")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_hear_whom_it_reacts_to(service: str) -> None:
    heard = {each.source for each in import_module(f"{service}.inbound").reactions}
    # revocations are auth's, for every other service
    assert set(HEARS[service]) == (heard | {"auth"}) - {service}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_asks_what_it_was_permitted_by_name(service: str) -> None:
    permitted = {
        f"{target}.{method}"
        for target in SERVICES
        for method, permission in import_module(f"{target}.permissions").PERMISSIONS.items()
        if service in permission.services and permission.services != BROKER_USERS
    }
    assert set(ASKS[service]) == permitted


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_call_what_it_asks_and_the_feeds_of_whom_it_hears(service: str) -> None:
    feeds = {f"{source}.{method}" for source in HEARS[service] for method in OF_EVERY_SERVICE}
    assert callable_by(rights.service(service)) == feeds | set(ASKS[service])


def test_another_teams_service_may_call_the_feeds_of_its_sources_alone() -> None:
    given = Listener(types=("billing.invoice_paid", "auth.user_banned"), declares=("events", "rpc"))
    feeds = {f"{source}.{of}" for source in ("billing", "auth") for of in OF_EVERY_SERVICE}
    assert callable_by(rights.listener("ledger", given)) == feeds
    assert callable_by(rights.operator("operator")) == {
        f"{each}.{method}" for each in SERVICES for method in OF_EVERY_SERVICE
    }


def callable_by(granted: Rights) -> set[str]:
    """Return the methods of all services that somebody's topic rights let through."""
    methods = {
        f"{service}.{method}"
        for service in SERVICES
        for method in import_module(f"{service}.permissions").PERMISSIONS
    }
    return {each for each in methods if re.search(granted.topics[rights.RPC].write, each)}


def test_no_name_makes_patterns_of_anothers_queues() -> None:
    names = ("bank", "bank_eu", "eu", "ban")
    given = {name: rights.listener(name, Listener(types=("auth.user_banned",))) for name in names}
    some = "0f0e0d0c-0000-4000-8000-000000000000"
    for owner in names:
        for queue in (
            f"{owner}.all", f"rpc-{owner}", f"rpc.reply-{owner}-{some}",
            f"evt-auth-user_banned--{owner}.on_ban",
        ):  # fmt: skip
            assert {name for name in names if re.search(given[name].configure, queue)} == {owner}


def test_the_operator_ends_what_listeners_have_and_reaches_into_nothing_else() -> None:
    granted = rights.operator("operator", SERVICES, ["ledger", "crm"])
    theirs = ("ledger.all", "crm.wakes", "rpc-crm", "evt-auth-user_banned--ledger.on_ban")
    others = ("bank.all", "rpc-auth", "billing.hears.auth", "evt-auth-user_banned--bank.a--crm.b")
    for pattern in (granted.configure, granted.write):
        assert [each for each in (*theirs, *others) if re.search(pattern, each)] == [*theirs]
    assert not any(re.search(granted.read, each) for each in theirs)
    assert set(granted.topics) == {rights.RPC, *map(rights.events, SERVICES)}
    assert {each.write for name, each in granted.topics.items() if name != rights.RPC} == {"^$"}
    assert rights.operator("operator", SERVICES, []) == rights.operator("operator")


def test_with_a_prefix_replies_are_the_users_and_all_else_is_called_as_ever() -> None:
    some = "0f0e0d0c-0000-4000-8000-000000000000"
    for granted, name in (
        (rights.service("billing", "second_billing"), "billing"),
        (rights.listener("ledger", Listener(types=()), "second_ledger"), "ledger"),
    ):
        assert re.search(granted.configure, f"rpc-{name}")
        assert re.search(granted.read, f"rpc.reply-second_{name}-{some}")
        assert re.search(granted.topics[rights.RPC].read, f"reply.second_{name}.{some}")
        for others in (f"rpc.reply-{name}-{some}", f"rpc-second_{name}"):
            assert not re.search(granted.configure, others)
        assert not re.search(granted.topics[rights.RPC].read, f"reply.{name}.{some}")


def test_a_suite_s_users_and_their_limits_have_its_prefix() -> None:
    second = replace(inventory.load(EXAMPLE), prefix="second_", limits=(FEW,))
    held = keys.completed({}, second.services, second.users)
    made = definitions(second, held)
    named = {f"second_{each}" for each in (*BROKER_USERS, "web")}
    assert {each["name"] for each in made["users"]} == named
    assert {each["user"] for each in made["permissions"]} == named
    limited = {each["name"]: each["limits"] for each in made["users"]}
    assert limited["second_web"] == {"max-connections": 3, "max-channels": 4}
    assert {each["name"] for each in made["exchanges"]} >= {"nameko-rpc", "billing.events"}


def test_limits_are_of_users_that_there_are() -> None:
    example = inventory.load(EXAMPLE)
    known = keys.completed({"consumers": {"ledger": {"types": []}}}, SERVICES, example.users)
    few = OfUser(user="ledger", connections=3, channels=4)
    made = definitions(replace(example, limits=(few,)), known)
    limited = {user["name"]: user["limits"] for user in made["users"]}
    assert limited.keys() == {*BROKER_USERS, "web", "ledger"}
    assert limited["ledger"] == {"max-connections": 3, "max-channels": 4}
    assert all(each["max-connections"] > 0 for each in limited.values())
    with pytest.raises(Misconfigured, match="no broker user is called legder"):
        definitions(replace(example, limits=(replace(few, user="legder"),)), known)


def test_nobody_keeps_a_name_that_is_refused_by_now() -> None:
    example = inventory.load(EXAMPLE)
    for name, why in (("rpc", "begin with it"), ("web", "a caller of the inventory")):
        known = keys.completed({"consumers": {name: {}}}, SERVICES, example.users)
        with pytest.raises(Misconfigured, match=f"consumers: '{name}': .*{why}"):
            definitions(example, known)


def test_the_same_secrets_make_the_same_document() -> None:
    example = inventory.load(EXAMPLE)
    whole = keys.completed({}, example.services, example.users)
    made = definitions(example, whole)
    assert made == definitions(example, json.loads(json.dumps(whole)))
    assert {user["name"] for user in made["users"]} == {*BROKER_USERS, "web"}
    assert all(password not in json.dumps(made) for password in whole["broker"].values())


@pytest.mark.parametrize("service", SERVICES)
def test_every_exchange_within_reach_has_its_routing_keys(service: str) -> None:
    """Without a line of its own, RabbitMQ allows all keys on an exchange."""
    granted = rights.service(service)
    exchanges = [rights.RPC, *map(rights.events, SERVICES), *map(rights.told, SERVICES)]
    reached = {
        each
        for each in exchanges
        for pattern in (granted.configure, granted.write, granted.read)
        if re.search(pattern, each)
    }
    assert reached == set(granted.topics)


def test_what_is_known_is_kept_and_what_is_missing_is_added() -> None:
    before = keys.completed({}, ["auth"], ["auth"])
    after = keys.completed(before, ["auth", "media"], ["auth", "media"])
    assert after["signing_key"] == before["signing_key"]
    for group in ("roles", "broker", "blobs"):
        assert before[group].items() <= after[group].items()
    assert {"media_owner", "media_app", "media_reader"} <= set(after["roles"])
