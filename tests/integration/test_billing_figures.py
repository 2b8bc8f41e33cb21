"""What billing's figures come to, on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from billing.domain import oslo
from billing.invariants import LATE_LINE_ITEMS
from chassis.codec import plain
from chassis.errors import Forbidden, Invalid
from embedded.direct import DirectPort
from integration.stages.billing_shop import Billing, billing_shop
from servers.postgres import Server

GROSS_ORE, NET_ORE = 125_000, 100_000  # of one image project
DAY_S = 86_400


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as shop:
        yield shop


def test_what_waits_is_counted_and_summed_up_as_it_stands_today(shop: Billing) -> None:
    assert shop.admin.call("billing_stats") == {
        "uninvoiced_count": 0,
        "uninvoiced_ore": 0,
        "late_line_items_count": 0,
        "oldest_delivered_on": None,
        "pending_payment_ore": 0,
        "overdue_count": 0,
        "overdue_ore": 0,
        "this_month_ore": 0,
        "total_ore": 0,
        "advances_ore": 0,
        "customer_credit_ore": 0,
        "unallocated_ore": 0,
    }
    shop.pay(shop.issued(projects=3), 3 * GROSS_ORE)  # on 15 April
    shop.pay(shop.issued(projects=2), 1)
    first = oslo.day(shop.now)
    shop.customer(projects=2)  # on no invoice
    shop.draft(shop.customer(projects=1))
    shop.pass_seconds(14 * DAY_S)  # the day on which they fall due
    assert shop.admin.call("billing_stats")["overdue_count"] == 0
    shop.pass_seconds(3 * DAY_S)  # it is 2 May
    shop.issued(projects=1)
    shop.customer(projects=1)

    shop.grant(shop.customer(projects=0), 7)
    unknown = {"external_id": "whose?", "paid_on": "2026-05-02", "amount_ore": 5}
    shop.do("import_bank_payments", payments=[unknown])

    now = shop.admin.call("billing_stats")

    assert (now["customer_credit_ore"], now["unallocated_ore"]) == (7, 5)
    assert (now["uninvoiced_count"], now["uninvoiced_ore"]) == (3, 3 * NET_ORE)
    assert (now["late_line_items_count"], now["oldest_delivered_on"]) == (0, first.isoformat())
    assert now["pending_payment_ore"] == 2 * GROSS_ORE - 1 + GROSS_ORE
    assert (now["overdue_count"], now["overdue_ore"]) == (1, 2 * GROSS_ORE - 1)
    assert (now["this_month_ore"], now["total_ore"]) == (NET_ORE, 6 * NET_ORE)
    shop.pass_seconds(3 * DAY_S)
    assert shop.admin.call("billing_stats")["late_line_items_count"] == 2


def affiliate(shop: Billing) -> DirectPort:
    return shop.as_service("affiliate")


def paid_net(shop: Billing, first: date, last: date, **more: Any) -> Any:
    return affiliate(shop).call(
        "paid_net", date_from=first.isoformat(), date_to=last.isoformat(), **more
    )


def test_affiliate_is_told_what_was_first_paid_on_which_days_in_oslo(shop: Billing) -> None:
    invoices = [shop.issued(projects=1) for _ in range(4)]
    day = oslo.day(shop.now)
    midnight = datetime.combine(day + timedelta(days=1), time(), oslo.OSLO)
    shop.pass_seconds(int((midnight - shop.now).total_seconds()) - 1)
    shop.pay(invoices[0], GROSS_ORE)
    at = shop.now
    shop.pass_seconds(1)
    for each in invoices[1:3]:
        shop.pay(each, GROSS_ORE)
    shop.bounce(invoices[0])
    shop.pass_seconds(DAY_S)
    shop.bounce(invoices[1])
    shop.pay(invoices[1], GROSS_ORE, "T-2")  # again: it stays on the day of the first time

    first, next_day = paid_net(shop, day, day), day + timedelta(days=1)

    (row,) = first["items"]
    assert (row["invoice_id"], row["paid_at"]) == (invoices[0], plain(at))
    assert (row["net_ore"], row["credited_net_ore"]) == (NET_ORE, 0)
    assert (row["settlement"], row["settled"]) == (1, False)
    second = paid_net(shop, next_day, next_day)["items"]
    assert {each["invoice_id"]: (each["settlement"], each["settled"]) for each in second} == {
        invoices[1]: (2, True),
        invoices[2]: (1, True),
    }
    pages = [paid_net(shop, day, next_day, limit=1)]
    while pages[-1]["next_cursor"]:  # two of them were paid at one moment
        pages.append(paid_net(shop, day, next_day, limit=1, cursor=pages[-1]["next_cursor"]))
    listed = [each["invoice_id"] for page in pages for each in page["items"]]
    assert (sorted(listed), listed[-1]) == (sorted(invoices[:3]), invoices[0])
    with pytest.raises(Invalid, match="chassis.cursor_invalid"):
        paid_net(shop, day, day, cursor=pages[0]["next_cursor"])
    assert paid_net(shop, next_day, day)["items"] == []
    assert len(paid_net(shop, date.min, date.max)["items"]) >= 3
    with pytest.raises(Forbidden):
        shop.admin.call("paid_net", date_from="2026-01-01", date_to="2026-01-02")


def test_a_line_is_late_20_days_after_its_delivery(shop: Billing) -> None:
    """By the database's clock, as the gauge asks it."""
    before = shop.rows(LATE_LINE_ITEMS.query)[0]["count"]
    today = shop.rows("select (now() at time zone 'Europe/Oslo')::date as today")[0]["today"]
    for days in (19, 20, 21):
        customer, on = shop.customer(projects=1), today - timedelta(days=days)
        with shop.parts.app.engine.begin() as connection:
            connection.exec_driver_sql(
                "update invoice_line_item set delivered_on = %(on)s where workspace_id = %(of)s",
                {"on": on, "of": customer},
            )
    assert shop.rows(LATE_LINE_ITEMS.query) == [{"count": before + 2}]


