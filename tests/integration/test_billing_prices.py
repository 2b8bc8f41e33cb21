"""Prices and line items on PostgreSQL: what was sold stays as it was sold, and is billed once."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from billing import delivering
from billing.domain import line_item, line_item_messages, payment, payment_messages
from billing.names import line_item_id, payment_id
from chassis import ids
from chassis.errors import Invalid, NotFound, Rejected, ServiceError
from chassis.identity import service_actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from integration.stages.billing_shop import Billing, billing_shop
from integration.stages.box_database import all_at_once
from integration.stages.money_holding import changed_by_a_rebuild
from servers.postgres import Server

SOLD = ("net_ore", "vat_ore", "gross_ore", "amount_ore", "price_version")


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as working:
        yield working


def rows(shop: Billing, query: str, *given: Any) -> list[dict[str, Any]]:
    with psycopg.connect(shop.owner_url, row_factory=dict_row) as connection:
        return connection.execute(query.encode(), given).fetchall()


def lines(shop: Billing, workspace_id: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = shop.admin.call("list_line_items", workspace_id=workspace_id)[
        "items"
    ]
    return listed


def price(shop: Billing, workspace_id: str, **prices: int | None) -> dict[str, Any]:
    reply: dict[str, Any] = shop.admin.call("set_pricing", workspace_id=workspace_id, **prices)
    return reply


def status(shop: Billing, about: dict[str, Any]) -> dict[str, Any]:
    target = {"target_kind": "image_project", "target_id": str(about["project_id"])}
    reply: dict[str, Any] = shop.admin.call("get_payment_status", **target)
    return reply


def test_a_price_that_changes_alters_nothing_that_was_sold(shop: Billing) -> None:
    customer = shop.customer(projects=1)
    [before] = lines(shop, customer)
    cleared = shop.start(customer)

    price(shop, customer, image_project_price_ore=150_000)
    shop.deliver(cleared)
    shop.deliver(shop.start(customer))

    after = {each["id"]: each for each in lines(shop, customer)}
    assert after.pop(before["id"]) == before
    sold = sorted(tuple(each[name] for name in SOLD) for each in after.values())
    assert sold == [
        (100_000, 25_000, 125_000, 100_000, 0),
        (150_000, 37_500, 187_500, 150_000, 1),
    ]


def test_each_price_is_known_by_its_version_and_its_time(shop: Billing) -> None:
    customer = shop.customer(projects=0)
    start = shop.now
    first = price(shop, customer, image_project_price_ore=150_000)
    assert first == {
        "id": customer,
        "version": 1,
        "image_project_price_version": 1,
        "video_project_price_version": 0,
    }
    then = shop.pass_seconds(10)
    assert price(shop, customer, image_project_price_ore=150_000)["version"] == 1
    both = price(shop, customer, image_project_price_ore=None, video_project_price_ore=0)
    assert (both["version"], both["image_project_price_version"]) == (3, 2)

    owner = shop.owner(customer)
    shown = owner.call("get_pricing")
    assert shown == {
        "id": customer,
        "version": 3,
        "workspace_id": customer,
        "image_project_price_ore": 100_000,
        "video_project_price_ore": 0,
        "image_project_price_version": 2,
        "video_project_price_version": 1,
        "currency": "NOK",
        "vat_rate_bp": 2_500,
        "created_at": start.isoformat().replace("+00:00", "Z"),
        "updated_at": then.isoformat().replace("+00:00", "Z"),
    }
    asked = partial(owner.call, "price_at", target_kind="image_project")
    second = timedelta(seconds=1)
    history = [
        (reply["price_ore"], reply["price_version"], reply["set_by"])
        for moment in (start - second, start, then - second, then, then + timedelta(days=99))
        for reply in [asked(at=moment.isoformat())]
    ]
    by = str(shop.admin_id)
    assert history == [
        (100_000, 0, None),
        (150_000, 1, by),
        (150_000, 1, by),
        (100_000, 2, by),
        (100_000, 2, by),
    ]


def test_a_workspace_without_prices_pays_the_default(shop: Billing) -> None:
    customer = shop.customer(projects=0)
    shown = shop.owner(customer).call("get_pricing")
    assert (shown["version"], shown["image_project_price_ore"]) == (0, 100_000)
    assert "created_at" not in shown


def test_what_is_free_is_paid_from_its_clearance_on_and_has_no_line(shop: Billing) -> None:
    stranger = uuid4()
    shop.hear("auth", "workspace_created", workspace_id=stranger, owner_user_id=uuid4())
    price(shop, str(stranger), image_project_price_ore=0)
    about = shop.start(str(stranger))
    shop.deliver(about)

    shown = status(shop, about)
    assert (shown["payment_method"], shown["status"], shown["is_paid"]) == (
        "free",
        "completed",
        True,
    )
    assert (shown["price_ore"], shown["amount_ore"], shown["refunded_ore"]) == (0, 0, 0)
    assert lines(shop, str(stranger)) == []


def test_a_suspended_workspace_waits_and_begins_when_it_is_reinstated(shop: Billing) -> None:
    customer = shop.customer(projects=0)
    about = {"workspace_id": UUID(customer)}
    shop.hear("auth", "workspace_suspended", **about)
    project = shop.start(customer)
    waits = status(shop, project)
    assert (waits["clearance"], waits["reason"]) == ("payment_required", "workspace_suspended")
    assert (waits["price_ore"], waits["amount_ore"]) == (100_000, 125_000)

    shop.hear("auth", "workspace_reinstated", **about, status="active")

    assert status(shop, project)["clearance"] == "cleared"


def test_nothing_is_known_any_more_of_what_was_deleted_before_it_was_sold(shop: Billing) -> None:
    stranger = uuid4()
    shop.hear("auth", "workspace_created", workspace_id=stranger, owner_user_id=uuid4())
    project = shop.start(str(stranger))
    assert status(shop, project)["reason"] == "no_method"
    told = {name: project[name] for name in ("project_id", "project_kind", "workspace_id")}
    shop.hear("media", "project_deleted", **told)

    with pytest.raises(NotFound):
        status(shop, project)


def test_delivered_work_of_who_lost_its_approval_is_billed_and_drafted(shop: Billing) -> None:
    customer = shop.customer(projects=0)
    cleared = shop.start(customer)
    lost = {"organization_number": None, "invoice_eligible": False}
    shop.hear("auth", "workspace_profile_changed", workspace_id=UUID(customer), **lost)
    shop.deliver(cleared)

    [line] = lines(shop, customer)
    assert line["organization_number"] == "701730496"
    assert shop.draft(customer)
    assert status(shop, shop.start(customer))["reason"] == "no_method"


def test_lines_stand_in_the_order_of_their_draft_and_name_no_deleted_project(shop: Billing) -> None:
    customer = shop.customer(projects=3)
    invoice_id = shop.draft(customer)
    drafted = shop.admin.call("get_invoice", invoice_id=invoice_id)["lines"]
    query = "select data from events where type = 'InvoiceDrafted' and stream_id like '%%' || %s"
    [event] = rows(shop, query, invoice_id)
    assert [each["id"] for each in drafted] == event["data"]["line_item_ids"]
    assert [each["position"] for each in drafted] == [1, 2, 3]

    gone = drafted[1]["project_id"]
    told = {"project_id": UUID(gone), "project_kind": "image", "workspace_id": UUID(customer)}
    shop.hear("media", "project_deleted", **told)

    after = shop.admin.call("get_invoice", invoice_id=invoice_id)["lines"]
    assert [(each["project_id"], each["target_id"]) for each in after] == [
        (None if each["id"] == drafted[1]["id"] else each["project_id"], each["target_id"])
        for each in drafted
    ]


def cancel(shop: Billing, line_item_id: str, reason: str = "a gift") -> Callable[[], Any]:
    asked = {"line_item_id": line_item_id, "reason": reason, "idempotency_key": str(uuid4())}
    return partial(shop.admin.call, "cancel_line_item", **asked)


def test_a_cancelled_line_is_told_once_and_its_reason_is_in_no_event(shop: Billing) -> None:
    customer = shop.customer(projects=0)
    project = shop.start(customer)
    shop.deliver(project)
    [line] = lines(shop, customer)

    first = cancel(shop, line["id"], "Kari Nordmann is a friend")()
    assert cancel(shop, line["id"], "another reason")() == first
    assert [each["status"] for each in lines(shop, customer)] == ["cancelled"]
    events = rows(shop, "select data, outbox from events where stream_id like %s", f"%{line['id']}")
    assert [each["outbox"]["type"] for each in events if each["outbox"]] == [
        "billing.line_item_created",
        "billing.line_item_cancelled",
    ]
    assert "Kari" not in str(events)
    kept = rows(shop, "select value from personal where row_id = %s", line["id"])
    assert kept == [{"value": "Kari Nordmann is a friend"}]

    shop.deliver({**project, "run": 2})  # another revision of what is not to be paid is
    assert sorted(each["status"] for each in lines(shop, customer)) == ["cancelled", "pending"]


def test_of_rivals_who_cancel_and_draft_a_line_one_gets_it(shop: Billing) -> None:
    for _ in range(3):
        customer = shop.customer(projects=1)
        [line] = lines(shop, customer)
        key = {"workspace_id": customer, "line_item_ids": [line["id"]]}
        draft = partial(shop.admin.call, "create_invoices", **key, idempotency_key=str(uuid4()))

        outcomes: list[Any] = all_at_once([*([cancel(shop, line["id"])] * 10), draft])

        [after] = lines(shop, customer)
        drafted = outcomes[-1]["items"]
        assert (after["status"], len(drafted)) in (("cancelled", 0), ("invoiced", 1))
        refused = [each for each in outcomes if isinstance(each, ServiceError)]
        assert {each.code for each in refused} <= {"billing.line_item_not_pending"}
        assert len(refused) == (10 if drafted else 0)


def by_hand(shop: Billing, work: Callable[[Unit], Any]) -> Any:
    made = Call(
        id=ids.fresh(), at=shop.now, actor=service_actor("tests"), correlation_id=str(ids.fresh())
    )
    return shop.parts.app.attempt(made, work)


def test_what_was_credited_as_a_whole_is_billed_again_once_and_owed_for(shop: Billing) -> None:
    customer = shop.customer(projects=1)
    shop.draft(customer)
    [line] = lines(shop, customer)
    id = UUID(line["id"])
    owed = payment_id("image_project", UUID(line["target_id"]))
    credit = line_item_messages.NoteCredit(credit_note_id=uuid4(), net_ore=100_000)
    by_hand(shop, lambda unit: unit.decide(payment.decider, owed, payment_messages.Settle()))
    with pytest.raises(AssertionError):  # it is live
        by_hand(shop, lambda unit: delivering.bill_again(unit, unit.state(line_item.decider, id)))
    by_hand(shop, lambda unit: unit.decide(line_item.decider, id, credit))

    def again(unit: Unit) -> Any:
        return delivering.bill_again(unit, unit.state(line_item.decider, id))

    made: list[Any] = all_at_once([partial(by_hand, shop, again)] * 10)

    second = line_item_id(owed, 2)
    assert made == [second] * 10
    after = {each["id"]: each for each in lines(shop, customer)}
    assert after[line["id"]]["status"] == "invoiced"
    assert {name: after[str(second)][name] for name in SOLD} == {name: line[name] for name in SOLD}
    assert after[str(second)]["status"] == "pending"
    types = rows(
        shop, "select type from events where stream_id = %s order by version", f"payment-{owed}"
    )
    assert [each["type"] for each in types] == ["TargetCleared", "TargetSettled", "TargetUnsettled"]


BAD: list[tuple[str, dict[str, Any], type[ServiceError], str]] = [
    *(
        ("set_pricing", {field: wrong}, Invalid, code)
        for field in ("image_project_price_ore", "video_project_price_ore")
        for wrong, code in (
            *((each, "chassis.invalid_argument") for each in (True, "1", 1.0, -1, -100, 2**63)),
            (100_000_000_100, "chassis.invalid_argument"),
            (150, "billing.not_whole_kroner"),
            (1, "billing.not_whole_kroner"),
        )
    ),
    ("set_pricing", {"workspace_id": str(uuid4())}, Rejected, "billing.workspace_unknown"),
    ("set_pricing", {"workspace_id": "x"}, Invalid, "chassis.invalid_argument"),
    ("price_at", {"target_kind": "project"}, Invalid, "chassis.invalid_argument"),
    ("price_at", {"at": "2026-04-15T12:00:00"}, Invalid, "chassis.invalid_argument"),
    ("price_at", {"at": "2026-04-15"}, Invalid, "chassis.invalid_argument"),
    ("price_at", {"at": "1990-04-15T12:00:00Z"}, Invalid, "chassis.invalid_argument"),
    ("price_at", {"at": "9999-12-31T23:30:00Z"}, Invalid, "chassis.invalid_argument"),
    ("price_at", {"at": "0001-01-01T00:00:00+14:00"}, Invalid, "chassis.invalid_argument"),
    ("price_at", {"at": None}, Invalid, "chassis.invalid_argument"),
    ("get_pricing", {"workspace_id": 7}, Invalid, "chassis.invalid_argument"),
    ("get_payment_status", {"target_id": str(uuid4())}, NotFound, "billing.payment_not_found"),
    ("get_payment_status", {"target_kind": "film"}, Invalid, "chassis.invalid_argument"),
    ("cancel_line_item", {"line_item_id": str(uuid4())}, NotFound, "billing.line_item_not_found"),
    *(
        ("cancel_line_item", {"reason": reason}, Invalid, "chassis.invalid_argument")
        for reason in ("", " ", "a\nb", "\x00", "x" * 501, None, 1)
    ),
]


def test_bad_input_is_refused_and_nothing_is_stored(shop: Billing) -> None:
    customer = shop.customer(projects=1)
    [line] = lines(shop, customer)
    good: dict[str, dict[str, Any]] = {
        "set_pricing": {"workspace_id": customer},
        "price_at": {
            "workspace_id": customer,
            "target_kind": "image_project",
            "at": datetime(2026, 4, 15, tzinfo=UTC).isoformat(),
        },
        "get_pricing": {},
        "get_payment_status": {"target_kind": "image_project", "target_id": line["target_id"]},
        "cancel_line_item": {"line_item_id": line["id"], "reason": "r", "idempotency_key": "one"},
    }
    stored = "select count(*) from events", "select count(*) from personal"
    before = [rows(shop, query) for query in stored]
    wrong = {}
    for method, spoiled, kind, code in BAD:
        try:
            wrong[f"{method} {spoiled}"] = shop.admin.call(method, **{**good[method], **spoiled})
        except ServiceError as refusal:
            if (type(refusal), refusal.code) != (kind, code):
                wrong[f"{method} {spoiled}"] = refusal
            elif kind is Invalid and not set(refusal.details["fields"]) & set(spoiled):
                wrong[f"{method} {spoiled}"] = refusal.details
    assert wrong == {}
    assert [rows(shop, query) for query in stored] == before


def test_who_may_ask_about_prices_is_not_who_may_set_them(shop: Billing) -> None:
    mine, theirs = shop.customer(projects=1), shop.customer(projects=0)
    owner = shop.owner(mine)
    [line] = lines(shop, mine)
    asked = {"target_kind": "video_project", "at": "2026-04-15T12:00:00Z"}
    assert owner.call("price_at", **asked)["price_ore"] == 100_000
    for method, arguments, code in (
        ("price_at", {**asked, "workspace_id": theirs}, "billing.workspace_not_found"),
        ("get_pricing", {"workspace_id": theirs}, "billing.workspace_not_found"),
        ("set_pricing", {"workspace_id": mine}, "chassis.not_allowed"),
        (
            "cancel_line_item",
            {"line_item_id": line["id"], "reason": "r", "idempotency_key": "two"},
            "chassis.not_allowed",
        ),
    ):
        with pytest.raises(ServiceError) as refusal:
            owner.call(method, **arguments)
        assert refusal.value.code == code


def test_a_rebuild_of_every_table_gives_the_same_rows(shop: Billing) -> None:
    tables = [each.table.name for each in shop.parts.app.service.projections]
    shown = {name: rows(shop, f"select t::text from {name} t order by 1") for name in tables}
    assert all(shown[name] for name in ("price_history", "workspace_pricing", "project_payment"))
    assert changed_by_a_rebuild(shop) == {}
