"""What must hold at every moment: each query finds nothing in a sound history, and its own fault.

Faults are made by a superuser to whom no trigger says no, as a bad disk would, and rolled back.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Table, insert

from affiliate import invariants as affiliate
from affiliate.projections import earnings, paid_invoices, payouts
from billing import invariants as billing
from billing.projections import (
    advances,
    bank_payments,
    card_payments,
    credit,
    credit_entries,
    credit_notes,
    disputes,
    invoice_payments,
    invoice_table,
    invoicing_runs,
    line_items,
    payment_table,
    refunds,
)
from books.invariants import invariants
from chassis.hearing.inbox import Consumer
from chassis.jobs.jobs import Kind, Worker
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes, scales
from integration.stages.box_database import NOON, Database, call, database, number_all, open_box
from integration.stages.box_hearers import all_told, pack
from servers.postgres import Server
from suitectl.invariants import CURSOR_KNOWN, FRAME

QUERIES = {each.name: each.query for each in FRAME}


@pytest.fixture(scope="module")
def lived(postgres_server: Server) -> Iterator[Database]:
    """One that told, heard itself, parked what was too heavy, did a job and answered a call."""
    with database(postgres_server) as own, own.app() as app, own.app(scales.SERVICE) as scales_app:
        pack(app, [1, 2])
        pack(app, [scales.TOO_HEAVY_G, 4])
        Consumer(scales_app, "boxes", [scales.WEIGHT_ADDED]).accept(all_told(app))
        do_a_job(app)
        answer_a_call(app)
        number_all(app)
        open_box(app)  # waits for its position
        yield own


def do_a_job(app: App) -> None:
    box_id = open_box(app)

    def queue(unit: Unit) -> dict[str, Any]:
        unit.queue(Job(kind="weigh", subject=box_id))
        return {}

    def record(unit: Unit, *_: Any) -> None:
        unit.decide(boxes.box, box_id, boxes.PutIn(thing="lamp", weight_g=1))

    app.answer(call(), queue)
    Worker(app, [Kind(name="weigh", run=lambda *_: None, finish=record, give_up=record)]).work()


def answer_a_call(app: App) -> None:
    same = call(id=uuid4(), keyed=True)
    app.handle(boxes.box, uuid4(), boxes.OpenBox(workspace_id=uuid4(), label="a"), same)


def of_this_history(own: Database) -> bool:
    """Return whether there is something of each kind to look at."""
    return all(own.one(f"select count(*) from {each}") for each in WRITTEN)


WRITTEN = ("events", "positions", "pending", "commands", "jobs", "cursors", "parked")


@pytest.mark.parametrize("name", QUERIES)
def test_a_sound_history_breaks_nothing(lived: Database, name: str) -> None:
    assert of_this_history(lived)
    assert lived.rows(QUERIES[name]) == []


HEARD = "(select meta->'heard' from events where type = 'Weighed' order by seq limit 1)"
FAULTS = [
    ("numbered", "delete from pending"),
    ("numbered", "delete from positions where position = 3"),
    ("numbered", "insert into pending select seq, array[seq] from positions where position = 3"),
    ("numbered", "insert into positions values (1000, 1000, null)"),
    ("gapless", "delete from positions where position = 1"),
    ("gapless", "delete from positions where position in (3, 4)"),
    ("chained", "update positions set previous = gen_random_uuid() where position = 3"),
    ("chained", "update positions set previous = null where position = 1"),
    ("chained", "update events set outbox = null where version = 2 and outbox is not null"),
    ("versioned", "delete from events where version = 2"),
    ("versioned", "update events set version = 30 where version = 2"),
    ("in_stream_order", "update positions set position = 1000 - position"),
    ("in_stream_order", "delete from positions where position = 1"),
    ("in_stream_order", "update events set recorded_at = recorded_at - interval '1 day'"
     " where version = 2"),
    ("callers_own", "update commands set caller = 'person:somebody'"),
    ("relayed", "insert into relay values ('rabbitmq', 1000)"),
    ("heard_once", "update events set meta = jsonb_set(meta, '{heard}', " + HEARD + ")"
     " where type = 'Weighed'"),
    ("heard_before_cursor", "update cursors set position = 1"),
    ("heard_before_cursor", "delete from cursors"),
    ("parked_behind_cursor", "update cursors set position = 1"),
    ("parked_without_effect", "update parked set event = jsonb_set(event, '{id}', " + HEARD +
     "->'event_id')"),
    ("settled", "insert into forgotten (consumer, source, event_id, type, stream_id, heard, cause)"
     " select 'scales', 'boxes', event_id, type, stream_id, meta->'heard', gen_random_uuid()"
     " from events where type = 'Weighed' limit 1"),
    ("jobs_claimed", "update jobs set failures = claims + 1"),
    ("jobs_claimed", "update jobs set claims = 0 where state = 'done'"),
    ("results_once", "update events set meta = jsonb_set(meta, '{causation}',"
     " to_jsonb((select id::text from jobs where kind = 'weigh' limit 1)))"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_a_fault_is_found_by_the_query_it_breaks(
    lived: Database, postgres_server: Server, name: str, fault: str
) -> None:
    with psycopg.connect(postgres_server.admin_url, dbname=lived.name) as admin:
        admin.execute("set session_replication_role = replica")
        assert admin.execute(fault.encode()).rowcount > 0
        found = admin.execute(QUERIES[name].encode()).fetchall()
        admin.rollback()
    assert found != []


def test_every_query_has_its_fault() -> None:
    assert {name for name, _ in FAULTS} == set(QUERIES)


def test_where_a_fork_was_accepted_effects_may_lie_beyond_the_cursor(
    lived: Database, postgres_server: Server
) -> None:
    with psycopg.connect(postgres_server.admin_url, dbname=lived.name) as admin:
        admin.execute("update cursors set position = 1")
        admin.execute(
            "insert into audit (who, did, details) values ('x', 'fork', '{\"source\": \"boxes\"}')"
        )
        found = admin.execute(QUERIES["heard_before_cursor"].encode()).fetchall()
        admin.rollback()
    assert found == []


def test_a_cursor_is_known_at_the_pair_that_was_told_and_at_the_beginning(lived: Database) -> None:
    ((position, event_id),) = lived.rows("select position, event_id from cursors")
    at = {"position": position, "event_id": event_id}
    assert lived.rows(CURSOR_KNOWN.query, **at) == []
    assert lived.rows(CURSOR_KNOWN.query, position=0, event_id=uuid4()) == []
    for elsewhere in ({"position": position + 1}, {"event_id": uuid4()}):
        assert len(lived.rows(CURSOR_KNOWN.query, **{**at, **elsewhere})) == 1


AT = {"created_at": NOON, "updated_at": NOON}
LINE = {"id": "l1", "workspace_id": "w", "description": "x", "amount_ore": 10_010, "target_id": "t"}
LINE |= {"net_ore": 10_010, "vat_ore": 2_503, "gross_ore": 12_513, "vat_rate_bp": 2_500, **AT}
LINE |= {"vat_type": "HIGH", "price_version": 0, "delivered_on": NOON, "invoice_id": "i1"}
LINE |= {"rail": "invoice", "position": 1}
INVOICE = {"id": "i1", "workspace_id": "w", "total_amount_ore": 10_010, "state": "Paid", **AT}
INVOICE |= {"net_ore": 10_010, "vat_ore": 2_503, "gross_ore": 12_513, "kind": "invoice"}
INVOICE |= {"series": "sales", "invoice_number": 10_001, "issue_date": NOON}
INVOICE |= {"paid_ore": 6_263, "excess_ore": 6_250, "credited_ore": 6_250}
INVOICE |= {"credited_net_ore": 5_000}
NOTE = {"id": "n1", "workspace_id": "w", "invoice_id": "i1", "number": 10_002, **AT}
NOTE |= {"series": "sales", "issue_date": NOON, "currency": "NOK", "delivery": "pending"}
NOTE |= {"net_ore": 5_000, "vat_ore": 1_250, "gross_ore": 6_250}
NOTE_LINE = {"id": "c1", "credit_note_id": "n1", "line_item_id": "l1", "position": 1}
NOTE_LINE |= {"net_ore": 5_000, "vat_ore": 1_250, "gross_ore": 6_250}
NEXT = {**INVOICE, "id": "i2", "invoice_number": 10_004}
PAYMENT = {"id": "p1", "invoice_id": "i1", "amount_ore": 12_513, "paid_on": NOON, "source": "bank"}
PAYMENT |= {"external_id": "b1", "created_at": NOON}
BANK = {"id": "b1", "source": "bank", "external_id": "b1", "amount_ore": 12_513, **AT}
BANK |= {"left_ore": 0, "invoiced_ore": 12_513, "paid_on": NOON, "state": "allocated"}
CREDIT = {"id": "w", "balance_ore": 6_250, "updated_at": NOON}
ENTRY = {"id": "g1", "workspace_id": "w", "amount_ore": 6_250, "type": "CreditGranted"}
ENTRY |= {"reference": "n1", "version": 1, "at": NOON}
CARD: dict[str, Any] = {
    "id": "k1",
    "payment_id": "p2",
    "workspace_id": "w",
    "payment_intent_id": "pi",
}
CARD |= {"amount_ore": 125_000, "created_at": NOON}
TARGET: dict[str, Any] = {
    "id": "p2",
    "project_id": "t2",
    "target_kind": "image_project",
    "workspace_id": "w",
}
TARGET |= {"payment_method": "stripe", "stripe_payment_intent_id": "pi", "currency": "nok", **AT}
TARGET |= {"amount_cents": 100_000, "status": "completed", "stage": "completed"}
ADVANCE = {"id": "p2", "workspace_id": "w", "amount_ore": 0, "updated_at": NOON}
SOLD = {**LINE, "id": "l3", "target_id": "t2", "amount_ore": 100_000, "net_ore": 100_000}
SOLD |= {"vat_ore": 25_000, "gross_ore": 125_000, "invoice_id": "i3", "rail": "card"}
RECEIPT = {"id": "i3", "workspace_id": "w", "total_amount_ore": 100_000, "state": "Paid", **AT}
RECEIPT |= {"net_ore": 100_000, "vat_ore": 25_000, "gross_ore": 125_000, "kind": "receipt"}
RECEIPT |= {"series": "sales", "invoice_number": 10_003, "issue_date": NOON, "paid_ore": 125_000}
BY_CARD = {**PAYMENT, "id": "p3", "invoice_id": "i3", "amount_ore": 125_000}
BY_CARD |= {"source": "card", "external_id": "pi"}
HELD = {**CARD, "id": "k2", "payment_intent_id": "pj", "held": "paid_twice"}
BACK = {"id": "f1", "workspace_id": "w", "state": "Sent", "rail": "card", "of": "advances", **AT}
BACK |= {"amount_ore": 125_000, "cause": "paid_twice", "payment_id": "p2"}
BACK |= {"payment_intent_id": "pj"}
LOST = {"id": "d1", "workspace_id": "w", "payment_id": "p2", "target_kind": "image_project", **AT}
LOST |= {"target_id": "t2", "provider_id": "du", "state": "Lost", "amount_ore": 125_000}
LOST |= {"withdrawn_ore": 125_000, "settled_ore": 125_000, "loss_ore": 25_000, "reason": "r"}
EARNING = {"id": "e1", "affiliate_workspace_id": "a", "affiliate_relationship_id": "r", **AT}
EARNING |= {"invoice_id": "i1", "invoice_amount_ore": 10_010, "commission_percent": 25}
EARNING |= {"earning_amount_ore": 2_503, "available_on": NOON, "referred_workspace_id": "w"}
EARNING |= {"invoice_series": "sales", "invoice_number": 10_001, "invoice_net_ore": 10_010}
EARNING |= {"credited_net_ore": 0, "payout_id": "o1"}
PAID = {"id": "i1", "workspace_id": "w", "invoice_number": 10_001, "net_ore": 10_010}
PAID |= {"credited_net_ore": 0, "settlement": 1, "settled": True, "relationship_id": "r"}
PAID |= {"percent": 25, "paid_at": NOON}
PAYOUT = {"id": "o1", "affiliate_workspace_id": "a", "cutoff": NOON, "amount_ore": 2_503, **AT}
PAYOUT |= {"vat_ore": 0, "organization_number": "1", "vat_registered": False, "created_by": "k"}
RUN = {"id": "r1", "month": "2026-03", "issue": True, "state": "done", "created_at": NOON}
WHOLE = {
    line_items.table: LINE,
    invoice_table.table: INVOICE,
    credit_notes.table: NOTE,
    credit_notes.line_table: NOTE_LINE,
    invoice_payments.table: PAYMENT,
    bank_payments.table: BANK,
    credit.table: CREDIT,
    credit_entries.table: ENTRY,
    paid_invoices.table: PAID,
    earnings.table: EARNING,
    payouts.table: PAYOUT,
    invoicing_runs.table: RUN,
    card_payments.table: CARD,
    payment_table.table: TARGET,
    advances.table: ADVANCE,
    refunds.table: BACK,
    disputes.table: LOST,
}
BESIDE = (
    (line_items.table, SOLD),
    (invoice_table.table, RECEIPT),
    (invoice_payments.table, BY_CARD),
    (card_payments.table, HELD),
)
JOURNAL = {
    each.name for each in invariants("ledger_proven", "")
}  # test_ledger.py, test_journal_export.py
MONEY = {
    each.name: each.query
    for each in (*billing.INVARIANTS, *affiliate.INVARIANTS)
    if each.name not in JOURNAL
}


def found(own: Database, name: str, rows: dict[Table, dict[str, Any]], *more: Any) -> list[Any]:
    """Return what breaks an invariant of the money where these rows are all there is."""
    with own.owner() as engine, engine.connect() as connection, connection.begin() as made:
        for table, row in rows.items():
            table.create(connection)
            connection.execute(insert(table).values(row))
        for table, row in (*BESIDE, *more):
            connection.execute(insert(table).values(row))
        broken = list(connection.exec_driver_sql(MONEY[name]).all())
        made.rollback()
    return broken


@pytest.mark.parametrize("name", MONEY)
def test_money_that_adds_up_breaks_nothing(lived: Database, name: str) -> None:
    assert found(lived, name, WHOLE) == []


@pytest.mark.parametrize(
    ("name", "table", "wrong"),
    [
        ("lines_add_up", line_items.table, {"vat_ore": 2_502, "gross_ore": 12_512}),
        ("lines_add_up", line_items.table, {"gross_ore": 12_512}),
        ("lines_add_up", line_items.table, {"quantity": 2}),
        ("invoices_add_up", invoice_table.table, {"net_ore": 10_011}),
        ("invoices_add_up", line_items.table, {"invoice_id": None}),
        ("payments_add_up", invoice_table.table, {"paid_ore": 6_262}),
        ("payments_add_up", invoice_table.table, {"excess_ore": 6_249}),
        ("payments_add_up", invoice_payments.table, {"amount_ore": 12_514}),
        ("payments_add_up", invoice_payments.table, {"reversed_at": NOON}),
        ("nothing_negative", invoice_table.table, {"state": "PartPaid"}),
        ("nothing_negative", invoice_table.table, {"state": "Credited"}),
        ("nothing_negative", invoice_table.table, {"gross_ore": 12_512}),
        ("nothing_negative", invoice_table.table, {"excess_ore": -1}),
        ("nothing_negative", invoice_table.table, {"written_off_ore": 1}),
        ("transfers_add_up", bank_payments.table, {"invoiced_ore": 12_512}),
        ("transfers_add_up", bank_payments.table, {"left_ore": 1}),
        ("transfers_add_up", invoice_payments.table, {"amount_ore": 12_512}),
        ("credit_adds_up", credit.table, {"balance_ore": 6_249}),
        ("credit_adds_up", credit_entries.table, {"amount_ore": 6_251}),
        ("delivered_was_rendered", invoice_table.table, {"delivery": "delivered"}),
        ("delivered_was_rendered", credit_notes.table, {"delivery": "delivered"}),
        ("runs_at_work", invoicing_runs.table, {"state": "running"}),
        ("credit_notes_add_up", credit_notes.table, {"net_ore": 5_001}),
        ("credit_notes_add_up", credit_notes.line_table, {"vat_ore": 1_249}),
        ("credit_notes_add_up", credit_notes.line_table, {"credit_note_id": "n2"}),
        ("credited_by_notes", invoice_table.table, {"credited_ore": 6_249}),
        ("credited_by_notes", invoice_table.table, {"credited_net_ore": 0}),
        ("credited_by_notes", credit_notes.table, {"invoice_id": "i2"}),
        ("lines_credited_once", credit_notes.line_table, {"net_ore": 10_011}),
        ("lines_credited_once", credit_notes.line_table, {"net_ore": 10_010, "vat_ore": 2_502}),
        ("lines_credited_once", credit_notes.line_table, {"line_item_id": "l2"}),
        ("advances_documented", payment_table.table, {"stripe_payment_intent_id": "pk"}),
        ("receipts_paid", card_payments.table, {"amount_ore": 124_999}),
        ("receipts_paid", card_payments.table, {"held": "paid_twice"}),
        ("receipts_paid", line_items.table, {"rail": "card"}),
        ("held_goes_back", refunds.table, {"amount_ore": 124_999}),
        ("held_goes_back", refunds.table, {"cause": "by_hand"}),
        ("refunded_within", refunds.table, {"amount_ore": 125_001}),
        ("refunded_within", refunds.table, {"payment_intent_id": "pk"}),
        ("lost_is_settled", disputes.table, {"settled_ore": 124_999}),
        ("lost_is_settled", disputes.table, {"loss_ore": 125_001}),
        ("earnings_by_rule", earnings.table, {"earning_amount_ore": 2_502}),
        ("earnings_by_rule", earnings.table, {"state": "rejected"}),
        ("earnings_by_rule", paid_invoices.table, {"credited_net_ore": 2}),
        ("earnings_by_rule", paid_invoices.table, {"settled": False}),
        ("earnings_by_rule", paid_invoices.table, {"skipped": "self_referral"}),
        ("entries_of_invoices", earnings.table, {"affiliate_relationship_id": "r2"}),
        ("entries_of_invoices", earnings.table, {"corrects": "e2"}),
        ("entries_of_invoices", paid_invoices.table, {"id": "i2"}),
        ("payouts_add_up", payouts.table, {"amount_ore": 2_502}),
        ("payouts_add_up", payouts.table, {"state": "cancelled"}),
        ("payouts_add_up", earnings.table, {"payout_id": None}),
        ("balances_add_up", earnings.table, {"status": "paid_out"}),
        ("balances_add_up", payouts.table, {"state": "confirmed"}),
    ],
)
def test_an_ore_too_much_or_too_little_is_found(
    lived: Database, name: str, table: Table, wrong: dict[str, Any]
) -> None:
    assert found(lived, name, {**WHOLE, table: {**WHOLE[table], **wrong}}) != []


@pytest.mark.parametrize(
    ("name", "table", "more"),
    [
        ("numbers_in_order", invoice_table.table, {**NEXT, "invoice_number": 10_005}),
        ("numbers_in_order", invoice_table.table, {**NEXT, "invoice_number": 10_002}),
        ("numbers_in_order", credit_notes.table, {**NOTE, "id": "n2", "number": 10_001}),
        ("numbers_in_order", invoice_table.table, {**NEXT, "issue_date": NOON - timedelta(days=1)}),
        ("earnings_by_rule", earnings.table, {**EARNING, "id": "e2"}),
        ("billed_once", line_items.table, {**SOLD, "id": "l4", "rail": "invoice"}),
        ("advances_documented", invoice_payments.table, {**BY_CARD, "id": "p4"}),
        ("receipts_paid", invoice_table.table, {**RECEIPT, "id": "i4", "invoice_number": 10_004}),
        ("held_goes_back", card_payments.table, {**HELD, "id": "k3", "payment_intent_id": "pk"}),
        ("entries_of_invoices", earnings.table, {**EARNING, "id": "e2"}),
    ],
)
def test_a_row_that_must_not_follow_is_found(
    lived: Database, name: str, table: Table, more: dict[str, Any]
) -> None:
    assert found(lived, name, WHOLE, (table, more)) != []


def test_the_next_number_may_follow_on_the_same_day(lived: Database) -> None:
    assert found(lived, "numbers_in_order", WHOLE, (invoice_table.table, NEXT)) == []
