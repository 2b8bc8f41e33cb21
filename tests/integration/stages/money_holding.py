"""What holds after any histories of money: asked of billing, and computed beside it."""

from datetime import date, timedelta
from typing import Any

import psycopg
from psycopg.rows import DictRow
from sqlalchemy import create_engine

from billing.domain import oslo
from billing.domain.accounts import CHART
from billing.invariants import INVARIANTS
from books.command import headings
from books.gateways import beancount
from books.projections import entries
from chassis.unit import rebuilding
from integration.stages.billing_shop import Billing

MOST_DAYS = timedelta(days=30)  # after the first one, in one call of reconcile
# Each finds what must not be; the amounts are compared with those of the events.
NEVER = {
    "the journal comes to 0": """
        select sum(amount_ore) from journal_entry having sum(amount_ore) <> 0""",
    "an invoice's rates and lines come to what was issued": """
        select i.id from invoice i join events e on e.stream_id = 'invoice-' || i.id
            and e.type = 'InvoiceIssued'
        cross join lateral (select sum((r ->> 'net_ore')::bigint) as net,
            sum((r ->> 'vat_ore')::bigint) as vat
            from jsonb_array_elements(e.data -> 'by_rate') r) rates
        left join lateral (select sum(l.net_ore) as net, sum(l.vat_ore) as vat,
            sum(l.gross_ore) as gross from invoice_line_item l where l.invoice_id = i.id) lines
            on true
        where (rates.net, rates.vat, lines.net, lines.vat, lines.gross) is distinct from (
            (e.data ->> 'net_ore')::numeric, (e.data ->> 'vat_ore')::numeric,
            (e.data ->> 'net_ore')::numeric, (e.data ->> 'vat_ore')::numeric,
            (e.data ->> 'gross_ore')::numeric)""",
    "a credit note's lines come to what it says": """
        select n.id from credit_note n left join lateral (select sum(net_ore) as net,
            sum(vat_ore) as vat, sum(gross_ore) as gross
            from credit_note_line l where l.credit_note_id = n.id) lines on true
        where (n.net_ore, n.vat_ore, n.gross_ore)
            is distinct from (lines.net, lines.vat, lines.gross)""",
    "what is credited wholly is credited to the øre": """
        select i.id from invoice i join lateral (select sum(net_ore) as net, sum(vat_ore) as vat,
            sum(gross_ore) as gross from credit_note n where n.invoice_id = i.id) notes on true
        where notes.net = i.net_ore and (notes.vat, notes.gross) <> (i.vat_ore, i.gross_ore)
            or notes.net > i.net_ore or i.state = 'Credited' and notes.net <> i.net_ore""",
    "a line is credited once, and its VAT with it": """
        select l.id from invoice_line_item l join lateral (select sum(net_ore) as net,
            sum(vat_ore) as vat from credit_note_line c where c.line_item_id = l.id) notes on true
        where notes.net > l.net_ore or notes.net = l.net_ore and notes.vat <> l.vat_ore""",
    "numbers are contiguous from 10001, and dates never fall": """
        select number from (select number, day, row_number() over given as nth,
            lag(day) over given as before from (
                select invoice_number as number, issue_date as day from invoice
                    where invoice_number is not null
                union all select number, issue_date from credit_note) given_out
            window given as (order by number)) n
        where number <> 10000 + nth or day < before""",
    "nothing is below zero": """
        select id::text from bank_payment where least(left_ore, invoiced_ore, credited_ore,
            reversed_ore) < 0 or left_ore + invoiced_ore + credited_ore + reversed_ore <> amount_ore
        union all select id::text from workspace_credit where balance_ore < 0
        union all select id::text from invoice
            where least(net_ore, vat_ore, paid_ore, credited_ore, written_off_ore) < 0
            or state in ('Issued', 'PartPaid', 'Paid', 'Credited')
                and gross_ore < credited_ore + paid_ore""",
    "a transfer stands once": """
        select lower(trim(external_id)) from bank_payment group by source, lower(trim(external_id))
        having count(*) > 1""",
    "a payment has one live line": """
        select target_id from invoice_line_item l where status <> 'cancelled'
            and not exists (select 1 from credit_note_line c where c.line_item_id = l.id
                group by c.line_item_id having sum(c.net_ore) = l.net_ore)
        group by target_id having count(*) > 1""",
    "a reminder was sent once": """
        select stream_id from events where type = 'InvoiceReminded'
        group by stream_id, data ->> 'number' having count(*) > 1""",
}


def broken(shop: Billing, db: "psycopg.Connection[DictRow]") -> dict[str, Any]:
    """Return what does not hold, by what should."""
    queries = {each.name: each.query for each in INVARIANTS} | NEVER
    found = {name: db.execute(query.encode()).fetchall() for name, query in queries.items()}
    books = shop.admin.call("verify_ledger")
    wrong = [each for each in books["proofs"] if not each["holds"]]
    if wrong or not books["holds"] or sum(each["balance_ore"] for each in books["balances"]):
        found["verify_ledger"] = wrong or books
    return {name: rows[:5] for name, rows in found.items() if rows}


def differing(shop: Billing, since: date) -> dict[str, list[Any]]:
    """Return what is not here as Stripe has it since that day; nothing is under way.

    What was made by hand, of money that nothing holds, is nowhere, and its events say so; where the
    money is held again later, it is recorded then, long after it was made.
    """
    began = oslo.begins(since).timestamp()
    earlier = {e["id"] for e in shop.stripe.objects("refund") if e["created"] < began}
    query = "select object_id as id from stripe_event where outcome = 'unknown'"
    unknown = {each["id"] for each in shop.rows(query)}
    known = {"missing_here": unknown, "missing_there": earlier, "different": unknown}
    found: dict[str, list[Any]] = {}
    while since <= (today := oslo.day(shop.now)):
        last = min(today, since + MOST_DAYS)
        asked = {"against": "stripe", "date_from": since.isoformat(), "date_to": last.isoformat()}
        report = shop.admin.call("reconcile", **asked)
        for name in ("missing_here", "missing_there", "different"):
            rows = [each for each in report[name] if each["provider_id"] not in known[name]]
            found.setdefault(name, []).extend(rows)
        since = last + timedelta(days=1)
    return {name: rows for name, rows in found.items() if rows}


def changed_by_a_rebuild(shop: Billing) -> dict[str, Any]:
    """Rebuild every projection; return by table the rows that are others now."""
    service = shop.parts.app.service
    tables = [each.table.name for each in service.projections]

    def rows() -> dict[str, set[str]]:
        return {
            name: {each["row"] for each in shop.rows(f"select t::text as row from {name} t")}
            for name in tables
        }

    before = rows()
    engine = create_engine(shop.owner_url.replace("postgresql://", "postgresql+psycopg://"))
    rebuilding.rebuild(engine, service)
    engine.dispose()
    after = rows()
    return {
        name: sorted(before[name] ^ after[name])[:5]
        for name in tables
        if before[name] != after[name]
    }


def printed(shop: Billing) -> str:
    """Return the books as beancount reads them."""
    with shop.parts.app.engine.connect() as connection:
        found = entries.listed(connection)
        return "\n".join(beancount.ledger("billing", headings(CHART), found)) + "\n"
