"""Films that end before they are there, or are let go of: what is left, owed and given back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from demo.people import Person
from embedded import cards
from embedded.suite import Suite
from gateways import pictures
from integration.stages.engine_children import short_clips, stopped
from journeys.stages.ended_films import Filmed, collect, jobs_done, pieces_made, told
from journeys.stages.ending import Ending
from video.gateways import ffmpeg
from waiting import until

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def short() -> Iterator[None]:
    with short_clips():
        yield


@pytest.fixture
def suite(ending_suite: Suite) -> Suite:
    return ending_suite


@pytest.fixture
def admin(ending_admin: Person) -> Person:
    return ending_admin


def test_a_film_that_is_broken_off_leaves_nothing_at_work_and_finds_what_was_finished(
    suite: Suite, admin: Person
) -> None:
    who = Ending(suite, admin, "cancelling")
    film = Filmed(who)
    with stopped(pictures) as fetching:
        film.start()
        until(fetching)
        film.cancel()
    film.rests()

    with stopped(ffmpeg) as rendering:
        assert film.start("after the fetch") == "cleared"
        until(rendering)
        until(lambda: pieces_made(who) == 1)
        film.cancel()
        film.rests()

    assert film.start("after the rendering") == "cleared"
    until(lambda: pieces_made(who) == 2)
    with stopped(ffmpeg) as joining:
        until(joining)
        film.cancel()
        film.rests()

    assert film.start("after the joining") == "cleared"
    suite.settle()
    assert film.status == "completed"
    assert jobs_done(who, "render_piece") == 2
    assert told(film) == ["video_created", "project_start_requested", "project_completed"]
    assert len(who.owed()) == 1


def test_what_was_paid_for_a_film_that_failed_whole_goes_back_and_a_retry_asks_again(
    suite: Suite, admin: Person
) -> None:
    who = Ending(suite, admin, "filming", invoiced=False)
    before = len(cards.turn(suite.stripe_url, "objects", kind="charge"))
    film = Filmed(who).made()
    with film.without_a_picture():
        who.pay(film.id, "the first time", "video_project")
    shown = film.call("get_video")
    assert (shown["status"], shown["clearance"], who.owed()) == ("failed", "none", [])
    (first,) = cards.turn(suite.stripe_url, "objects", kind="charge")[before:]
    assert first["amount_refunded"] == first["amount_captured"] > 0

    assert film.call("retry_failed")["clearance"] == "requested"
    suite.settle()
    assert film.call("get_video")["clearance"] == "payment_required"
    who.pay(film.id, "the second time", "video_project")
    assert film.status == "completed"
    charges = cards.turn(suite.stripe_url, "objects", kind="charge")[before:]
    kept = [each["amount_captured"] - each["amount_refunded"] for each in charges]
    assert sorted(kept) == [0, first["amount_captured"]]
    assert len(who.owed()) == 1


def test_of_a_film_that_failed_was_made_and_went_with_its_workspace_the_invoice_is_left(
    suite: Suite, admin: Person
) -> None:
    who = Ending(suite, admin, "invoiced")
    film = Filmed(who)
    with film.without_a_picture():
        film.made()
    assert (film.status, who.owed()) == ("failed", [])
    film.call("retry_failed")
    suite.settle()
    assert film.status == "completed"
    (amount,) = who.owed()
    assert told(film)[1:] == [
        "project_start_requested",
        "project_failed",
        "project_start_requested",
        "project_completed",
    ]

    about = {"workspace_id": who.workspace_id, "idempotency_key": "an invoice of a film"}
    (drafted,) = admin.call("billing", "create_invoices", **about)["items"]
    invoice = {"invoice_id": drafted["invoice_id"]}
    who.person.call("auth", "close_workspace", idempotency_key="close it")
    issuing = {"buyer_confirmed": True, "idempotency_key": "issue that of a film"}
    admin.call("billing", "issue_invoice", **invoice, **issuing)
    suite.settle()
    assert who.files("video") != []

    assert who.due("purge_workspace", "video") == 1  # a month later
    suite.settle()
    assert (who.files("video"), who.rows("video")) == ([], [])
    issued = admin.call("billing", "get_invoice", **invoice)
    assert (issued["state"], issued["total_amount_ore"]) == ("Issued", amount)


def test_of_somebody_who_is_forgotten_as_their_film_is_made_video_keeps_nothing(
    suite: Suite, admin: Person
) -> None:
    who = Ending(suite, admin, "leaving")
    user_id = who.person.call("auth", "me")["id"]
    film = Filmed(who)
    with stopped(ffmpeg) as rendering:
        film.start()
        until(rendering)
        admin.sign_in()
        wanted = {"user_id": user_id, "reason": "they have asked for it"}
        admin.call("auth", "erase_subject", **wanted, idempotency_key="erase them as it is made")
        film.rests()
    suite.settle()
    shown = admin.call("auth", "erasure_status", user_id=user_id)["services"]
    assert {each["service"]: each["kept"] for each in shown}["video"] == []
    assert (who.files("video"), who.rows("video")) == ([], [])
    order = "select type from events where type in ('VideoRemoved', 'SubjectForgotten')"
    assert [each["type"] for each in suite.sql("video", f"{order} order by recorded_at")][-2:] == [
        "VideoRemoved",
        "SubjectForgotten",
    ]
    assert who.owed() == []


def test_a_film_is_made_again_of_what_it_shared_and_that_goes_once_nobody_wants_it(
    suite: Suite, admin: Person
) -> None:
    who = Ending(suite, admin, "sharing")
    film = Filmed(who).made()
    other = Filmed(who, "Storgata 3", of=film).made()
    film.call("delete_video", idempotency_key="delete it")
    collect(who, 31 * DAY)
    other.call("new_revision")
    assert other.start("once more") == "cleared"
    suite.settle()
    assert (other.status, jobs_done(who, "render_piece")) == ("completed", 2)

    other.call("delete_video", idempotency_key="delete the other")
    suite.settle()
    collect(who, 29 * DAY)
    assert pieces_made(who) == 2
    collect(who, 31 * DAY)
    assert pieces_made(who) == 0
    assert [each for each in who.files("video") if "/uploads/" not in each] == []
    assert len(who.owed()) == 2  # what came out is owed
