"""The monthly run, on PostgreSQL: killed, held up, refused, and in the end an invoice each."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from billing import numbering
from chassis.errors import Internal, Invalid, NotFound, Rejected, Unavailable
from chassis.unit.calls import Call, Job
from integration.stages.billing_shop import BILLING, OTHER_NUMBER, Billing, billing_shop
from integration.stages.box_database import all_at_once
from servers.postgres import Server
from suitectl.invariants import JOBS_CLAIMED, RESULTS_ONCE

OF_JOBS = (JOBS_CLAIMED, RESULTS_ONCE)
MONTH_S = 31 * 86_400
AWAY = Unavailable("auth.away", "auth is away")


@pytest.fixture(scope="module")
def opened(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as shop:
        yield shop
        assert {each.name: shop.rows(each.query) for each in OF_JOBS} == {
            each.name: [] for each in OF_JOBS
        }


@pytest.fixture
def shop(opened: Billing) -> Billing:
    """Billing, in a month of the test's own, with nothing that waits from before."""
    opened.pass_seconds(MONTH_S)
    opened.auth.says.clear()
    opened.auth.fails.clear()
    return opened


def start(shop: Billing, **arguments: Any) -> dict[str, Any]:
    """Begin this month's run, or hurry it."""
    reply: dict[str, Any] = shop.do("run_invoicing", month=f"{shop.now:%Y-%m}", **arguments)
    return reply


def work(shop: Billing) -> None:
    """Do what is due of the run, and what it queues."""
    while shop.worker("invoicing_run").work():
        pass


def found(shop: Billing, run: dict[str, Any]) -> dict[str, Any]:
    reply: dict[str, Any] = shop.admin.call("get_invoicing_run", run_id=run["id"])
    return reply


