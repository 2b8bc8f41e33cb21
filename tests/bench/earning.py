"""Earning: what it costs to know an invoice's entries; a payout and a statement of 100 000 of them.

Who knows none of them reads the customer and the relationship, and makes the entry: it could do
nothing about a credit note that is heard in the same batch.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from affiliate.domain import customer, earning, relationship
from affiliate.domain.customer_states import bound_at, is_itself
from affiliate.domain.earning_messages import Earn
from affiliate.domain.relationship import rate_at
from affiliate.inbound import note_paid, reactions
from affiliate.names import entry_id
from bench.stage import Stage
from chassis.codec import plain
from chassis.database import postgres
from chassis.hearing.inbox import Consumer
from chassis.hearing.reacting import Reaction
from chassis.unit import rebuilding
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.billing import events as billing
from integration.stages.affiliate_office import Office, paying_office

PAYMENTS = 200  # a round
LOOKS = 5  # at a statement
NET_ORE = 100_000
MONTHS = 10  # in which the entries were made, as many in each
FILL = """
with filled as (
    insert into events (event_id, stream_id, version, type, schema_version, data, meta, outbox,
                        recorded_at)
    select md5(n::text)::uuid, 'earning-' || md5(n::text)::uuid, 1, 'Earned', 1,
        jsonb_build_object('affiliate_workspace_id', {affiliate}, 'relationship_id', {relationship},
            'referred_workspace_id', {referred}, 'percent', 20, 'invoice_id', md5('of ' || n)::uuid,
            'invoice_series', 'F', 'invoice_number', n, 'invoice_net_ore', 100000,
            'credited_net_ore', 0, 'base_ore', 100000, 'earning_ore', 20000, 'hold_days', 0,
            'available_on', '2025-01-01'),
        jsonb_build_object('call', null, 'causation', null, 'correlation', 'filled',
            'actor', 'service:affiliate', 'workspace', {affiliate}), null,
        timestamptz '2025-01-15 12:00Z' + n * {months} / {count} * interval '1 month'
            + n * interval '1 millisecond'
    from generate_series(0, {count} - 1) as n
    returning seq
)
insert into positions select seq, seq, null from filled
"""


@contextmanager
def contest(stage: Stage) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield who hears of payments, knowing entries and not: one by one, and all in a batch."""
    with _office(stage) as office:
        one = office.affiliate()
        peer = [
            replace(each, react=_earn) if each.react is note_paid else each for each in reactions
        ]
        yield {
            f"{name}_{how}": partial(_heard, _Source(office, one, hears), batch)
            for name, hears in (("with", reactions), ("without", peer))
            for how, batch in (("alone", 1), ("batch", PAYMENTS))
        }


@contextmanager
def _office(stage: Stage) -> Iterator[Office]:
    with (
        TemporaryDirectory(prefix="ai-studio-") as folder,
        paying_office(stage.server, Path(folder)) as office,
    ):
        yield office


class _Source:
    """What billing tells of paid invoices to a consumer of its own."""

    def __init__(self, office: Office, affiliate_id: UUID, hears: Sequence[Reaction]) -> None:
        self.shop, self.payer = office.shop.shop, office.customers[affiliate_id]
        app = office.shop.parts.app
        self.consumer = Consumer(app, "billing", hears, name=f"bench-{uuid4()}")

    def paid(self) -> list[Heard]:
        """Return the next payments."""
        stands = self.consumer.cursor()
        position, previous = stands["position"], UUID(stands["event_id"])
        told = [self._told(position + n) for n in range(1, PAYMENTS + 1)]
        befores = [previous, *(each.event_id for each in told)]
        return [replace(each, previous=before) for each, before in zip(told, befores, strict=False)]

    def _told(self, position: int) -> Heard:
        at, invoice_id = self.shop.now + timedelta(seconds=1), uuid4()
        event = billing.InvoicePaid(
            invoice_id=invoice_id,
            workspace_id=self.payer,
            series="F",
            invoice_number=position,
            currency="NOK",
            net_ore=NET_ORE,
            vat_ore=NET_ORE // 4,
            gross_ore=NET_ORE * 5 // 4,
            credited_net_ore=0,
            commission_base_ore=NET_ORE,
            issue_date=at.date(),
            paid_on=at.date(),
            paid_at=at,
            line_item_ids=(),
            settlement=1,
            issued_at=at,
        )
        return Heard(
            source="billing",
            position=position,
            previous=invoice_id,
            event_id=uuid4(),
            type="billing.invoice_paid",
            stream_id=f"invoice-{invoice_id}",
            time=at,
            correlation_id="paid",
            workspace_id=self.payer,
            data=plain(event),
        )


def _earn(unit: Unit, heard: Heard) -> None:
    """Earn on it as `attributing.settle` does, and know nothing of the invoice."""
    event: billing.InvoicePaid = heard.event
    payer = unit.state(customer.decider, event.workspace_id)
    binding = bound_at(payer, event.paid_at)
    if binding is None:
        raise AssertionError("nobody has referred it")
    terms = unit.state(relationship.decider, binding.relationship_id)
    earn = Earn(
        relationship_id=binding.relationship_id,
        affiliate_workspace_id=binding.affiliate_workspace_id,
        referred_workspace_id=event.workspace_id,
        relationship_started_at=binding.since,
        percent=rate_at(terms.rates, event.paid_at).percent,
        self_referral=is_itself(
            unit.state(customer.decider, binding.affiliate_workspace_id), payer
        ),
        invoice_id=event.invoice_id,
        invoice_series=event.series,
        invoice_number=event.invoice_number,
        currency=event.currency,
        invoice_net_ore=event.net_ore,
        credited_net_ore=event.credited_net_ore,
        issued_at=event.issued_at,
        paid_at=event.paid_at,
        hold_days=0,
    )
    unit.decide(earning.decider, entry_id(binding.relationship_id, event.invoice_id), earn)


def _heard(source: _Source, batch: int) -> float:
    told = source.paid()
    started = time.perf_counter()
    for first in range(0, len(told), batch):
        if not source.consumer.accept(told[first : first + batch]):
            raise AssertionError("one is missing")
    return len(told) / (time.perf_counter() - started)


def figures(stage: Stage, entries: int) -> dict[str, float]:
    """Return seconds by figure, of one affiliate that has so many entries, a tenth a month."""
    with _office(stage) as office:
        one = office.affiliate()
        _fill(office, one, entries)
        rebuilt_s = _rebuilt(office)
        read = partial(office.shop.owner(one).call, "statement", month="2025-03")
        return {
            "rebuild_affiliate_s": rebuilt_s,
            "statement_s": statistics.median(_seconds(read) for _ in range(LOOKS)),
            "create_payout_s": _seconds(partial(office.created, one)),
        }


def _fill(office: Office, affiliate_id: UUID, entries: int) -> None:
    (row,) = office.shop.rows("select id from affiliate_relationship")
    given = {
        "affiliate": str(affiliate_id),
        "referred": str(office.customers[affiliate_id]),
        "relationship": row["id"],
        "months": MONTHS,
        "count": entries,
    }
    with psycopg.connect(office.shop.owner_url, autocommit=True) as owner:
        owner.execute(sql.SQL(FILL).format(**given))


def _rebuilt(office: Office) -> float:
    owner = postgres.engine(office.shop.owner_url, name="owner")
    taken_s = rebuilding.rebuild(owner, office.shop.parts.app.service).seconds
    owner.dispose()
    office.change("analyze")
    return taken_s


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
