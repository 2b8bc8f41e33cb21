"""What a client sends, and how long it waits."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from chassis import deadline
from chassis.asked import Written
from chassis.errors import Internal
from chassis.every_service import Place
from clients import Affiliate, Auth, Billing, Media, Page, Video, all_rows
from contracts.auth.workspaces import BillingAddress
from contracts.video.drafts import NewClip
from unit.clients.ports import Recording, answering

ID = UUID(int=1)
WRITTEN = {"id": str(ID), "version": 3}


def test_ids_days_and_values_go_as_json() -> None:
    port = answering({"items": [], "skipped": []})

    Affiliate(port).create_payout(cutoff=date(2026, 3, 1), idempotency_key="pay March")

    assert port.calls == [
        ("create_payout", {"cutoff": "2026-03-01", "idempotency_key": "pay March"})
    ]


def test_values_within_a_request_go_without_their_defaults_too() -> None:
    port = answering(WRITTEN)

    clips: Any = [NewClip(room_type="kitchen", room_label="Nook")]
    for given in (tuple(clips), clips):  # a repeat of either is the same request
        Video(port).create_video(name="N", clips=given)

    clip = {"room_type": "kitchen", "room_label": "Nook"}
    assert port.calls == [("create_video", {"name": "N", "clips": [clip]})] * 2


def test_what_stands_at_its_default_is_not_sent() -> None:
    port = answering({"items": [], "next_cursor": None})

    Billing(port).list_invoices(limit=50, status=None)
    Billing(port).list_invoices(limit=51, status="paid")

    assert [sent for _, sent in port.calls] == [{}, {"limit": 51, "status": "paid"}]


def test_an_expected_version_is_sent_with_a_command_even_when_it_is_0() -> None:
    port = answering(WRITTEN)

    assert Auth(port).unban_user(user_id=ID, expected_version=0) == Written(id=ID, version=3)
    assert port.calls == [("unban_user", {"user_id": str(ID), "expected_version": 0})]


def test_a_detail_that_is_not_named_stays_and_none_empties_it() -> None:
    port = answering(WRITTEN)
    address = BillingAddress(street="Storgata 2", postal_code="0155", city="Oslo")

    Auth(port).update_workspace(invoice_reference=None, billing_address=address)

    assert port.calls[0][1] == {
        "invoice_reference": None,
        "billing_address": {
            "street": "Storgata 2",
            "postal_code": "0155",
            "city": "Oslo",
        },
    }


def test_a_place_in_the_feed_goes_as_a_pair() -> None:
    place = {"position": 7, "event_id": str(ID)}
    port = answering({"items": [], "scanned_to": place, "head": place})

    read = Media(port).events_read(after=Place(position=7, event_id=ID))

    assert port.calls[0][1]["after"] == place
    assert read.head == Place(position=7, event_id=ID)


def test_a_client_in_a_hurry_gives_its_calls_less_time() -> None:
    left: list[float | None] = []

    def answer(method: str, arguments: dict[str, Any]) -> Any:
        left.append(deadline.remaining())
        return {"keys": []}

    auth = Auth(Recording(answer))
    auth.within(2.0).public_keys()
    auth.within(0.5).within(60.0).public_keys()
    auth.public_keys()

    assert left[0] is not None and 1 < left[0] <= 2
    assert left[1] is not None and left[1] <= 0.5
    assert left[2] is None


def pages(last: int) -> Recording:
    def answer(method: str, arguments: dict[str, Any]) -> Any:
        at = int(arguments.get("cursor", 0))
        rows = [{"id": f"room-{at}", "label": "A room"}]
        return {"items": rows, "next_cursor": None if at == last else str(at + 1)}

    return Recording(answer)


def rooms_after(port: Recording) -> Any:
    def page(cursor: str | None) -> Page[str]:
        reply = port.call("list", **({} if cursor is None else {"cursor": cursor}))
        items = tuple(each["id"] for each in reply["items"])
        return Page(items=items, next_cursor=reply["next_cursor"])

    return page


def test_all_rows_come_page_by_page() -> None:
    assert list(all_rows(rooms_after(pages(2)))) == ["room-0", "room-1", "room-2"]


def test_a_list_without_an_end_is_given_up() -> None:
    port = pages(last=-1)
    with pytest.raises(Internal, match="clients.endless_list"):
        list(all_rows(rooms_after(port), most_pages=3))

    assert len(port.calls) == 3


@pytest.mark.parametrize(
    ("reply", "at"),
    [
        (None, ""),
        ([], ""),
        ({}, ".items"),
        ({"items": []}, ".next_cursor"),
        ({"items": {}, "next_cursor": None}, ".items"),
        ({"items": [], "next_cursor": 1}, ".next_cursor"),
        ({"items": [{"id": "no id"}], "next_cursor": None}, ".items.0.id"),
    ],
)
def test_what_is_no_page_is_unreadable_and_its_place_is_named(reply: Any, at: str) -> None:
    with pytest.raises(Internal) as error:
        Media(answering(reply)).list_projects()

    assert error.value.code == "clients.unreadable_reply"
    assert error.value.details["at"].startswith(f"list_projects{at}")
