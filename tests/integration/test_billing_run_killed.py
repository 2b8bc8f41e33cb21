"""A run of a thousand workspaces, its process killed twice: an invoice each, and none twice."""

import multiprocessing
import time
from collections.abc import Iterator
from functools import partial

import pytest

from integration.stages.billing_process import do_runs
from integration.stages.billing_shop import Billing, billing_shop
from servers.postgres import Server
from waiting import until

pytestmark = pytest.mark.long

WORKSPACES, REFUSED = 1_000, 10
PATIENCE_S = 300.0
COUNT = "select count(*) as n from invoice where state = %(state)s"


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as shop:
        yield shop


def test_a_run_of_a_thousand_killed_twice_ends_with_an_invoice_each(shop: Billing) -> None:
    customers = shop.customers(WORKSPACES)
    lacking = set(customers[:: WORKSPACES // REFUSED])
    says = {each: {"legal_name": None} for each in lacking}
    run = shop.do("run_invoicing", month=f"{shop.now:%Y-%m}")
    assert run["workspaces"] == WORKSPACES

    def process() -> multiprocessing.process.BaseProcess:
        made = multiprocessing.get_context("spawn").Process(
            target=do_runs, args=(shop.variables, says)
        )
        made.start()
        return made

    def are(state: str, enough: int) -> bool:
        return bool(shop.rows(COUNT, state=state)[0]["n"] >= enough)

    began = time.monotonic()
    for state, enough in (("Draft", WORKSPACES // 3), ("Issued", WORKSPACES // 2)):
        working = process()
        until(partial(are, state, enough), PATIENCE_S)
        working.kill()
        working.join()
        now = shop.admin.call("get_invoicing_run", run_id=run["id"])
        assert now["state"] == "running"
    last = process()
    last.join(PATIENCE_S)
    assert last.exitcode == 0
    print(f"{WORKSPACES} workspaces, killed twice: {time.monotonic() - began:.0f} s")

    done = shop.admin.call("get_invoicing_run", run_id=run["id"])
    assert (done["state"], done["drafted"]) == ("done", [])
    assert len(done["issued"]) == WORKSPACES - REFUSED
    refused = {each["workspace_id"]: each["missing"] for each in done["refused"]}
    assert refused == dict.fromkeys(lacking, ["legal_name"])
    each_has = "select workspace_id, count(*) as n from invoice group by 1"
    assert {each["workspace_id"]: each["n"] for each in shop.rows(each_has)} == dict.fromkeys(
        customers, 1
    )
    numbers = shop.rows("select min(invoice_number), max(invoice_number) from invoice")
    assert numbers == [{"min": 10_001, "max": 10_000 + WORKSPACES - REFUSED}]
    assert shop.broken() == {}
