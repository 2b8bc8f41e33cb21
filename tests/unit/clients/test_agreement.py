"""A method is declared once: its contract, what serves it and what calls it are the same."""

import inspect
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Connection

from chassis.asked import Page, replied
from chassis.door.edge import Door
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from unit.clients.signatures import PAIRS, acts, contracted, offered, served

OF_SEVERAL = {"events_read", "describe", "verify_ledger", "export_journal"}  # requests they share
FORMS = {  # what an act is given, before what it is asked
    ("unit",): (Unit,),
    ("door", "call"): (Door, Call),
    ("db", "door", "call"): (Connection, Door, Call),
}


def test_a_client_offers_what_its_service_serves_by_the_same_requests() -> None:
    for service, (facade, client) in PAIRS.items():
        asked = {name: each.asked for name, each in served(facade).items()}
        assert {name: each.asked for name, each in offered(client).items()} == asked, service


def test_every_request_of_a_contract_is_served_by_one_method() -> None:
    for service, (facade, _) in PAIRS.items():
        asked = [each.asked for name, each in served(facade).items() if name not in OF_SEVERAL]
        assert sorted(map(repr, asked)) == sorted(map(repr, contracted(service)))


def test_an_act_takes_its_request_and_returns_its_reply() -> None:
    wrong = {}
    for service, (facade, _) in PAIRS.items():
        methods = served(facade)
        for name, work in acts(facade).items():
            hints, asked = get_type_hints(work), methods[name].asked
            *before, last = inspect.signature(work).parameters
            right = (
                last == "asked"
                and asked in alternatives(hints[last])
                and FORMS.get(tuple(before)) == tuple(hints[each] for each in before)
                and hints["return"] == replied(asked)
            )
            if not right:
                wrong[f"{service}.{name}"] = hints

    assert wrong == {}


def alternatives(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def test_every_request_says_what_its_method_does() -> None:
    silent = [
        asked.__name__ for service in PAIRS for asked in contracted(service) if undescribed(asked)
    ]

    assert silent == []


def undescribed(asked: type[Any]) -> bool:
    """Whether a value has only the text that `dataclass` writes where there is none."""
    return (asked.__doc__ or "").startswith(f"{asked.__name__}(")


def test_a_reply_of_a_list_is_a_page() -> None:
    lists = [
        asked
        for service in PAIRS
        for asked in contracted(service)
        if asked.__name__.startswith("List") and asked.__name__ != "ListMyInvitations"  # a few
    ]

    assert len(lists) > 5
    assert {get_origin(replied(asked)) for asked in lists} == {Page}