def of(shop: Billing, customers: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the invoices of each customer."""
    return {
        each: shop.admin.call("list_invoices", workspace_id=each)["items"] for each in customers
    }


class Killed(BaseException):
    """The process is gone: nothing after this is done, and nobody hears of it."""


def killed_after(shop: Billing, commits: int) -> None:
    """Work until so many transactions have been committed; then let the process be gone."""
    app = shop.parts.app
    left, before = iter(range(commits - 1)), app.committed

    def count() -> None:
        if next(left, None) is None:
            raise Killed

    app.committed = count
    with pytest.raises(Killed):
        work(shop)
    app.committed = before
    shop.worker("invoicing_run").release()


def test_a_run_that_was_killed_twice_ends_with_an_invoice_each_and_none_twice(
    shop: Billing,
) -> None:
    customers = shop.customers(20)
    shop.auth.says[customers[3]] = {"legal_name": None}
    shop.auth.says[customers[7]] = {"organization_number": "123456784", "invoice_eligible": False}
    shop.auth.says[customers[11]] = {"organization_number": OTHER_NUMBER}
    shop.auth.fails[customers[15]] = NotFound("auth.workspace_not_found")
    run = start(shop)
    assert run["workspaces"] == 20

    killed_after(shop, 9)  # while it drafts
    assert found(shop, run)["state"] == "running"
    assert len(found(shop, run)["drafted"]) == 9
    killed_after(shop, 11 + 8)  # while it issues
    assert found(shop, run)["state"] == "running"
    work(shop)

    done = found(shop, run)
    assert (done["state"], len(done["issued"]), done["drafted"]) == ("done", 16, [])
    assert {each["workspace_id"]: each["missing"] for each in done["refused"]} == {
        customers[3]: ["legal_name"],
        customers[7]: ["organization_number", "buyer_changed"],
        customers[11]: ["buyer_changed"],
        customers[15]: ["workspace_unknown"],
    }
    for each in of(shop, customers).values():
        (invoice,) = each
        assert invoice["net_ore"] == 100_000
        assert len(shop.told("invoice_drafted", invoice["id"])) == 1
    assert shop.rows("select from invoice_line_item where status = 'pending'") == []
    again = start(shop)
    assert again == {**run, "version": 2}
    assert found(shop, run) == done
    assert not shop.worker("invoicing_run").work()


def test_what_a_run_could_not_issue_a_person_does(shop: Billing) -> None:
    customer = shop.customer(projects=1)
    shop.auth.says[customer] = {"legal_name": "Eksempel Holding AS", "invoice_eligible": False}
    run = start(shop)
    work(shop)
    ((invoice_id, missing),) = [
        (each["invoice_id"], each["missing"]) for each in found(shop, run)["refused"]
    ]
    assert missing == ["buyer_changed"]
    shop.do("issue_invoice", invoice_id=invoice_id, buyer_confirmed=True)
    now = found(shop, run)
    assert (now["issued"], now["refused"]) == ([invoice_id], [])


def test_a_run_takes_what_was_delivered_until_the_months_last_day_in_oslo(shop: Billing) -> None:
    customer = shop.customer(projects=0)
    last = datetime(shop.now.year, shop.now.month, 1, tzinfo=UTC).replace(month=shop.now.month + 1)
    for seconds_s in (-7_201, -7_199):  # before and after midnight there, in the summer
        shop.pass_seconds(int((last - shop.now).total_seconds()) + seconds_s)
        shop.deliver(shop.start(customer))
    month = f"{last.month - 1:02}"
    run = shop.do("run_invoicing", month=f"{last.year}-{month}")
    work(shop)
    (invoice_id,) = found(shop, run)["issued"]
    (line,) = shop.admin.call("get_invoice", invoice_id=invoice_id)["lines"]
    assert line["delivered_on"][5:7] == month
    shop.pass_seconds(43_200)  # to a moment of the same month here and there
    next_run = start(shop)
    work(shop)
    assert len(found(shop, next_run)["issued"]) == 1


def test_a_run_may_only_draft_and_drafts_a_number_each(shop: Billing) -> None:
    customer = shop.customer(projects=1)
    shop.approve(customer, OTHER_NUMBER)
    shop.deliver(shop.start(customer))
    run = start(shop, issue=False)
    work(shop)
    done = found(shop, run)
    assert (done["state"], len(done["drafted"]), done["issued"]) == ("done", 2, [])
    assert start(shop, issue=True)["id"] == run["id"]
    assert not shop.worker("invoicing_run").work()  # it was begun as one that drafts
    shop.do("discard_invoice", invoice_id=done["drafted"][0])
    assert found(shop, run)["drafted"] == done["drafted"][1:]
    shop.do("create_invoices", workspace_id=customer)


def test_a_thousand_lines_fill_an_invoice_and_the_run_makes_another(
    shop: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("billing.drafting", "billing.jobs.run"):
        monkeypatch.setattr(f"{place}.MOST_LINES", 2)
    customer = shop.customer(projects=5)
    run = start(shop)
    work(shop)
    invoices = of(shop, [customer])[customer]
    assert sorted(each["net_ore"] for each in invoices) == [100_000, 200_000, 200_000]
    assert len(found(shop, run)["issued"]) == 3


def test_a_run_waits_for_auth_and_is_tried_again(shop: Billing) -> None:
    customers = [shop.customer(projects=1) for _ in range(6)]
    shop.auth.fails.update(dict.fromkeys(customers, AWAY))
    run = start(shop)
    work(shop)
    assert len(found(shop, run)["drafted"]) == 6
    (job,) = jobs(shop, "waiting")
    assert "auth.away" in job["error"]
    shop.auth.fails.clear()
    start(shop)  # it waits a while between two attempts: somebody hurries it
    work(shop)
    assert len(found(shop, run)["issued"]) == 6
    assert jobs(shop, "waiting") == []


def jobs(shop: Billing, state: str) -> list[dict[str, Any]]:
    """Return the runs' jobs in that state, and whether each is due only later."""
    query = (
        "select error, run_at > now() + interval '30 minutes' as later from jobs"
        " where kind = 'invoicing_run' and state = %(state)s"
    )
    return shop.rows(query, state=state)


@pytest.mark.parametrize(
    ("fails", "count"),
    [(AWAY, 1), (Internal("auth.broken", "a bug of auth's"), 4)],
    ids=["again", "given up"],
)
def test_what_fails_for_some_workspaces_holds_up_no_other_and_is_done_in_the_end(
    shop: Billing, fails: Exception, count: int
) -> None:
    customers = sorted(shop.customer(projects=1) for _ in range(count + 3))
    shop.auth.fails.update(dict.fromkeys(customers[:count], fails))
    run = start(shop)
    dead = len(jobs(shop, "dead"))
    work(shop)
    now = found(shop, run)
    assert (now["state"], len(now["issued"]), len(now["drafted"])) == ("running", 3, count)
    # given up, which people are told of, it has a successor
    (job,) = jobs(shop, "waiting")
    given_up = fails is not AWAY
    assert (job["later"], len(jobs(shop, "dead")) - dead) == (given_up, int(given_up))
    shop.auth.fails.clear()
    start(shop)
    work(shop)
    now = found(shop, run)
    assert (now["state"], len(now["issued"])) == ("done", count + 3)


def test_a_run_whose_job_is_gone_is_given_another_when_it_is_asked_for(shop: Billing) -> None:
    shop.customer(projects=1)
    run = start(shop)
    with psycopg.connect(shop.owner_url) as connection:
        connection.execute("delete from jobs where kind = 'invoicing_run' and state = 'waiting'")
    work(shop)
    month = {"id": run["id"], "month": f"{shop.now:%Y-%m}"}
    assert shop.broken() == {"runs_at_work": [month]}
    start(shop)
    work(shop)
    assert (found(shop, run)["state"], len(found(shop, run)["issued"])) == ("done", 1)
    assert shop.broken() == {}


def test_a_run_that_goes_on_under_two_hands_does_nothing_twice(shop: Billing) -> None:
    customers = [shop.customer(projects=1) for _ in range(8)]
    run = start(shop)
    again = Job(kind="invoicing_run", subject=UUID(run["id"]))
    by = Call(id=uuid4(), at=shop.now, actor=BILLING, correlation_id="again")
    shop.parts.app.attempt(by, lambda unit: unit.queue(again))
    assert len(jobs(shop, "waiting")) == 2
    all_at_once([shop.worker("invoicing_run").work for _ in range(2)])
    assert jobs(shop, "waiting") == []
    work(shop)
    assert [len(each) for each in of(shop, customers).values()] == [1] * 8
    assert len(found(shop, run)["issued"]) == 8


def test_no_run_begins_or_goes_on_until_the_last_number_is_confirmed(shop: Billing) -> None:
    shop.customer(projects=1)
    run = start(shop)
    with psycopg.connect(shop.owner_url) as connection:
        connection.execute("update number_confirmed set place = 'another'")
    with pytest.raises(Rejected, match="billing.numbers_unconfirmed"):
        start(shop)
    dead = len(jobs(shop, "dead"))
    work(shop)
    assert (found(shop, run)["state"], found(shop, run)["drafted"]) == ("running", [])
    assert (len(jobs(shop, "waiting")), len(jobs(shop, "dead"))) == (1, dead)
    app = shop.parts.app
    last = numbering.taken(app)
    said = numbering.Confirmation(last=last, heard=last, reason="restored", who="kari")
    numbering.confirm(app, said)
    start(shop)
    work(shop)
    assert (found(shop, run)["state"], len(found(shop, run)["issued"])) == ("done", 1)


def test_a_month_that_is_none_or_has_not_begun_is_refused(shop: Billing) -> None:
    before = shop.rows("select count(*) from events")
    months = (
        "2026-13",
        "2026-1",
        "2026-00",
        "26-01",
        "2026-01-01",
        "2026-01\n",
        "٢٠٢٦-٠١",
        202_601,
    )
    for month in (*months, "", None, f"{shop.now.year + 1}-01"):
        with pytest.raises(Invalid) as refused:
            shop.do("run_invoicing", month=month)
        assert list(refused.value.details["fields"]) == ["month"]
    with pytest.raises(NotFound, match="billing.invoicing_run_not_found"):
        shop.admin.call("get_invoicing_run", run_id=str(uuid4()))
    assert shop.rows("select count(*) from events") == before


def test_after_all_of_it_every_invariant_holds(shop: Billing) -> None:
    assert shop.broken() == {}
