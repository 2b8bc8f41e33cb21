"""Invoicing: an invoice of 300 lines issued, and of 30; a thousand payments imported, and again."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.documenting import FEW, MANY
from bench.stage import Stage
from integration.stages.billing_shop import Billing, billing_shop

GROSS_ORE = 125_000  # of one image project


@contextmanager
def contest(stage: Stage) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield by number of lines what issues an invoice and gives the seconds it took."""
    with (
        TemporaryDirectory(prefix="ai-studio-") as folder,
        billing_shop(stage.server, Path(folder)) as shop,
    ):
        yield {f"issue_{lines}": partial(_issued, shop, lines) for lines in (FEW, MANY)}


def _issued(shop: Billing, lines: int) -> float:
    draft = shop.draft(shop.customer(lines))
    return _seconds(partial(shop.do, "issue_invoice", invoice_id=draft))


def imports(stage: Stage, payments: int) -> dict[str, float]:
    """Return the seconds in which so many payments are imported in one call, and in the next."""
    with (
        TemporaryDirectory(prefix="ai-studio-") as folder,
        billing_shop(stage.server, Path(folder)) as shop,
    ):
        file = [_paid(shop, each, n) for n, each in enumerate(shop.customers(payments))]
        read = partial(shop.do, "import_bank_payments", payments=file)
        return {"import_s": _seconds(read), "import_again_s": _seconds(read)}


def _paid(shop: Billing, workspace_id: str, n: int) -> dict[str, object]:
    """Return a transfer for an issued invoice of a customer."""
    kid = shop.do("issue_invoice", invoice_id=shop.draft(workspace_id))["kid"]
    day = shop.now.date().isoformat()
    return {"external_id": f"t-{n}", "paid_on": day, "amount_ore": GROSS_ORE, "kid": kid}


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
