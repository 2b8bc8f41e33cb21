"""Booking: what the journal costs a sale that is paid; the proofs of a large one, days of it.

How long that takes, and in what memory.
"""

import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from bench.stage import Stage
from billing import app as billing
from billing.projections import journal
from chassis.unit import rebuilding
from chassis.unit.service import Service
from integration.stages.billing_shop import Billing, billing_shop
from integration.stages.books_asked import Books, books

FEW = 10  # of the entries, a tenth is handed out for comparison
MB = 1 << 20
SALES = 20  # a round
GROSS_ORE = 125_000  # of one image project
# an event posts two entries
FILL = """
with filled as (
    insert into events (event_id, stream_id, version, type, schema_version, data, meta, outbox,
                        recorded_at)
    select md5(n::text || {day})::uuid, 'bank_payment-' || md5(n::text || {day})::uuid, 1,
        'BankPaymentReceived', 1, jsonb_build_object('source', 'bank', 'external_id', n::text,
            'amount_ore', n % 100000 + 1, 'paid_on', {day}, 'kid', null),
        '{{"call": null, "causation": null, "correlation": "filled", "actor": "service:billing",
            "workspace": null}}', null,
        ({day} || ' 12:00Z')::timestamptz + n * interval '1 millisecond'
    from generate_series(1, {count}) as n
    returning seq
)
insert into positions select seq, seq, null from filled
"""


@contextmanager
def contest(stage: Stage) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield who issues and is paid, with and without the journal: sales in a second."""
    with (
        TemporaryDirectory(prefix="ai-studio-") as folder,
        billing_shop(stage.server, Path(folder)) as shop,
    ):
        shown = [each for each in billing.SERVICE.projections if each is not journal.projection]
        without = replace(billing.SERVICE, projections=tuple(shown))
        yield {
            "with": partial(_sales, shop, billing.SERVICE),
            "without": partial(_sales, shop, without),
        }


def _sales(shop: Billing, service: Service) -> float:
    drafts = [shop.draft(shop.customer(projects=1)) for _ in range(SALES)]
    shop.parts.app.service = service
    started = time.perf_counter()
    for each in drafts:
        shop.admin.call("issue_invoice", invoice_id=each, idempotency_key=each)
        shop.admin.call(
            "record_invoice_payment",
            invoice_id=each,
            amount_ore=GROSS_ORE,
            paid_on=shop.now.date().isoformat(),
            source="bank",
            external_id=each,
            idempotency_key=f"{each}, paid",
        )
    return SALES / (time.perf_counter() - started)


def figures(stage: Stage, entries: int) -> dict[str, float]:
    """Return seconds, and MB at most, by figure; `entries` lie on one day, a tenth on another."""
    with (
        TemporaryDirectory(prefix="ai-studio-") as folder,
        books(stage.server, Path(folder)) as own,
    ):
        days = {"tenth": ("2026-04-13", entries // FEW), "all": ("2026-04-14", entries)}
        _fill(own, days)
        own.days_later(7)
        exports = {name: _export(own, day) for name, (day, _) in days.items()}
        return {
            "verify_ledger_s": _seconds(own.ledger),
            **{f"export_{name}_s": taken_s for name, (taken_s, _) in exports.items()},
            **{f"export_{name}_peak_mb": peak_mb for name, (_, peak_mb) in exports.items()},
        }


def _fill(own: Books, days: Mapping[str, tuple[str, int]]) -> None:
    with psycopg.connect(own.owner_url, autocommit=True) as owner:
        for day, count in days.values():
            owner.execute(sql.SQL(FILL).format(day=day, count=count // 2))
    with own.owner() as engine:
        rebuilding.rebuild(engine, billing.SERVICE)
    own.change("analyze")


def _export(own: Books, day: str) -> tuple[float, float]:
    """Return how long a day takes to be frozen and handed out, and its memory, of another time."""
    taken_s = _seconds(lambda: own.export(day, day))
    tracemalloc.start()
    own.export(day, day)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return taken_s, peak / MB


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
