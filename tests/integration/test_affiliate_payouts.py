"""Affiliates are paid: once, what they are owed, to whom they said; and told of it."""

import csv
import hashlib
import io
import multiprocessing
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from affiliate.names import correction_id, entry_id
from chassis.errors import Forbidden, Invalid, NotFound, Rejected, ServiceError
from chassis.unit import store
from integration.stages.affiliate_office import (
    ACCOUNT,
    ADDRESS,
    DETAILS,
    Office,
    admin_token,
    paying_office,
    text,
)
from integration.stages.affiliate_process import confirm_and_die
from integration.stages.billing_shop import NUMBER
from integration.stages.box_database import all_at_once
from servers.postgres import Server
from waiting import until

AT_ONCE = 20
PERCENT, IMPLAUSIBLE, TAKEN = "commission_percent", "paid_on_implausible", "reference_taken"
BLANK = "\u00a0"
EVENTS = "select string_agg(concat(data, outbox, meta), ' ') as told from events"


@pytest.fixture(scope="module")
def opened(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with paying_office(postgres_server, tmp_path_factory.mktemp("office")) as office:
        yield office
        assert office.shop.changed_by_a_rebuild() == {}


@pytest.fixture
def office(opened: Office) -> Iterator[Office]:
    opened.work()
    opened.mails()
    yield opened
    assert opened.shop.broken() == {}


def test_who_charges_vat_is_paid_gross_against_an_invoice_and_told_of_it_by_mail(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    one = office.affiliate(vat_registered=True)
    office.earn(one)
    payout_id = office.approved(one)
    with pytest.raises(Rejected, match="note_not_ready"):
        office.shop.owner(one).call("settlement_note", payout_id=payout_id)
    office.work()

    (approved,) = office.mails()
    (note,) = (each.get_content() for each in approved.iter_attachments())
    link = office.shop.owner(one).call("settlement_note", payout_id=payout_id)
    assert (link["sha256"], link["size"]) == (hashlib.sha256(note).hexdigest(), len(note))
    said = text(note).replace(BLANK, " ")
    for each in (
        *("Nordmann Henvisning AS", "Org.nr. 974 760 673 MVA", "15.04.2026 – 15.04.2026"),
        *("Provisjon, faktura 10001", "100 000", "20 %", "MVA 25 % av 200,00"),
        *("Netto 200,00", "50,00", "Brutto (NOK) 250,00", "NOK 250,00", payout_id),
        *("Dette er ikke et salgsdokument; send faktura", "slutter på 8903"),
    ):
        assert each.replace("100 000", "1 000,00") in said
    asked = str(approved.get_body().get_content())  # type: ignore[union-attr]
    assert "Send oss en faktura" in asked and "250,00" in asked
    assert approved["To"] == ADDRESS

    with pytest.raises(Rejected, match="supplier_invoice_required"):
        office.confirm(payout_id)
    office.confirm(payout_id, "R-1", supplier_invoice_number="17")
    office.work()

    paid = office.shop.call("get_payout", payout_id=payout_id)
    assert (paid["amount_ore"], paid["vat_ore"], paid["paid_ore"]) == (20_000, 5_000, 25_000)
    assert paid["payee"]["account"] == "8903"
    (sent,) = office.mails()
    told = str(sent.get_body().get_content())  # type: ignore[union-attr]
    assert "R-1" in told and "15.04.2026" in told and "250,00" in told
    (events,) = office.shop.rows(EVENTS)
    for each in (ADDRESS, ACCOUNT, "Nordmann"):
        assert each not in events["told"] and each not in caplog.text


def test_a_mail_whose_answer_was_lost_is_the_same_mail_again(office: Office) -> None:
    one = office.affiliate()
    office.earn(one)
    office.approved(one)
    office.server.dropped = 1
    office.work(times=2)

    first, again = office.mails()
    assert first["Message-ID"] == again["Message-ID"]
    office.work(times=2)
    assert office.mails() == []


def test_another_percentage_is_told_to_whom_has_given_an_address(office: Office) -> None:
    one, silent = office.affiliate(percent=20), office.shop.knows(uuid4(), "971040238")
    rows = office.shop.call("list_relationships", affiliate_workspace_id=str(one))["items"]
    other = office.bind(silent, office.shop.knows(UUID(office.shop.shop.customer(0)), NUMBER))
    for id in (rows[0]["id"], other):
        for percent in (25, 30):
            office.shop.shop.pass_seconds(1)
            office.shop.call("change_commission", relationship_id=id, commission_percent=percent)
        office.shop.call("change_commission", relationship_id=id, commission_percent=30)
    office.work()

    mails = office.mails()
    assert {each["To"] for each in mails} == {ADDRESS}
    said = sorted(str(each.get_body().get_content()) for each in mails)  # type: ignore[union-attr]
    assert ["fra 20 % til 25 %" in said[0], "fra 25 % til 30 %" in said[1]] == [True, True]
    assert len({each["Message-ID"] for each in mails}) == 2


def test_a_reference_and_an_invoice_pay_one_payout_however_they_are_written(
    office: Office,
) -> None:
    one, other = office.affiliate(vat_registered=True), office.affiliate(vat_registered=True)
    payouts = []
    for each in (one, one, other):
        office.earn(each)
        payouts.append(office.approved(each))
    first, second, others = payouts
    office.confirm(first, "R 1", supplier_invoice_number="F-1")

    for reference, number, code in (
        ("R 2", " F-1", "supplier_number_taken"),
        ("R 2", "f-1", "supplier_number_taken"),
        ("Ｒ 1", "F-2", "reference_taken"),
    ):
        with pytest.raises(Rejected, match=code):
            office.confirm(second, reference, supplier_invoice_number=number)
    assert office.shop.call("get_payout", payout_id=second)["state"] == "approved"
    office.confirm(second, "R 2", supplier_invoice_number="F-2")
    office.confirm(others, "R 1", supplier_invoice_number="F-1")  # of another affiliate


def test_of_two_payouts_confirmed_at_once_by_one_invoice_one_is_paid(office: Office) -> None:
    one = office.affiliate(vat_registered=True)
    payouts = []
    for _ in range(4):
        office.earn(one)
        payouts.append(office.approved(one))
    came = all_at_once(
        [partial(office.confirm, each, supplier_invoice_number="F-1") for each in payouts]
    )
    refused = [each for each in came if isinstance(each, Exception)]
    assert len(refused) == 3
    assert {each.code for each in refused if isinstance(each, Rejected)} == {
        "affiliate.supplier_number_taken"
    }


@pytest.mark.filterwarnings("ignore:Using fork")  # the process runs no green threads
def test_a_payout_is_confirmed_once_though_its_process_is_killed_before_it_answers(
    office: Office,
) -> None:
    one = office.affiliate()
    office.earn(one)
    payout_id, key = office.approved(one), str(uuid4())
    shop = office.shop
    confirmed = {"payout_id": payout_id, "reference": "R 7", "paid_on": office.today}
    process = multiprocessing.get_context("fork").Process(
        target=confirm_and_die,
        args=(
            shop.variables,
            admin_token(shop),
            shop.shop.now,
            {**confirmed, "idempotency_key": key},
        ),
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL

    under_its_key = shop.call("confirm_payout", **confirmed, idempotency_key=key)
    assert shop.do("confirm_payout", **confirmed) == under_its_key
    with pytest.raises(Rejected, match="payout_already_confirmed"):
        office.confirm(payout_id, "R 8")
    sent = "select count(*) as n from events where type = %(type)s and stream_id like %(of)s"
    (paid,) = shop.rows(sent, type="PayoutConfirmed", of=f"payout-{payout_id}")
    assert paid["n"] == 1
    assert office.entries(one) == [("paid_out", 20_000)]


def test_of_payouts_made_at_once_each_entry_is_in_exactly_one(office: Office) -> None:
    one = office.affiliate()
    for _ in range(3):
        office.earn(one)

    came = all_at_once([partial(office.create, one)] * AT_ONCE)

    made = [item for said in came if isinstance(said, dict) for item in said["items"]]
    reserved = [id for item in made for id in item["earning_ids"]]
    assert len(reserved) == len(set(reserved)) == 3
    assert sum(item["amount_ore"] for item in made) == 60_000
    assert {each.code for each in came if isinstance(each, Rejected)} <= {"chassis.conflict"}


def test_what_an_affiliate_turns_out_to_have_earned_on_itself_is_held_and_not_paid(
    office: Office,
) -> None:
    owner = uuid4()
    for found_out in ("number", "owner", "details"):
        one = office.affiliate()
        two = office.customers[one]
        office.earn(one)
        match found_out:
            case "number":
                about = {"workspace_id": two, "organization_number": DETAILS["organization_number"]}
                office.shop.hear_auth("workspace_profile_changed", **about, invoice_eligible=True)
            case "owner":
                for each in (one, two):
                    who = {"workspace_id": each, "user_id": owner, "role": "owner"}
                    office.shop.hear_auth("member_joined", **who)
            case "details":
                office.set_details(two)
        assert office.refused(one) == "nothing_available", found_out
        assert office.entries(one) == [("on_hold", 20_000)], found_out


def test_a_debt_is_carried_to_the_next_payout_and_never_paid(office: Office) -> None:
    one = office.affiliate()
    invoice_id = office.earn(one)
    office.confirm(office.approved(one))
    office.shop.shop.bounce(invoice_id)
    office.shop.hear_all()

    assert office.refused(one) == "negative_balance"
    office.earn(one, projects=2)
    (made,) = office.create(one)["items"]

    assert made["amount_ore"] == 20_000
    assert sorted(office.entries(one)) == [
        *[("paid_out", 20_000), ("reserved", -20_000)],
        ("reserved", 40_000),
    ]


def test_a_correction_is_paid_out_with_what_it_corrects_and_not_while_that_is_on_hold(
    office: Office,
) -> None:
    one = office.affiliate()
    invoice_id, cancelled = office.earn(one), office.created(one)
    office.shop.credit(invoice_id, 40_000)
    office.shop.hear_all()
    office.shop.do("cancel_payout", payout_id=cancelled)
    id = str(entry_id(UUID(office.relationship(one)), UUID(invoice_id)))
    office.shop.call("hold_earning", earning_id=id, reason="Må sjekkes")

    assert office.refused(one) == "nothing_available"
    office.earn(one)
    (made,) = office.create(one)["items"]
    assert made["amount_ore"] == 20_000
    office.shop.call("release_earning", earning_id=id)
    (made,) = office.create(one)["items"]
    assert made["amount_ore"] == 12_000


WAITING = """
select from pg_locks where locktype = 'advisory' and not granted and database = (
    select oid from pg_database where datname = current_database())"""


def waits(office: Office, came: Future[Any]) -> bool:
    """Return whether somebody waits for a lock; or need not any more."""
    return bool(office.shop.rows(WAITING)) or came.done()


def test_where_the_money_goes_is_not_changed_while_a_payout_is_made(office: Office) -> None:
    one = office.affiliate()
    office.earn(one)
    of_another = {"legal_name": "Et annet AS", "vat_registered": True}
    setting, making = partial(office.set_details, one, **of_another), partial(office.create, one)
    for shared, work in (
        (True, setting),
        (False, making),
    ):  # who makes them does not keep others out
        with ThreadPoolExecutor(1) as pool:
            with office.shop.parts.app.engine.begin() as rival:
                store.lock(rival, [store.stream_name("customer", one)], shared)
                came = pool.submit(work)
                until(partial(waits, office, came))
                assert not came.done()
            came.result()
    (row,) = office.shop.call("list_payouts", affiliate_workspace_id=str(one))["items"]
    payee = office.shop.call("get_payout", payout_id=row["id"])["payee"]
    assert (payee["legal_name"], row["vat_ore"]) == ("Et annet AS", 5_000)


def test_above_the_setting_another_admin_approves(office: Office) -> None:
    one = office.affiliate(percent=100)
    office.earn(one)
    office.shop.do("approve_payout", payout_id=office.created(one))  # 100 000 øre
    office.earn(one, projects=2)
    payout_id, creator = office.created(one), office.shop.admin_id
    with pytest.raises(Rejected, match="second_approver_required"):
        office.shop.do("approve_payout", payout_id=payout_id)
    office.shop.admin_id = str(uuid4())
    office.shop.do("approve_payout", payout_id=payout_id)
    row = office.shop.call("get_payout", payout_id=payout_id)
    assert (row["created_by"], row["approved_by"]) == (creator, office.shop.admin_id)


def test_who_is_suspended_is_paid_what_was_approved_and_no_more(office: Office) -> None:
    one = office.affiliate()
    office.earn(one)
    approved = office.approved(one)
    office.earn(one)
    created = office.created(one)
    office.earn(one)
    who = {"workspace_id": one}
    office.shop.hear_auth("workspace_suspended", **who, status="suspended")

    assert office.refused(one) == "affiliate_suspended"
    with pytest.raises(Rejected, match="affiliate_suspended"):
        office.shop.do("approve_payout", payout_id=created)
    office.confirm(approved)
    office.shop.do("cancel_payout", payout_id=created, reason="suspendert")
    assert [state for state, _ in office.entries(one)] == ["paid_out", "available", "available"]


def test_what_the_bank_is_given_is_what_was_approved(office: Office) -> None:
    one, two = office.affiliate(vat_registered=True), office.affiliate(legal_name="=1+1 AS")
    payouts = []
    for each in (one, two):
        office.earn(each)
        payouts.append(office.approved(each))
    office.earn(one)
    created = office.created(one)

    link = office.shop.call("export_payouts", payout_ids=payouts)
    assert office.shop.call("export_payouts", payout_ids=payouts)["sha256"] == link["sha256"]
    (name,) = (each for each in _exports(office) if _sha256(office, each) == link["sha256"])
    first, second = csv.DictReader(io.StringIO(office.stored(name).decode()))
    amounts = {"net": "200.00", "vat": "50.00", "amount": "250.00"}
    assert first == {
        **{"payout_id": payouts[0], "name": "Nordmann Henvisning AS", "account": ACCOUNT},
        **amounts,
        "text": "Provisjon til og med 15.04.2026",
    }
    assert (second["amount"], second["name"]) == ("200.00", "'=1+1 AS")

    before = _exports(office)
    with pytest.raises(Rejected, match="payout_not_approved"):
        office.shop.call("export_payouts", payout_ids=[payouts[0], created])
    with pytest.raises(NotFound):
        office.shop.call("export_payouts", payout_ids=[str(uuid4())])
    with pytest.raises(Invalid):
        office.shop.call("export_payouts", payout_ids=[payouts[0]] * 2)
    with pytest.raises(Invalid):
        office.shop.call("export_payouts", payout_ids=[])
    more = "update affiliate_earning set earning_amount_ore = earning_amount_ore + %s"
    office.change(f"{more} where payout_id = %s", 1, payouts[1])
    with pytest.raises(Rejected, match="sum_differs"):
        office.shop.call("export_payouts", payout_ids=payouts)
    office.change(f"{more} where payout_id = %s", -1, payouts[1])
    assert _exports(office) == before


def _exports(office: Office) -> set[str]:
    return {each.key for each in office.shop.parts.door.tools.blobs.listed("exports/")}


def _sha256(office: Office, key: str) -> str:
    return hashlib.sha256(office.stored(key)).hexdigest()


def test_a_note_is_shown_to_its_owner_and_to_admins_alone(office: Office) -> None:
    one, stranger = office.affiliate(), office.shop.knows(uuid4(), "971040238")
    office.earn(one)
    asked = {"payout_id": office.approved(one)}
    office.work()
    office.shop.call("settlement_note", **asked)
    with pytest.raises(NotFound):
        office.shop.owner(stranger).call("settlement_note", **asked)
    for role in ("member", "admin"):
        port = office.shop._port(workspace_id=one, role=role, id=str(uuid4()))
        for method, arguments in (("settlement_note", asked), ("get_payout_details", {})):
            with pytest.raises(Forbidden):
                port.call(method, **arguments)
    with pytest.raises(Forbidden):
        office.shop.owner(one).call("export_payouts", payout_ids=[asked["payout_id"]])


def test_no_note_is_made_of_what_was_called_off_meanwhile(office: Office) -> None:
    one = office.affiliate()
    office.earn(one)
    payout_id = office.approved(one)
    office.shop.do("fail_payout", payout_id=payout_id)
    office.work()
    assert office.mails() == []
    with pytest.raises(Rejected, match="note_not_ready"):
        office.shop.owner(one).call("settlement_note", payout_id=payout_id)
    assert office.entries(one) == [("available", 20_000)]


def test_of_the_account_only_its_end_comes_out(office: Office) -> None:
    one = office.shop.knows(uuid4(), "971040238")
    owner = office.shop.owner(one)
    none = dict.fromkeys(DETAILS) | {"vat_registered": False}
    assert owner.call("get_payout_details").items() >= none.items()
    written = owner.call("set_payout_details", **DETAILS)
    assert owner.call("get_payout_details") == {
        **DETAILS,
        "account": "8903",
        "version": written["version"],
    }
    with pytest.raises(Forbidden):
        office.shop.call("get_payout_details")


STORED = """
select (select count(*) from events) as events, (select count(*) from jobs) as jobs,
    (select count(*) from personal) as texts"""


def test_what_cannot_be_is_refused_by_its_name_and_nothing_is_stored(office: Office) -> None:
    one, other = office.affiliate(), office.affiliate()
    shop, owner = office.shop, office.shop.owner(one)
    bound, ended = (office.relationship(each) for each in (one, other))
    shop.call("end_relationship", relationship_id=ended, reason="Over")
    paid, sent = office.earn(one), office.approved(one)
    office.confirm(sent, "R-1")
    shop.credit(paid, 10_000)
    corrected, cancelled = office.earn(one), office.created(one)
    shop.credit(corrected, 10_000)
    shop.hear_all()
    shop.do("cancel_payout", payout_id=cancelled)
    first = {each: str(entry_id(UUID(bound), UUID(each))) for each in (paid, corrected)}
    shop.call("hold_earning", earning_id=first[corrected], reason="Må sjekkes")
    reserved, approved = office.earn(one), office.approved(one)
    free, about = office.earn(one), str(uuid4())
    created = office.created(one)
    open_ = office.earn(one)
    for each in (one, office.customers[one]):  # one company from now on
        shop.hear_auth("member_joined", workspace_id=each, user_id=about, role="owner")
    skipped = office.earn(one)

    def of(invoice_id: str) -> dict[str, str]:
        return {"earning_id": str(entry_id(UUID(bound), UUID(invoice_id))), "reason": "Feil"}

    beside = {"earning_id": str(correction_id(UUID(first[paid]), 1)), "reason": "Feil"}
    bank = {"reference": "R-2", "paid_on": office.today}
    theirs = {"affiliate_workspace_id": str(one)}
    refused: list[tuple[str, dict[str, Any], str]] = [
        *(
            ("change_commission", {"relationship_id": bound, PERCENT: wrong}, PERCENT)
            for wrong in (0, 101, True, "20", 20.0)
        ),
        ("change_commission", {"relationship_id": ended, PERCENT: 9}, "relationship_ended"),
        ("end_relationship", {"relationship_id": ended, "reason": "Igjen"}, "done"),
        ("hold_earning", of(reserved), "earning_reserved"),
        ("hold_earning", of(paid), "earning_paid_out"),
        ("hold_earning", of(skipped), "nothing_earned"),
        ("hold_earning", beside, "is_correction"),
        ("reject_earning", beside, "is_correction"),
        ("reject_earning", of(open_), "hold_first"),
        ("reject_earning", of(corrected), "earning_corrected"),
        ("reject_earning", of(free), "earning_reserved"),
        ("confirm_payout", {"payout_id": created, **bank}, "payout_not_approved"),
        ("fail_payout", {"payout_id": created}, "payout_not_approved"),
        ("confirm_payout", {"payout_id": sent, **bank}, "payout_already_confirmed"),
        ("cancel_payout", {"payout_id": sent}, "payout_already_confirmed"),
        ("confirm_payout", {"payout_id": cancelled, **bank}, "payout_closed"),
        ("approve_payout", {"payout_id": cancelled}, "payout_closed"),
        *(
            ("confirm_payout", {"payout_id": approved, **bank, "paid_on": day}, IMPLAUSIBLE)
            for day in ("2026-04-14", "2026-04-16")
        ),
        ("confirm_payout", {"payout_id": approved, **bank, "reference": "r\u20111"}, TAKEN),
        ("export_payouts", {"payout_ids": [approved, created]}, "payout_not_approved"),
        ("export_payouts", {"payout_ids": [sent]}, "payout_not_approved"),
    ]
    before = shop.rows(STORED)
    for method, arguments, code in refused:
        assert refusal(shop, method, arguments) == code, (method, arguments)
    for field, wrong in (
        *(("account", "12345678904"), ("organization_number", "974760674")),
        *(("invoice_email", "a@b.example\nBcc: c@d.example"), ("legal_name", "En\nAS")),
    ):
        assert refusal(owner, "set_payout_details", {**DETAILS, field: wrong}) == field
    of_it = {"payout_id": sent}
    mine = [("list_earnings", theirs, "customer"), ("settlement_note", of_it, "payout")]
    for method, arguments, what in mine:
        assert refusal(shop.owner(other), method, arguments) == f"{what}_not_found"
        for role in ("member", "admin"):
            port = shop._port(workspace_id=one, role=role, id=str(uuid4()))
            assert refusal(port, method, arguments) == "not_allowed"
    for method, arguments in (("hold_earning", of(open_)), ("get_payout", of_it)):
        assert refusal(owner, method, arguments) == "not_allowed"
    assert shop.rows(STORED) == before


def refusal(who: Any, method: str, arguments: dict[str, Any]) -> str:
    """Return the code of what a call is refused for, or the field that is at fault."""
    key = {"idempotency_key": str(uuid4())} if method.endswith("_payout") else {}
    try:
        who.call(method, **arguments, **key)
    except Invalid as error:
        (field,) = error.details["fields"]
        return str(field)
    except ServiceError as error:
        return error.code.partition(".")[2]
    return "done"
