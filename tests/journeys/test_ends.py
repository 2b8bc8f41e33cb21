"""Work that ends before it is done: what is owed of it, what is given back, what stays."""

from collections.abc import Sequence

import pytest

from chassis.errors import NotFound
from demo.main_job import Photo
from demo.people import Person
from embedded import cards
from embedded.suite import Suite
from journeys.stages import caught
from journeys.stages.ending import THREADS, Ending
from waiting import until


@pytest.fixture(scope="module")
def suite(ending_suite: Suite) -> Suite:
    return ending_suite


@pytest.fixture(scope="module")
def admin(ending_admin: Person) -> Person:
    return ending_admin


@pytest.mark.parametrize("results", [2, pytest.param(9, marks=pytest.mark.long)])
def test_what_came_out_before_a_project_was_deleted_is_one_line(
    suite: Suite, admin: Person, photos: Sequence[Photo], results: int
) -> None:
    who = Ending(suite, admin, f"deleting-{results}")
    with who.but_one(who.work(photos, results + 1)) as project_id:
        who.person.call(
            "media", "delete_project", project_id=project_id, idempotency_key="delete it"
        )
    suite.settle()
    (amount,) = who.owed()
    assert amount > 0
    with pytest.raises(NotFound):
        who.project(project_id)
    assert (who.files(), who.rows()) == ([], [])


def test_where_nothing_came_out_of_a_project_that_was_deleted_nothing_is_owed(
    suite: Suite, admin: Person, photos: Sequence[Photo]
) -> None:
    other, who = (Ending(suite, admin, name) for name in ("neighbour", "sorry"))
    url = suite.owner_url("media")
    with caught.ending(url, "enhance_image", other.workspace_id) as images:
        theirs = other.work(photos, 2).started()
        until(lambda: images.held() == THREADS)
        ours = who.work(photos, 2).started()
        until(lambda: who.photographs(ours) == {"processing": 2})
        who.person.call("media", "delete_project", project_id=ours, idempotency_key="delete it")
    suite.settle()
    assert (who.owed(), who.files(), who.rows()) == ([], [], [])
    assert other.photographs(theirs) == {"completed": 2}
    assert len(other.owed()) == 1


def test_what_was_paid_for_work_that_failed_whole_goes_back_and_another_start_asks_again(
    suite: Suite, admin: Person, photos: Sequence[Photo]
) -> None:
    who = Ending(suite, admin, "paying", invoiced=False)
    before = len(cards.turn(suite.stripe_url, "objects", kind="charge"))
    project_id = who.work(photos, 1).started()
    suite.settle()
    assert who.project(project_id)["clearance"] == "payment_required"
    original = min((each for each in who.files() if "/original/" in each), key=len)
    blobs = who.blobs_of("media")
    content = b"".join(blobs.chunks(original))
    blobs.delete(original)  # the store has lost it: no attempt can come to anything
    who.pay(project_id, "the first time")
    failed = who.project(project_id)
    assert (failed["status"], failed["clearance"], who.owed()) == ("failed", "none", [])
    (first,) = cards.turn(suite.stripe_url, "objects", kind="charge")[before:]
    assert first["amount_refunded"] == first["amount_captured"] > 0

    blobs.put(original, content)
    assert who.start(project_id, "start it again") == "requested"
    suite.settle()
    assert who.project(project_id)["clearance"] == "payment_required"
    who.pay(project_id, "the second time")
    assert who.photographs(project_id) == {"completed": 1}
    charges = cards.turn(suite.stripe_url, "objects", kind="charge")[before:]
    kept = [each["amount_captured"] - each["amount_refunded"] for each in charges]
    assert sorted(kept) == [0, first["amount_captured"]]
    assert len(who.owed()) == 1


def test_a_month_after_a_closing_in_mid_run_the_invoice_is_all_that_is_left(
    suite: Suite, admin: Person, photos: Sequence[Photo]
) -> None:
    who = Ending(suite, admin, "closing")
    with who.but_one(who.work(photos, 3)) as project_id:
        who.person.call("auth", "close_workspace", idempotency_key="close it")
        until(lambda: who.photographs(project_id) == {"completed": 2, "pending": 1})
    suite.settle()
    (amount,) = who.owed()
    about = {"workspace_id": who.workspace_id, "idempotency_key": "an invoice"}
    (drafted,) = admin.call("billing", "create_invoices", **about)["items"]
    invoice = {"invoice_id": drafted["invoice_id"]}
    issuing = {"buyer_confirmed": True, "idempotency_key": "issue it"}  # it is closed by now
    admin.call("billing", "issue_invoice", **invoice, **issuing)
    suite.settle()
    assert who.files() != []

    assert who.due("purge_workspace") == 1  # a month later
    suite.settle()
    assert (who.files(), who.rows()) == ([], [])
    issued = admin.call("billing", "get_invoice", **invoice)
    assert (issued["state"], issued["total_amount_ore"]) == ("Issued", amount)
    document = admin.call("billing", "document", document_id=drafted["invoice_id"], format="pdf")
    assert document["size"] > 0


def test_of_somebody_who_is_forgotten_in_mid_run_media_keeps_nothing(
    suite: Suite, admin: Person, photos: Sequence[Photo]
) -> None:
    who = Ending(suite, admin, "forgotten")
    user_id = who.person.call("auth", "me")["id"]
    with who.but_one(who.work(photos, 3)):
        admin.sign_in()
        wanted = {"user_id": user_id, "reason": "they have asked for it"}
        admin.call("auth", "erase_subject", **wanted, idempotency_key="erase them")
    suite.settle()
    shown = admin.call("auth", "erasure_status", user_id=user_id)["services"]
    assert {each["service"]: each["kept"] for each in shown}["media"] == []
    assert all(each["forgotten_at"] for each in shown)
    assert (who.files(), who.rows()) == ([], [])
    assert [each > 0 for each in who.owed()] == [True]  # what came out is owed
