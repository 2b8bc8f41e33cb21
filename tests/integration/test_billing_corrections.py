"""What is taken back of invoices, given back, and given up: on PostgreSQL, to the øre."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.errors import Invalid, NotFound, Rejected, ServiceError
from integration.stages.billing_corrected import Desk
from integration.stages.billing_shop import billing_shop
from integration.stages.money_holding import changed_by_a_rebuild
from servers.postgres import Server

GROSS_ORE = 125_000  # of one image project, 100 000 net
REASON = "Prosjektet ble levert til feil adresse, sier Kari"


@pytest.fixture(scope="module")
def opened(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as shop:
        yield Desk(shop)


@pytest.fixture
def desk(opened: Desk) -> Iterator[Desk]:
    yield opened
    assert opened.broken() == {}


def told(desk: Desk, invoice_id: str, name: str) -> list[dict[str, Any]]:
    return [each["outbox"]["data"] for each in desk.shop.told(name, invoice_id)]


def workspace(desk: Desk, invoice_id: str) -> str:
    id: str = desk.invoice(invoice_id)["workspace_id"]
    return id


def refused(code: str, **details: Any) -> Any:
    """Expect that refusal, with these details among others."""

    def same(error: ServiceError) -> bool:
        said = error.details or {}
        return error.code == f"billing.{code}" and said | details == said

    return pytest.raises(ServiceError, check=same)


def codes(outcomes: list[Any]) -> list[str]:
    errors = [each for each in outcomes if isinstance(each, Exception)]
    assert all(isinstance(each, ServiceError) for each in errors), errors
    return [each.code for each in errors if isinstance(each, ServiceError)]


def test_a_whole_credit_is_the_exact_negation_under_the_next_number(desk: Desk) -> None:
    invoice_id = desk.issued(projects=2)
    number = desk.invoice(invoice_id)["invoice_number"]

    done = desk.credit(invoice_id, reason=REASON)

    assert (done["state"], done["remaining_ore"]) == ("Credited", 0)
    assert (done["net_ore"], done["vat_ore"], done["gross_ore"]) == (200_000, 50_000, 250_000)
    assert done["credit_note_number"] == number + 1
    assert (done["credited_to_workspace_ore"], done["refund_id"]) == (0, None)
    note = desk.call("get_credit_note", credit_note_id=done["credit_note_id"])
    assert (note["invoice_id"], note["number"], note["reason"]) == (invoice_id, number + 1, REASON)
    assert [each["line_item_id"] for each in note["lines"]] == desk.lines(invoice_id)
    assert [each["gross_ore"] for each in note["lines"]] == [GROSS_ORE] * 2
    (heard,) = told(desk, invoice_id, "invoice_credited")
    assert (heard["credited_net_ore"], heard["is_paid"]) == (200_000, False)
    assert told(desk, invoice_id, "invoice_paid") == []
    assert desk.is_paid(invoice_id) == [False, False]
    with refused("already_credited"):
        desk.credit(invoice_id)


def test_what_is_left_after_a_part_was_credited_settles_it(desk: Desk) -> None:
    invoice_id = desk.issued()
    (line,) = desk.lines(invoice_id)

    part = desk.credit(invoice_id, lines=[{"line_item_id": line, "net_ore": 40_000}])

    assert (part["state"], part["remaining_ore"], part["vat_ore"]) == ("Issued", 75_000, 10_000)
    assert desk.pay(invoice_id, 75_000)["state"] == "Paid"
    (paid,) = told(desk, invoice_id, "invoice_paid")
    assert (paid["credited_net_ore"], paid["commission_base_ore"]) == (40_000, 60_000)
    rest = desk.credit(invoice_id)
    notes = [(each["id"], each["net_ore"]) for each in desk.invoice(invoice_id)["credit_notes"]]
    assert notes == [(part["credit_note_id"], 40_000), (rest["credit_note_id"], 60_000)]
    assert (rest["state"], rest["net_ore"], rest["vat_ore"]) == ("Paid", 60_000, 15_000)
    with refused("already_credited"):
        desk.credit(invoice_id)
    assert desk.balance(workspace(desk, invoice_id)) == 75_000


def test_a_credit_of_all_that_remains_of_a_part_paid_one_settles_it(desk: Desk) -> None:
    invoice_id = desk.issued()
    (line,) = desk.lines(invoice_id)
    desk.pay(invoice_id, 75_000)

    done = desk.credit(invoice_id, lines=[{"line_item_id": line, "net_ore": 40_000}])

    assert (done["state"], done["credited_to_workspace_ore"]) == ("Paid", 0)
    assert desk.is_paid(invoice_id) == [True]
    (paid,) = told(desk, invoice_id, "invoice_paid")
    assert paid["commission_base_ore"] == 60_000


def test_what_was_paid_for_more_than_remains_is_the_workspaces_credit(desk: Desk) -> None:
    invoice_id = desk.issued()
    (line,) = desk.lines(invoice_id)
    desk.pay(invoice_id, 100_000)

    done = desk.credit(invoice_id, lines=[{"line_item_id": line, "net_ore": 40_000}])

    assert (done["state"], done["remaining_ore"]) == ("Paid", 0)
    assert done["credited_to_workspace_ore"] == 25_000
    assert desk.invoice(invoice_id)["paid_ore"] == 75_000
    assert desk.balance(workspace(desk, invoice_id)) == 25_000


def test_a_transfer_that_bounces_takes_back_what_of_it_had_become_credit(desk: Desk) -> None:
    kept, refunded = desk.issued(), desk.issued()
    for invoice_id, by_bank in ((kept, False), (refunded, True)):
        part = [{"line_item_id": desk.lines(invoice_id)[0], "net_ore": 40_000}]
        desk.pay(invoice_id, GROSS_ORE, f"T-{invoice_id}")
        desk.credit(invoice_id, lines=part, refund=by_bank)

    def bounce(invoice_id: str) -> Any:
        transfer = {"source": "bank", "external_id": f"T-{invoice_id}", "reason": "bounced"}
        return desk.do("reverse_invoice_payment", invoice_id=invoice_id, **transfer)

    gone = bounce(kept)
    assert (gone["state"], gone["remaining_ore"]) == ("Issued", 75_000)
    assert desk.balance(workspace(desk, kept)) == 0
    assert desk.is_paid(kept) == [False]
    with refused("credit_already_used"):
        bounce(refunded)
    assert desk.invoice(refunded)["state"] == "Paid"


def test_a_part_paid_one_that_is_credited_whole_was_never_paid(desk: Desk) -> None:
    invoice_id = desk.issued()
    desk.pay(invoice_id, 50_000)

    done = desk.credit(invoice_id)

    assert (done["state"], done["remaining_ore"]) == ("Credited", 0)
    assert desk.balance(workspace(desk, invoice_id)) == 50_000
    assert told(desk, invoice_id, "invoice_paid") == []
    assert desk.is_paid(invoice_id) == [False]


def test_what_was_paid_goes_back_by_bank_in_two_steps(desk: Desk) -> None:
    invoice_id = desk.issued()
    desk.pay(invoice_id, GROSS_ORE)

    done = desk.credit(invoice_id, refund=True)

    assert (done["state"], done["credited_to_workspace_ore"]) == ("Paid", 0)
    mine = workspace(desk, invoice_id)
    (asked,) = desk.call("list_refunds", workspace_id=mine)["items"]
    assert (asked["id"], asked["state"]) == (done["refund_id"], "Requested")
    assert (asked["of"], asked["amount_ore"]) == ("receivable", GROSS_ORE)
    assert asked["credit_note_id"] == done["credit_note_id"]
    sent = {"refund_id": asked["id"], "reference": "B-7", "paid_on": "2026-04-15"}
    first = desk.do("confirm_refund", **sent)
    assert first["state"] == "Sent"
    assert desk.do("confirm_refund", **sent) == first
    written = {**sent, "reference": f" {sent['reference'].swapcase()}\u200d"}
    assert desk.do("confirm_refund", **written) == first
    with refused("refund_mismatch"):
        desk.do("confirm_refund", **{**sent, "reference": "B-8"})
    assert desk.balance(mine) == 0
    (heard,) = desk.rows(
        "select outbox->'data' as data from events where stream_id = %s and outbox is not null",
        f"refund-{asked['id']}",
    )
    assert heard["data"]["amount_ore"] == GROSS_ORE


def credited(desk: Desk) -> str:
    """Return a workspace whose credit is what one project costs."""
    invoice_id = desk.issued()
    desk.pay(invoice_id, GROSS_ORE)
    desk.credit(invoice_id)
    return workspace(desk, invoice_id)


def test_a_refund_that_fails_or_comes_back_is_the_workspaces_credit_again(desk: Desk) -> None:
    mine = credited(desk)
    asks = {"workspace_id": mine, "reason": REASON}
    failing, coming_back = (
        desk.do("refund_credit", **asks, amount_ore=each)["id"] for each in (25_001, 99_999)
    )
    assert desk.balance(mine) == 0
    with refused("credit_not_enough", balance_ore=0):
        desk.do("refund_credit", **asks, amount_ore=1)
    failed = {"refund_id": failing, "reason": "kontoen er stengt"}
    assert desk.do("fail_refund", **failed)["state"] == "Failed"
    assert desk.do("fail_refund", **failed)["state"] == "Failed"
    assert desk.balance(mine) == 25_001
    sent = {"reference": "B-9", "paid_on": "2026-04-15"}
    desk.do("confirm_refund", refund_id=coming_back, **sent)
    back = {"refund_id": coming_back, "reason": "kom i retur"}
    assert desk.do("fail_refund", **back)["state"] == "Returned"
    assert desk.balance(mine) == GROSS_ORE
    for each in (failing, coming_back):
        with refused("refund_closed"):
            desk.do("confirm_refund", refund_id=each, **sent)
    listed = desk.call("list_refunds", workspace_id=mine, state="Failed")["items"]
    assert [(each["reason"], each["failure_reason"]) for each in listed] == [
        (REASON, "kontoen er stengt")
    ]
    grants = "select data->>'origin' as origin from events where stream_id = %s and data ? 'origin'"
    origins = [each["origin"] for each in desk.rows(grants, f"wallet-{mine}")]
    assert origins == ["credit_note", "refund_failed", "bank_refund_returned"]


def test_a_line_billed_anew_is_owed_for_on_its_new_invoice_alone(desk: Desk) -> None:
    invoice_id = desk.issued(projects=2)
    wrong, right = desk.invoice(invoice_id)["lines"]
    mine = wrong["workspace_id"]

    whole = [{"line_item_id": wrong["id"], "net_ore": 100_000}]
    done = desk.credit(invoice_id, lines=whole, rebill=True)

    (again,) = done["new_line_item_ids"]
    (line,) = desk.call("list_line_items", workspace_id=mine, status="pending")["items"]
    same = ("target_id", "amount_ore", "gross_ore", "price_version", "delivered_on", "description")
    assert (line["id"], [line[each] for each in same]) == (again, [wrong[each] for each in same])
    assert desk.pay(invoice_id, GROSS_ORE)["state"] == "Paid"
    assert desk.is_paid(invoice_id) == [False, True]
    drafted = desk.do("create_invoices", workspace_id=mine)["items"][0]
    desk.do("issue_invoice", invoice_id=drafted["invoice_id"])
    desk.pay(drafted["invoice_id"], GROSS_ORE)
    assert desk.is_paid(invoice_id) == [True, True]
    assert right["id"] not in (again, wrong["id"])


def test_a_paid_invoice_billed_anew_is_paid_by_its_own_credit(desk: Desk) -> None:
    invoice_id = desk.issued()
    desk.pay(invoice_id, GROSS_ORE)
    assert desk.is_paid(invoice_id) == [True]

    done = desk.credit(invoice_id, rebill=True)

    assert (done["state"], len(done["new_line_item_ids"])) == ("Paid", 1)
    assert desk.is_paid(invoice_id) == [False]
    assert desk.balance(workspace(desk, invoice_id)) == GROSS_ORE


def test_what_cannot_be_credited_is_refused_and_nothing_stays_of_it(desk: Desk) -> None:
    invoice_id, draft = desk.issued(projects=2), desk.shop.draft(desk.shop.customer(projects=1))
    lost = desk.issued()
    desk.do("write_off_invoice", invoice_id=lost, reason=REASON)
    line = desk.lines(invoice_id)[0]
    part = {"line_item_id": line, "net_ore": 60_000}
    desk.credit(invoice_id, lines=[part])
    before = desk.rows("select count(*) from events")
    with refused("credit_too_large", left_ore=40_000):
        desk.credit(invoice_id, lines=[part])
    with refused("credit_too_large", left_ore=40_000):  # the invoice has as much, the line has not
        desk.credit(invoice_id, lines=[{**part, "net_ore": 140_000}])
    with refused("credit_too_large", left_ore=40_000):  # a line named twice
        desk.credit(invoice_id, lines=[{**part, "net_ore": 30_000}] * 2)
    for odd in (150, 39_999):
        with refused("not_whole_kroner"):
            desk.credit(invoice_id, lines=[{**part, "net_ore": odd}])
    for left in ([{**part, "net_ore": 40_000}], None):
        with refused("rebill_whole_lines"):
            desk.credit(invoice_id, lines=left, rebill=True)
    for strange in (desk.lines(lost)[0], str(uuid4())):
        with refused("line_not_on_invoice", line_item_ids=[strange]):
            desk.credit(invoice_id, lines=[{**part, "line_item_id": strange}])
    with refused("invalid_transition", **{"from": "Draft"}):
        desk.credit(draft)
    with refused("written_off"):
        desk.credit(lost)
    with refused("invoice_not_found"):
        desk.credit(str(uuid4()))
    for wrong in (True, "1", 1.0, 0, -1, 2**63):
        with pytest.raises(Invalid):
            desk.credit(invoice_id, lines=[{**part, "net_ore": wrong}])
    unreadable: list[dict[str, Any]] = [{"lines": []}, {"reason": " "}, {"reason": "x" * 501}]
    for each in unreadable:
        with pytest.raises(Invalid):
            desk.credit(invoice_id, **each)
    assert desk.rows("select count(*) from events") == before


def test_of_fifty_who_credit_sixty_per_cent_at_once_one_does(desk: Desk) -> None:
    invoice_id = desk.issued()
    part = {"line_item_id": desk.lines(invoice_id)[0], "net_ore": 60_000}
    call = {"invoice_id": invoice_id, "reason": REASON, "lines": [part]}

    outcomes = desk.shop.at_once("credit_invoice", [call] * 50)

    assert codes(outcomes) == ["billing.credit_too_large"] * 49
    assert desk.invoice(invoice_id)["credited_ore"] == 75_000


def test_of_fifty_who_want_sixty_per_cent_of_a_credit_back_one_is_promised_it(desk: Desk) -> None:
    mine = credited(desk)
    call = {"workspace_id": mine, "amount_ore": 75_000, "reason": REASON}

    outcomes = desk.shop.at_once("refund_credit", [call] * 50)

    assert codes(outcomes) == ["billing.credit_not_enough"] * 49
    assert desk.balance(mine) == 50_000


def test_the_same_call_again_credits_nothing_more(desk: Desk) -> None:
    invoice_id = desk.issued()
    part = {"line_item_id": desk.lines(invoice_id)[0], "net_ore": 40_000}
    call = {"invoice_id": invoice_id, "reason": REASON, "lines": [part], "idempotency_key": "once"}

    first = desk.call("credit_invoice", **call)

    assert desk.call("credit_invoice", **call) == first
    listed = desk.call("list_credit_notes", invoice_id=invoice_id)["items"]
    assert [each["id"] for each in listed] == [first["credit_note_id"]]


def test_refunds_are_refused_what_cannot_be(desk: Desk) -> None:
    mine, poor = credited(desk), desk.shop.customer(projects=0)
    asks = {"reason": REASON, "amount_ore": 1_000}
    with refused("credit_not_enough", balance_ore=0):
        desk.do("refund_credit", workspace_id=poor, **asks)
    with refused("workspace_not_found"):
        desk.do("refund_credit", workspace_id=str(uuid4()), **asks)
    for wrong in (True, "1", 1.0, 0, -1, 2**63):
        with pytest.raises(Invalid):
            desk.do("refund_credit", workspace_id=mine, **{**asks, "amount_ore": wrong})
    refund_id = desk.do("refund_credit", workspace_id=mine, **asks)["id"]
    for day, code in (
        ("1970-01-01", "paid_on_implausible"),
        ("2026-04-14", "paid_on_implausible"),
        ("2026-04-16", "paid_in_future"),
    ):
        with refused(code):
            desk.do("confirm_refund", refund_id=refund_id, reference="B", paid_on=day)
    with refused("refund_not_found"):
        desk.do("fail_refund", refund_id=str(uuid4()), reason=REASON)
    assert desk.balance(mine) == GROSS_ORE - 1_000


def test_what_is_written_off_is_a_loss_and_what_comes_later_is_recovered(desk: Desk) -> None:
    invoice_id = desk.issued()
    desk.pay(invoice_id, 25_000)
    proof = {"vat_relief": True, "ground": "insolvency", "reference": "Bobestyrer, 3. mai"}

    done = desk.do("write_off_invoice", invoice_id=invoice_id, reason=REASON, **proof)

    assert done["state"] == "WrittenOff"
    assert (done["written_off_ore"], done["vat_relief_ore"]) == (100_000, 20_000)
    again = desk.do("write_off_invoice", invoice_id=invoice_id, reason="another")
    assert (again["version"], again["vat_relief_ore"]) == (done["version"], 20_000)
    kept = desk.rows("select field, value from personal where row_id = %s order by 1", invoice_id)
    assert [each["value"] for each in kept] == [REASON, "Bobestyrer, 3. mai"]
    assert desk.pay(invoice_id, 100_000)["state"] == "Paid"
    assert desk.invoice(invoice_id)["written_off_ore"] == 0


def test_vat_is_relieved_on_a_ground_that_is_proved(desk: Desk) -> None:
    invoice_id = desk.issued()
    asks = {"invoice_id": invoice_id, "reason": REASON, "vat_relief": True}
    with refused("ground_missing"):
        desk.do("write_off_invoice", **asks)
    for ground in ("insolvency", "collection_failed", "irrecoverable"):
        with refused("reference_missing"):
            desk.do("write_off_invoice", **asks, ground=ground)
    with refused("vat_relief_too_early", **{"from": "2026-10-29"}):
        desk.do("write_off_invoice", **asks, ground="reminders")
    without_relief = {"ground": "insolvency", "vat_relief": False}  # it could never be made good
    for wrong in ({"ground": "because"}, {"reference": " "}, without_relief):
        with pytest.raises(Invalid):
            desk.do("write_off_invoice", **{**asks, **wrong})
    desk.pay(invoice_id, GROSS_ORE)
    with refused("nothing_remains"):
        desk.do("write_off_invoice", **asks, ground="insolvency", reference="K")


def test_a_reason_is_in_no_event_and_stays_on_its_document_when_its_workspace_goes(
    desk: Desk,
) -> None:
    invoice_id = desk.issued()
    done = desk.credit(invoice_id, reason=REASON)
    mine = workspace(desk, invoice_id)
    assert desk.rows("select 1 from events where data::text like %s", f"%{REASON}%") == []

    desk.change("delete from personal where subject_id = %s", mine)

    note = desk.call("get_credit_note", credit_note_id=done["credit_note_id"])
    assert note["reason"] == REASON
    names = "select legal_name, retention_until::text from buyer where document_id = %s"
    invoiced, noted = (desk.rows(names, id) for id in (invoice_id, note["id"]))
    assert (
        noted == invoiced == [{"legal_name": "Eksempel Bolig AS", "retention_until": "2031-12-31"}]
    )


def test_a_credit_note_is_seen_by_its_own_workspace_alone(desk: Desk) -> None:
    invoice_id = desk.issued()
    note = desk.credit(invoice_id)["credit_note_id"]
    mine, another = workspace(desk, invoice_id), desk.shop.customer(projects=0)
    shown = desk.owner(mine).get_credit_note(credit_note_id=UUID(note))
    (listed,) = desk.owner(mine).list_credit_notes().items
    assert listed.id == shown.id == UUID(note)
    assert [each.description for each in shown.lines] == ["Bildeprosjekt: Storgata 2"]
    assert desk.owner(another).list_credit_notes().items == ()
    with pytest.raises(NotFound, match="credit_note_not_found"):
        desk.owner(another).get_credit_note(credit_note_id=UUID(note))


def test_nothing_is_credited_until_the_last_number_is_confirmed(desk: Desk) -> None:
    invoice_id = desk.issued()
    (place,) = desk.rows("select place from number_confirmed")
    desk.change("update number_confirmed set place = 'another'")
    with pytest.raises(Rejected, match="numbers_unconfirmed"):
        desk.credit(invoice_id)
    desk.change("update number_confirmed set place = %s", place["place"])
    assert desk.credit(invoice_id)["state"] == "Credited"


def test_the_version_that_a_caller_expects_is_the_invoices(desk: Desk) -> None:
    invoice_id = desk.issued()
    version = desk.invoice(invoice_id)["version"]
    with pytest.raises(ServiceError, match="version_mismatch"):
        desk.credit(invoice_id, expected_version=version - 1)
    assert desk.credit(invoice_id, expected_version=version)["version"] > version


def test_what_is_delivered_again_after_a_rebill_is_not_billed_a_third_time(desk: Desk) -> None:
    workspace_id = desk.shop.customer(projects=0)
    about = desk.shop.start(workspace_id)
    desk.shop.deliver(about)
    invoice_id = desk.do("create_invoices", workspace_id=workspace_id)["items"][0]["invoice_id"]
    desk.do("issue_invoice", invoice_id=invoice_id)
    desk.credit(invoice_id, rebill=True)
    desk.shop.deliver(about)
    pending = desk.call("list_line_items", workspace_id=workspace_id, status="pending")["items"]
    assert len(pending) == 1
    assert pending[0]["target_id"] == str(about["project_id"])


def test_a_rebuild_of_every_table_gives_the_same_rows(desk: Desk) -> None:
    service = desk.shop.parts.app.service
    tables = [each.table.name for each in service.projections]
    shown = {name: desk.rows(f"select t::text from {name} t order by 1") for name in tables}
    assert all(shown[name] for name in ("credit_note", "credit_note_line", "refund", "invoice"))
    assert changed_by_a_rebuild(desk.shop) == {}