def test_what_was_sold_is_summed_up_by_the_day_of_issue_less_what_was_credited(
    shop: Billing,
) -> None:
    def issued_after(days: int, projects: int) -> str:
        shop.pass_seconds(days * DAY_S)
        return shop.issued(projects)

    before = shop.admin.call("revenue_stats")
    first = datetime(2026, 12, 1, 12, tzinfo=UTC)
    shop.pass_seconds(int((first - shop.now).total_seconds()))
    issued_after(0, projects=1)
    issued_after(32, projects=2)  # 2 January
    paid = issued_after(1, projects=4)  # 3 January
    partly = issued_after(29, projects=8)  # 1 February, 29 days later
    shop.draft(shop.customer(projects=1))
    shop.pay(paid, 4 * GROSS_ORE)
    line = shop.admin.call("get_invoice", invoice_id=partly)["lines"][0]["id"]
    part = [{"line_item_id": line, "net_ore": NET_ORE}]
    shop.do("credit_invoice", invoice_id=partly, reason="one too many", lines=part)

    now = shop.admin.call("revenue_stats")
    assert {name: now[name] - before[name] for name in ("total_ore", "paid_ore")} == {
        "total_ore": 14 * NET_ORE,
        "paid_ore": 4 * NET_ORE,
    }
    assert now["invoice_count"] - before["invoice_count"] == 4
    assert {
        name: now[name] for name in now.keys() - {"total_ore", "paid_ore", "invoice_count"}
    } == {
        "this_month_ore": 7 * NET_ORE,
        "last_30_days_ore": 11 * NET_ORE,
        "this_year_ore": 13 * NET_ORE,
        "credited_ore": NET_ORE,
        "card_ore": 0,
    }


def test_after_all_of_it_every_invariant_holds(shop: Billing) -> None:
    assert shop.broken() == {}
