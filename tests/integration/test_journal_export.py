"""Days of the journal are frozen once, in order, and handed out as the same bytes ever after."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from billing import app as billing
from billing.domain import postings as rules
from billing.projections import journal
from books import kept as days
from chassis.errors import Conflict, Invalid, Rejected
from chassis.unit import rebuilding
from integration.stages.books_asked import Books, books, emptied, rows_of, sum_of
from integration.stages.box_database import all_at_once
from servers.postgres import Server
from unit.billing.money_events import came, issued, paid

MON, TUE, WED, THU = (f"2026-04-{day}" for day in (13, 14, 15, 16))
BEGINS = datetime(2026, 4, 12, 22, tzinfo=UTC)  # Monday, in Oslo


@pytest.fixture(scope="module")
def made(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with books(postgres_server, tmp_path_factory.mktemp("blobs")) as made:
        yield made


@pytest.fixture
def kept(made: Books, postgres_server: Server) -> Books:
    """Two vouchers on Monday, none on Tuesday, one on Wednesday; it is Friday."""
    kept = emptied(made, postgres_server)
    kept.now = BEGINS
    kept.record(issued(), came(125_000))
    kept.days_later(2.999)
    kept.record(paid(125_000))
    kept.number()
    kept.days_later(2)
    return kept


def frozen(kept: Books) -> list[tuple[Any, ...]]:
    query = (
        "select day::text, first_voucher, last_voucher, entries from journal_export order by day"
    )
    return kept.rows(query)


def test_days_are_frozen_up_to_the_last_asked_for_and_handed_out_from_the_first(
    kept: Books,
) -> None:
    reply = kept.export(TUE, WED)
    assert (reply["vouchers"], reply["frozen_until"]) == (1, WED)
    assert frozen(kept) == [(MON, 1, 2, 5), (TUE, None, None, 0), (WED, 3, 3, 2)]
    assert kept.rows("select number, day::text from voucher order by number") == [
        (1, MON),
        (2, MON),
        (3, WED),
    ]


def test_what_is_handed_out_can_be_read_and_comes_to_0(kept: Books) -> None:
    reply, exported = kept.export(MON, WED), kept.exported(MON, WED)
    assert reply["sha256"] == hashlib.sha256(exported).hexdigest()
    assert reply["size"] == len(exported)
    assert reply["url"].startswith("https://billing.example/blobs/")
    rows = rows_of(exported)
    assert sum_of(rows) == 0
    assert [(each["voucher"], each["account_number"], each["account"]) for each in rows] == [
        *(("1", "1500", "receivable"), ("1", "3000", "sales"), ("1", "2700", "vat_out")),
        *(("2", "1920", "bank"), ("2", "2903", "unallocated")),
        *(("3", "2903", "unallocated"), ("3", "1500", "receivable")),
    ]
    assert rows[1] == {
        "voucher": "1",
        "booked_on": MON,
        "value_on": "2026-05-04",
        "account_number": "3000",
        "account": "sales",
        "workspace_id": "00000000-0000-0000-0000-000000000001",
        "document": "10001",
        "text": "invoice issued",
        "debit": "",
        "credit": "1000.00",
        "vat_code": "3",
    }


def test_a_day_handed_out_again_is_the_same_bytes_whatever_came_since(kept: Books) -> None:
    first = kept.exported(MON, TUE)
    kept.build(ACCOUNTS='{"bank": 1921}')
    kept.record(came(1))
    kept.number()
    kept.days_later(3)
    later = kept.exported(MON, "2026-04-17")
    assert kept.exported(MON, TUE) == first
    assert later.startswith(first)
    assert ",1920,bank," in first.decode()
    assert ",1921,bank," in later.decode().removeprefix(first.decode())
    assert kept.broken("exported_days_stand") == []
    kept.build()


@pytest.mark.parametrize("day", ["2026-04-16", "2026-04-17", "2026-04-18", "9999-12-31"])
def test_a_day_is_not_frozen_before_an_hour_after_its_end(kept: Books, day: str) -> None:
    kept.now = datetime(2026, 4, 16, 22, 59, 59, tzinfo=UTC)  # Friday, 00:59:59 in Oslo
    with pytest.raises(Rejected, match=r"billing\.day_not_over"):
        kept.export(MON, day)
    assert frozen(kept) == []
    kept.now += timedelta(seconds=1)
    assert kept.export(MON, THU)["frozen_until"] == THU


def test_days_the_wrong_way_round_are_refused(kept: Books) -> None:
    with pytest.raises(Invalid, match="invalid_argument"):
        kept.export(TUE, MON)
    assert frozen(kept) == []


def test_no_version_of_it_can_be_expected(kept: Books) -> None:
    with pytest.raises(Invalid, match="nothing_to_expect"):
        kept.admin.call("export_journal", date_from=MON, date_to=TUE, expected_version=1)
    assert frozen(kept) == []


def test_where_nothing_was_ever_booked_there_is_a_head_alone(
    made: Books, postgres_server: Server
) -> None:
    kept = emptied(made, postgres_server)
    assert kept.exported(MON, TUE).decode() == (
        "voucher,booked_on,value_on,account_number,account,workspace_id,document,text,debit,"
        "credit,vat_code\r\n"
    )
    assert kept.export(MON, TUE)["frozen_until"] is None


def test_it_stops_before_a_day_whose_events_have_no_position_and_goes_on_later(
    kept: Books,
) -> None:
    kept.now = datetime(2026, 4, 15, 21, tzinfo=UTC)
    kept.record(came(5))
    kept.days_later(3)
    with pytest.raises(Conflict, match=r"billing\.events_unnumbered") as refused:
        kept.export(MON, THU)
    assert refused.value.retryable
    assert [day for day, *_ in frozen(kept)] == [MON, TUE]
    kept.number()
    assert kept.export(MON, THU)["vouchers"] == 4
    assert [day for day, *_ in frozen(kept)] == [MON, TUE, WED, THU]
    assert kept.broken("vouchers_in_order") == []


def test_who_ends_between_two_days_has_frozen_the_first_and_the_next_goes_on(
    kept: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = days.freeze

    def once(connection: Any, day: Any, numbers: Any) -> None:
        if frozen(kept):  # committed: seen by others
            raise SystemExit
        real(connection, day, numbers)

    monkeypatch.setattr(days, "freeze", once)
    with pytest.raises(SystemExit):
        kept.export(MON, WED)
    assert frozen(kept) == [(MON, 1, 2, 5)]
    monkeypatch.undo()
    assert kept.export(MON, WED)["vouchers"] == 3
    assert kept.broken("vouchers_in_order") == kept.broken("exported_days_stand") == []


def test_many_who_export_at_once_give_no_voucher_twice(kept: Books) -> None:
    calls = [partial(kept.export, MON, day) for day in (TUE, WED, THU) * 4]
    replies: list[Any] = all_at_once(calls)
    assert {each["vouchers"] for each in replies} == {2, 3}
    assert frozen(kept) == [
        (MON, 1, 2, 5),
        (TUE, None, None, 0),
        (WED, 3, 3, 2),
        (THU, None, None, 0),
    ]
    assert kept.rows("select number from voucher order by number") == [(1,), (2,), (3,)]
    assert kept.broken("vouchers_in_order") == []


def test_what_comes_to_a_frozen_day_is_named(kept: Books) -> None:
    kept.export(MON, THU)
    kept.now = datetime(2026, 4, 14, 12, tzinfo=UTC)  # a clock that was set back
    kept.record(came(5))
    (broken,) = kept.broken("exported_days_stand")
    assert (str(broken["day"]), broken["entries"], broken["entries_now"]) == (TUE, 0, 2)


def rebuilt(kept: Books) -> None:
    with kept.owner() as owner:
        rebuilding.rebuild(owner, billing.SERVICE, ["journal_entry"])


ENTRIES = (
    "select id, event_id, line, booked_on, value_on, account, workspace_id, amount_ore, vat_code,"
    " document, text from journal_entry order by id"
)


def test_a_rebuild_by_the_same_rules_changes_nothing(kept: Books) -> None:
    kept.export(MON, WED)
    before = kept.rows(ENTRIES)
    rebuilt(kept)
    assert kept.rows(ENTRIES) == before
    assert kept.broken("exported_days_stand") == []


def test_after_a_rebuild_under_a_changed_posting_the_day_is_named(
    kept: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.export(MON, WED)

    def otherwise(event: Any) -> Any:
        return rules.postings(event) if type(event).__name__ != "InvoicePaymentRecorded" else ()

    monkeypatch.setattr(journal, "postings", otherwise)
    rebuilt(kept)
    (broken,) = kept.broken("exported_days_stand")
    assert (str(broken["day"]), broken["entries"], broken["entries_now"]) == (WED, 2, 0)


@pytest.mark.parametrize(
    "change",
    [
        "update journal_entry set amount_ore = -amount_ore where account = 'bank'",
        "update journal_entry set account = 'stripe' where account = 'bank'",
        "update journal_entry set value_on = value_on + 1 where account = 'bank'",
        "update journal_entry set vat_code = '31' where account = 'sales'",
        "update journal_entry set text = 'x' where account = 'bank'",
        "update journal_entry set booked_on = booked_on + 1 where account = 'bank'",
        "delete from journal_entry where account = 'bank'",
        "delete from voucher where number = 2",
        "delete from journal_export where day = '2026-04-13'",
    ],
)
def test_no_part_of_a_day_changes_unnoticed(kept: Books, change: str) -> None:
    kept.export(MON, WED)
    kept.change(change)
    assert [str(each["day"]) for each in kept.broken("exported_days_stand")] == [MON]


def test_a_voucher_that_is_missing_or_out_of_order_is_named(kept: Books) -> None:
    kept.export(MON, WED)
    kept.change("update voucher set number = 5 where number = 3")
    assert [each["number"] for each in kept.broken("vouchers_in_order")] == [5]
    kept.change("update voucher set day = '2026-04-14' where number = 1")
    assert [each["number"] for each in kept.broken("vouchers_in_order")] == [2, 5]
