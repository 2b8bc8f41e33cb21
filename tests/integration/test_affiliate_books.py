"""affiliate's books: proven, handed out, frozen month by month, and compared with billing's."""

import csv
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy import Engine, create_engine, make_url

from affiliate import app as affiliate
from affiliate import reconciling
from affiliate.domain.accounts import CHART
from affiliate.invariants_journal import DIFFERENCES
from affiliate.jobs import reconcile
from books.command import headings
from books.gateways import beancount
from books.projections import entries
from chassis.database import postgres
from chassis.errors import Invalid, NotFound
from chassis.unit import feed, rebuilding
from chassis.unit.handling import App
from integration.stages import money_holding
from integration.stages.affiliate_office import Office, paying_office
from integration.stages.affiliate_shop import Affiliate
from integration.stages.billing_shop import owner_of
from integration.stages.books_asked import failing
from integration.stages.money_histories import bean_checked
from servers.postgres import Server
from suitectl import ledgers

LINE = "select id from invoice_line_item where invoice_id = %(id)s order by id"
ACCOUNTS = """select account, sum(amount_ore)::bigint as ore from journal_entry
    where workspace_id = %(id)s group by account having sum(amount_ore) <> 0"""


@pytest.fixture(scope="module")
def opened(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with paying_office(postgres_server, tmp_path_factory.mktemp("blobs")) as office:
        yield office
        assert office.shop.changed_by_a_rebuild() == {}


@pytest.fixture
def office(opened: Office) -> Iterator[Office]:
    yield opened
    assert opened.shop.broken() == {}
    assert failing(opened.shop.call("verify_ledger")) == {}


def on(office: Office, month: int, day: int, hour: int = 10) -> None:
    """Let it be that day of 2026."""
    then = datetime(2026, month, day, hour, tzinfo=UTC)
    office.shop.shop.pass_seconds(int((then - office.shop.shop.now).total_seconds()))


def credit(office: Office, invoice_id: str, net_ore: int) -> None:
    shop = office.shop.shop
    shop.pass_seconds(1)
    (line, *_) = shop.rows(LINE, id=invoice_id)
    lines = [{"line_item_id": line["id"], "net_ore": net_ore}]
    shop.do("credit_invoice", invoice_id=invoice_id, lines=lines, reason="enig")
    office.shop.hear_all()


def booked(office: Office, one: UUID) -> dict[str, int]:
    """Return what is on the accounts of one affiliate."""
    return {each["account"]: each["ore"] for each in office.shop.rows(ACCOUNTS, id=str(one))}


def owed(office: Office, one: UUID) -> dict[str, Any]:
    found: dict[str, Any] = office.shop.call("get_balance", affiliate_workspace_id=str(one))
    return found


def statement(office: Office, one: UUID, month: str) -> dict[str, Any]:
    found: dict[str, Any] = office.shop.owner(one).call("statement", month=month)
    return found


def scheduled(office: Office, name: str) -> None:
    """Do what is scheduled under that name, now."""
    (schedule,) = (each for each in office.shop.parts.schedules if each.name == name)
    schedule.run(office.shop.parts.app)


def frozen(office: Office, one: UUID, month: str) -> bytes:
    """Return the bytes of a statement that was issued."""
    return office.stored(f"blob:{one}/statements/{month}.csv")


def figures(said: dict[str, Any]) -> tuple[int, ...]:
    names = ("opening_ore", "earned_ore", "reduced_ore", "clawed_back_ore", "paid_out_ore")
    return tuple(said[name] for name in (*names, "closing_ore"))


def test_what_was_paid_with_vat_and_clawed_back_is_owed_until_it_is_earned_again(
    office: Office,
) -> None:
    one = office.affiliate(percent=20, vat_registered=True)
    first = office.earn(one)
    payout_id = office.approved(one)
    office.confirm(payout_id, supplier_invoice_number="F-1")
    credit(office, first, 100_000)

    assert booked(office, one) == {"affiliates": 20_000, "vat_in": 5_000, "bank": -25_000}
    assert office.refused(one) == "negative_balance"
    assert owed(office, one) == {
        **{"held_ore": 0, "available_ore": -20_000, "on_hold_ore": 0, "reserved_ore": 0},
        **{"balance_ore": -20_000, "paid_out_ore": 20_000, "negative_since": "2026-04-15"},
    }
    assert figure(office, "affiliate_debt_ore") == 20_000

    on(office, 4, 16)
    relationship = office.shop.call("list_relationships", affiliate_workspace_id=str(one))
    (bound,) = relationship["items"]
    office.shop.call("change_commission", relationship_id=bound["id"], commission_percent=15)
    office.earn(one, projects=2)  # half of it is paid by what was credited
    assert owed(office, one)["negative_since"] is None
    (made,) = office.create(one)["items"]
    assert made["amount_ore"] == 10_000
    assert figure(office, "affiliate_debt_ore") == 0


def figure(office: Office, name: str) -> int:
    """Return what Prometheus is shown."""
    (query,) = (each.query for each in office.shop.parts.app.service.figures if each.name == name)
    (found,) = office.shop.rows(query)
    return int(next(iter(found.values())))


def test_statements_of_three_months_follow_from_each_other_and_never_change(
    office: Office,
) -> None:
    one = office.affiliate(percent=20)
    april, spoilt = office.earn(one), office.earn(one)
    on(office, 4, 20)
    credit(office, spoilt, 50_000)
    payout_id = office.approved(one)
    office.confirm(payout_id)
    on(office, 5, 4)
    scheduled(office, "issue_statements")
    assert statement(office, one, "2026-04")["csv"] is None
    on(office, 5, 5)
    scheduled(office, "issue_statements")
    assert figures(statement(office, one, "2026-04")) == (0, 40_000, 10_000, 0, 30_000, 0)
    before = frozen(office, one, "2026-04")
    credit(office, april, 30_000)
    on(office, 6, 20)
    office.earn(one)
    on(office, 7, 6)  # missed in June: both
    scheduled(office, "issue_statements")

    months = [statement(office, one, f"2026-0{month}") for month in (4, 5, 6, 7)]
    assert [figures(each) for each in months] == [
        (0, 40_000, 10_000, 0, 30_000, 0),
        (0, 0, 0, 6_000, 0, -6_000),
        (-6_000, 20_000, 0, 0, 0, 14_000),
        (14_000, 0, 0, 0, 0, 14_000),
    ]
    assert [each["frozen"] for each in months] == [True, True, True, False]
    assert months[3]["csv"] is None
    for said in months[:3]:
        kept = frozen(office, one, said["month"])
        assert said["csv"]["sha256"] == hashlib.sha256(kept).hexdigest()
        assert said["csv"]["size"] == len(kept)
        assert sums(kept) == sums_of(said)
    assert [each["kind"] for each in months[0]["entries"]] == [
        *("earned", "earned", "reduced", "paid_out")
    ]
    assert months[0]["entries"][3]["payout_id"] == payout_id
    assert months[1]["entries"][0]["invoice_number"] == months[0]["entries"][0]["invoice_number"]
    assert frozen(office, one, "2026-04") == before


def sums(kept: bytes) -> dict[str, Decimal]:
    """Return what the rows of a statement's CSV come to, by kind; they add up to the last."""
    found = dict[str, Decimal]()
    for row in csv.DictReader(io.StringIO(kept.decode(), newline="")):
        found[row["kind"]] = found.get(row["kind"], Decimal()) + Decimal(row["change"])
    assert sum(found.values()) - found["closing"] == found["closing"]
    return found


def sums_of(said: dict[str, Any]) -> dict[str, Decimal]:
    signed = {
        **{"opening": said["opening_ore"], "earned": said["earned_ore"]},
        **{"reduced": -said["reduced_ore"], "clawed_back": -said["clawed_back_ore"]},
        **{"paid_out": -said["paid_out_ore"], "closing": said["closing_ore"]},
    }
    always = ("opening", "closing")
    return {each: Decimal(ore) / 100 for each, ore in signed.items() if ore or each in always}


def test_a_month_that_is_frozen_is_not_written_again_whatever_was_done_to_the_tables(
    office: Office,
) -> None:
    one = office.affiliate()
    on(office, 7, 20)
    office.earn(one)
    on(office, 8, 5)
    scheduled(office, "issue_statements")
    before, said = frozen(office, one, "2026-07"), statement(office, one, "2026-07")
    office.change("update journal_entry set booked_on = booked_on - 1")
    scheduled(office, "issue_statements")
    office.change("update journal_entry set booked_on = booked_on + 1")
    assert frozen(office, one, "2026-07") == before
    assert figures(statement(office, one, "2026-07")) == figures(said)


def test_one_sees_ones_own_and_an_admin_names_whose(office: Office) -> None:
    one, other = office.affiliate(), office.affiliate()
    office.earn(one)
    assert office.shop.owner(one).call("get_balance")["available_ore"] == 20_000
    assert statement(office, other, "2026-08")["entries"] == []
    for method, given in (("get_balance", {}), ("statement", {"month": "2026-08"})):
        with pytest.raises(NotFound):
            office.shop.owner(other).call(method, affiliate_workspace_id=str(one), **given)
        with pytest.raises(Invalid):
            office.shop.call(method, **given)
    for month in ("2026-13", "2026-8", "9999-01"):
        with pytest.raises(Invalid):
            statement(office, one, month)
    office.shop.hear_auth("workspace_suspended", workspace_id=one, status="suspended")
    stopped = owed(office, one)
    assert (stopped["available_ore"], stopped["on_hold_ore"]) == (0, 20_000)
    assert stopped["balance_ore"] == 20_000


def test_a_day_that_was_handed_out_is_the_same_bytes_and_its_vouchers_have_no_gap(
    office: Office,
) -> None:
    number(office)
    reply = office.shop.call("export_journal", date_from="2026-04-15", date_to="2026-04-30")
    first = office.stored("blob:journal/2026-04-15_2026-04-30.csv")
    assert (reply["sha256"], reply["frozen_until"]) == (sha256(first), "2026-04-30")
    rows = list(csv.DictReader(io.StringIO(first.decode(), newline="")))
    assert [int(each["voucher"]) for each in rows][-1] == reply["vouchers"]
    assert rows[0]["account_number"] == "7210" and rows[1]["account_number"] == "2960"
    office.shop.call("export_journal", date_from="2026-04-15", date_to="2026-06-30")
    office.shop.call("export_journal", date_from="2026-04-15", date_to="2026-04-30")
    assert office.stored("blob:journal/2026-04-15_2026-04-30.csv") == first


def number(office: Office) -> None:
    while feed.number(office.shop.parts.app.engine):
        pass


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def printed(shop: Affiliate) -> str:
    with shop.parts.app.engine.connect() as connection:
        found = entries.listed(connection)
        return "\n".join(beancount.ledger("affiliate", headings(CHART), found)) + "\n"


def test_bean_check_finds_nothing_in_the_books_of_both_which_come_to_0(office: Office) -> None:
    both = money_holding.printed(office.shop.shop) + printed(office.shop)
    assert bean_checked(both) == ""
    torn = both.replace(
        "  Expenses:A7210-Commission:Affiliate  ", "  Expenses:A7210-Commission:Affiliate  1", 1
    )
    assert "does not balance" in bean_checked(torn)

    books = {}
    for app in (office.shop.parts.app, office.shop.shop.parts.app):
        assert ledgers.keeps(app.service)
        books[app.service.name] = app.query(ledgers.books)
    assert ledgers.unbalanced(books) == []
    of_both = ledgers.of_the_suite(books)
    assert sum(of_both.values()) == 0 and {"bank", "sales", "commission"} <= of_both.keys()
    wrong = {**books, "affiliate": {**books["affiliate"], "bank": 1}}
    assert [each["service"] for each in ledgers.unbalanced(wrong)] == ["affiliate"]


def test_both_know_the_same_of_what_was_paid_until_one_has_not_heard(office: Office) -> None:
    days = {"date_from": "2026-04-01", "date_to": "2026-12-31"}
    said = office.shop.call("reconcile", **days)
    assert said["matched"] == 7
    assert (said["different"], said["only_in_billing"], said["only_in_affiliate"]) == ([], [], [])
    with pytest.raises(Invalid):
        office.shop.call("reconcile", date_from="2026-05-02", date_to="2026-05-01")
    on(office, 9, 1)
    scheduled(office, "reconcile_with_billing")
    assert figure(office, "affiliate_reconcile_differences") == 0


def test_an_invoice_that_was_not_heard_of_is_named(office: Office, postgres_server: Server) -> None:
    (lost, other) = [each["id"] for each in office.shop.rows("select id from paid_invoice limit 2")]
    with copied(office, postgres_server) as (owner, app):
        with owner.begin() as connection:
            connection.exec_driver_sql("set local session_replication_role = replica")
            dropped = f"delete from events where stream_id = 'paid_invoice-{lost}'"
            connection.exec_driver_sql(dropped)
        rebuilding.rebuild(owner, affiliate.SERVICE, ["paid_invoice"])
        with owner.begin() as connection:
            wrong = "update paid_invoice set credited_net_ore = credited_net_ore + 1"
            connection.exec_driver_sql(f"{wrong} where id = '{other}'")
        billing = office.shop.shop.as_service("affiliate")
        said = reconciling.compared(app, billing, date(2026, 4, 1), date(2026, 12, 31))
        assert [str(each) for each in said.only_in_billing] == [lost]
        assert [str(each.invoice_id) for each in said.different] == [other]
        assert (said.matched, said.only_in_affiliate) == (5, ())
        reconcile.compare(lambda service: billing, app)
        assert app.query(lambda db: db.exec_driver_sql(DIFFERENCES.query).scalar_one()) == 2


@contextmanager
def copied(office: Office, server: Server) -> Iterator[tuple[Engine, App]]:
    """Yield a copy of affiliate's database: its owner's engine, and a service on it."""
    office.shop.parts.app.engine.dispose()
    office.shop.owners.close()
    url = make_url(office.shop.owner_url)
    copy = url.set(database=f"{url.database}_copy", drivername="postgresql+psycopg")
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(f"create database {copy.database} template {url.database}".encode())
    office.shop.owners = owner_of(office.shop.owner_url)
    own = make_url(server.admin_url).set(database=copy.database, drivername=copy.drivername)
    engines = [create_engine(own), postgres.engine(copy.render_as_string(False), name="copy")]
    try:
        clock = office.shop.parts.app.clock
        yield engines[0], App(service=affiliate.SERVICE, engine=engines[1], clock=clock)
    finally:
        for each in engines:
            each.dispose()
        with psycopg.connect(server.admin_url, autocommit=True) as admin:
            admin.execute(f"drop database {copy.database}".encode())


FIRST = "(select event_id from journal_entry where text = 'earned' order by id limit 1)"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            f"update journal_entry set amount_ore = amount_ore * 2 where event_id = {FIRST}",
            {"commissions_posted": "event_id", "commissions_proven": "name"},
        ),
        (
            f"update journal_entry set account = 'bank' where event_id = {FIRST}"
            " and account = 'commission'",
            {"commissions_proven": "name"},
        ),
        (
            "insert into journal_entry select 'again' || id, event_id, line, booked_on, value_on,"
            " account, workspace_id, amount_ore, vat_code, document, text"
            f" from journal_entry where event_id = {FIRST}",
            {"entries_balance": "event_id", "commissions_posted": "event_id"},
        ),
        (
            "update payout set amount_ore = amount_ore + 1 where state = 'confirmed'",
            {"payouts_add_up": "id", "commissions_proven": "name"},
        ),
        (
            "update journal_entry set workspace_id = 'another' where text = 'earned'",
            {"owed_as_booked": "affiliate_workspace_id"},
        ),
        (
            "update statement set closing_ore = closing_ore + 1 where month = '2026-05'",
            {"statements_follow": "id"},
        ),
        (
            "update journal_entry set text = 'x' where booked_on = '2026-04-15'",
            {"exported_days_stand": "day"},
        ),
    ],
)
def test_what_was_changed_by_hand_is_named(
    office: Office, change: str, named: dict[str, str]
) -> None:
    with psycopg.connect(office.shop.owner_url, row_factory=dict_row) as connection:
        connection.execute(change.encode())
        for name, column in named.items():
            (query,) = (each.query for each in affiliate.SERVICE.invariants if each.name == name)
            rows = connection.execute(query.encode()).fetchall()
            assert rows and all(each[column] is not None for each in rows), name
        connection.rollback()
