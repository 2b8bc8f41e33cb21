"""billing killed at random moments of what moves money, and what is so after the last start.

One process issues invoices, imports what is paid for them, credits part of each, and does a month's
run. Killed, it begins anew, under the same keys. In the end all of it was done, and once.
"""

import copy
import multiprocessing
import random
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg
from psycopg.rows import DictRow, dict_row

from billing import app as billing
from billing.settings import Settings
from chassis import settings
from integration.stages.billing_shop import Billing, billing_shop
from integration.stages.money_holding import broken
from servers.postgres import Server

EACH = 25  # invoices issued, paid and credited one by one; as many workspaces in the run
HALVES_ORE, CREDITED_ORE = (50_000, 75_000), 40_000  # gross, of each; net
SOON_S = 0.03  # so long after a step has begun it is over, or in the middle
COMMITS = 6  # of the run, at most, between one start and the next kill
FORKING = multiprocessing.get_context("fork")
DONE = {
    "an invoice of each, paid in two parts, and credited": """
        select i.id, state, paid_ore, credited_ore from invoice i where i.id = any(%(drafts)s)
        and ((state, credited_ore) <> ('Paid', 50000) or 2 <> (select count(*)
            from invoice_payment p where p.invoice_id = i.id and p.reversed_at is null))""",
    "the excess is the workspace's credit": """
        select i.id from invoice i left join workspace_credit c on c.id = i.workspace_id
        where i.id = any(%(drafts)s) and balance_ore is distinct from 50000""",
    "the run has issued one for each of the others": """
        select count(*) as n, count(distinct workspace_id) as of_workspaces from invoice
        where state = 'Issued' having (count(*), count(distinct workspace_id))
            <> (%(each)s::bigint, %(each)s::bigint)""",
    "every number that was given is of a document": """
        select count(*) as n from (select invoice_number from invoice
            where invoice_number is not null union select number from credit_note) numbers
        having count(*) <> 3 * %(each)s""",
    "each transfer came once": """
        select count(*) as n from bank_payment having count(*) <> 2 * %(each)s""",
}


def killed(server: Server, folder: Path, moments: int, seed: int) -> tuple[list[str], list[str]]:
    """Kill at so many moments; return what was being done then, and what does not hold at last."""
    chance = random.Random(seed)
    with (
        billing_shop(server, folder) as shop,
        psycopg.connect(shop.owner_url, row_factory=dict_row, autocommit=True) as db,
    ):
        drafts = [shop.draft(each) for each in shop.customers(EACH)]
        shop.customers(EACH)  # for the run
        moves = [_killed_at(shop, drafts, point, chance) for point in _points(moments, chance)]
        last = FORKING.Process(target=_go, args=(shop, drafts, FORKING.Pipe(duplex=False)[1]))
        last.start()
        last.join()
        ended = [] if last.exitcode == 0 else [f"the last one ended with {last.exitcode}"]
        return moves, [*ended, *_undone(db, drafts), *_said(broken(shop, db))]


def _points(moments: int, chance: random.Random) -> Iterator[tuple[str, int]]:
    """Yield after which step's beginning, in their order, and the how-manieth commit since."""
    for kind in ("issue", "import", "credit"):
        for n in sorted(chance.sample(range(EACH), moments // 4)):
            yield f"{kind} {n}", 0
    for _ in range(moments - 3 * (moments // 4)):
        yield "run", chance.randint(1, COMMITS)


def _killed_at(
    shop: Billing, drafts: Sequence[str], point: tuple[str, int], chance: random.Random
) -> str:
    hear, tell = FORKING.Pipe(duplex=False)
    process = FORKING.Process(target=_go, args=(shop, drafts, tell))
    process.start()
    tell.close()
    step, commits = point
    with hear, suppress(EOFError):
        while hear.recv() != step:
            pass
        for _ in range(commits):
            hear.recv()
        time.sleep(chance.uniform(0, SOON_S))
        process.kill()
    process.join()
    if process.exitcode != -signal.SIGKILL:
        raise AssertionError(f"it ended with {process.exitcode} before {step} came")
    return f"{step} +{commits}" if commits else step


def _go(shop: Billing, drafts: Sequence[str], tell: Connection) -> None:
    """Do all that is left; say which step begins, and of the run each commit."""
    running = False

    def committed() -> None:
        if running:
            _say(tell, "committed")

    given = settings.load(Settings, shop.variables)
    own = copy.copy(shop)  # with connections of its own
    own.parts = billing.build(
        given, lambda service: {"auth": shop.auth}[service], lambda: shop.now, committed
    )
    own.worker("invoicing_run").release()  # of one that is known to be dead
    for step, method, asked in _steps(own, drafts):
        _say(tell, step)
        running = step == "run"
        if not running:
            own.admin.call(method, **asked, idempotency_key=f"only {step}")
        while running and not _is_done(own, method, asked):
            pass


def _is_done(own: Billing, method: str, asked: dict[str, object]) -> bool:
    """Begin the run, hurry it, do what there is of it; return whether it is over.

    Asked again: a job at which three processes were killed is given up, for a while.
    """
    run = own.do(method, **asked)
    while own.worker("invoicing_run").work():
        pass
    state: str = own.admin.call("get_invoicing_run", run_id=run["id"])["state"]
    return state == "done"


def _steps(own: Billing, drafts: Sequence[str]) -> Iterator[tuple[str, str, dict[str, object]]]:
    for n, draft in enumerate(drafts):
        yield f"issue {n}", "issue_invoice", {"invoice_id": draft}
    shown = [own.admin.call("get_invoice", invoice_id=each) for each in drafts]
    today = own.now.date().isoformat()
    for n, each in enumerate(shown):
        came = [
            {"external_id": f"{n}/{ore}", "paid_on": today, "amount_ore": ore, "kid": each["kid"]}
            for ore in HALVES_ORE
        ]
        yield f"import {n}", "import_bank_payments", {"payments": came}
    for n, each in enumerate(shown):
        part = {"line_item_id": each["lines"][0]["id"], "net_ore": CREDITED_ORE}
        asked = {"invoice_id": each["id"], "reason": "Feil", "lines": [part]}
        yield f"credit {n}", "credit_invoice", asked
    yield "run", "run_invoicing", {"month": f"{own.now:%Y-%m}"}


def _say(tell: Connection, what: str) -> None:
    with suppress(BrokenPipeError):  # nobody listens to the last one
        tell.send(what)


def _undone(db: "psycopg.Connection[DictRow]", drafts: Sequence[str]) -> list[str]:
    given = {"drafts": list(drafts), "each": EACH}
    return _said(
        {name: db.execute(query.encode(), given).fetchall() for name, query in DONE.items()}
    )


def _said(found: dict[str, list[DictRow]]) -> list[str]:
    return [f"{name}: {rows}" for name, rows in found.items() if rows]
