"""The rights of broker users: what they are made from is what the code does."""

import importlib.util
import json
import re
from importlib import import_module
from pathlib import Path

import pytest

from contracts import ASKS, BROKER_USERS, HEARS, SERVICES
from suitectl import inventory, keys, rights
from suitectl.definitions import definitions

EXAMPLE = Path(inventory.__file__).with_name("inventory.example.toml")


# Whom a service may hear and does not yet: the right is there before the first reaction.
NOT_YET = {"auth": {"media", "video", "billing", "affiliate"}, "video": {"media"}}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_hear_whom_it_reacts_to(service: str) -> None:
    inbound = f"{service}.inbound"
    reactions = import_module(inbound).reactions if importlib.util.find_spec(inbound) else ()
    heard = {each.source for each in reactions}
    # revocations are auth's, for every other service
    assert set(HEARS[service]) - NOT_YET.get(service, set()) == (heard | {"auth"}) - {service}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_asks_what_it_was_permitted_by_name(service: str) -> None:
    permitted = {
        f"{target}.{method}"
        for target in SERVICES
        for method, permission in import_module(f"{target}.permissions").PERMISSIONS.items()
        if service in permission.services and permission.services != BROKER_USERS
    }
    assert set(ASKS[service]) == permitted


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
    exchanges = [rights.RPC, *map(rights.events, SERVICES)]
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
