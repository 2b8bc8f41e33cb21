"""What affiliates are owed, and what changed it: queries over the journal and the entries.

Amounts are øre, net of VAT; what is owed is on the account `affiliates`, credit.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from affiliate.domain.statement import Figures

PAGE = 10_000  # changes read at a time


def now(connection: Connection, affiliate_id: UUID, today: date) -> dict[str, Any]:
    """Return what an affiliate is owed today, by what may be done with it; since when it owes."""
    asked = {"affiliate": str(affiliate_id), "today": today}
    return dict(connection.execute(_NOW, asked).mappings().one())


def figures(connection: Connection, affiliate_id: UUID, month: date) -> Figures:
    """Return what a month (its first day) changed; what goes up is earned, whatever it is."""
    found = connection.execute(_FIGURES, _of(affiliate_id, month)).mappings().one()
    less = found["reduced_ore"] + found["clawed_back_ore"] + found["paid_out_ore"]
    closing_ore = found["opening_ore"] + found["earned_ore"] - less
    return Figures(**found, closing_ore=closing_ore)


def changes(
    connection: Connection, affiliate_id: UUID, month: date, after: int = 0
) -> list[dict[str, Any]]:
    """Return what changed a month's balance, in the order of its recording, `PAGE` at most.

    `after`: the `seq` of the last one that is known.
    """
    asked = {**_of(affiliate_id, month), "after": after, "page": PAGE}
    found = connection.execute(_CHANGES, asked)
    names = tuple(found.keys())  # asked once: a row's own `_asdict` asks each time
    return [dict(zip(names, each, strict=True)) for each in found]


def began(connection: Connection) -> Sequence[tuple[UUID, date]]:
    """Return for each affiliate the month (its first day) from which on it has statements to come.

    It is the one after the last that was issued, or the first in which something was booked.
    """
    return [(UUID(each.id), each.month) for each in connection.execute(_BEGAN)]


def _of(affiliate_id: UUID, month: date) -> dict[str, Any]:
    return {"affiliate": str(affiliate_id), "month": month}


_NOW = text("""
select coalesce(sum(earning_amount_ore) filter (where waits and available_on > :today), 0)::bigint
        as held_ore,
    coalesce(sum(earning_amount_ore) filter (where waits and available_on <= :today), 0)::bigint
        as available_ore,
    coalesce(sum(earning_amount_ore) filter (where state = 'on_hold'), 0)::bigint as on_hold_ore,
    coalesce(sum(earning_amount_ore) filter (where state = 'reserved'), 0)::bigint as reserved_ore,
    coalesce(sum(earning_amount_ore) filter (where state <> 'paid_out'), 0)::bigint as balance_ore,
    coalesce(sum(earning_amount_ore) filter (where state = 'paid_out'), 0)::bigint as paid_out_ore,
    (select min(booked_on) filter (where booked_on > even_on and last_ore < 0) from (
        select booked_on, last_value(ore) over whole as last_ore,
            coalesce(max(booked_on) filter (where ore >= 0) over whole, '-infinity') as even_on
        from (
            select booked_on, -sum(sum(amount_ore)) over (order by booked_on) as ore
            from journal_entry where workspace_id = :affiliate and account = 'affiliates'
            group by booked_on) closing
        window whole as (order by booked_on rows between unbounded preceding
            and unbounded following)) days) as negative_since
from (
    select earning_amount_ore, state, available_on, state = 'available' as waits
    from affiliate_earning
    where affiliate_workspace_id = :affiliate) entries""")
# as statements call it
_KIND = """case when j.text = 'payout confirmed' then 'paid_out' when j.amount_ore < 0 then 'earned'
    when j.text = 'correction made' then 'clawed_back' else 'reduced' end"""
_MINE = "j.workspace_id = :affiliate and j.account = 'affiliates'"
_IN_IT = "j.booked_on >= :month and j.booked_on < :month + interval '1 month'"
_FIGURES = text(f"""
select coalesce(sum(-ore) filter (where kind = 'before'), 0)::bigint as opening_ore,
    coalesce(sum(-ore) filter (where kind = 'earned'), 0)::bigint as earned_ore,
    coalesce(sum(ore) filter (where kind = 'reduced'), 0)::bigint as reduced_ore,
    coalesce(sum(ore) filter (where kind = 'clawed_back'), 0)::bigint as clawed_back_ore,
    coalesce(sum(ore) filter (where kind = 'paid_out'), 0)::bigint as paid_out_ore
from (
    select j.amount_ore as ore,
        case when j.booked_on < :month then 'before' else {_KIND} end as kind
    from journal_entry j
    where {_MINE} and j.booked_on < :month + interval '1 month') changes""")  # noqa: S608
# A look-up a change, which is what `limit 1` is for: else all events there are would be read.
_CHANGES = text(f"""
select e.seq, j.booked_on, {_KIND} as kind, -j.amount_ore as change_ore,
    coalesce(substring(j.document from '^[0-9]+$')::int,
        (select invoice_number from affiliate_earning i where i.id = e.earning_id)
    ) as invoice_number, e.earning_id, e.payout_id
from journal_entry j cross join lateral (
    select seq,
        case when stream_id like 'earning-%' then substr(stream_id, 9) end as earning_id,
        case when stream_id like 'payout-%' then substr(stream_id, 8) end as payout_id
    from events where event_id = j.event_id::uuid limit 1) e
where {_MINE} and {_IN_IT} and e.seq > :after
order by e.seq limit :page""")  # noqa: S608
_BEGAN = text("""
select b.id, coalesce(s.last + interval '1 month', b.first)::date as month
from (
    select workspace_id as id, date_trunc('month', min(booked_on)) as first
    from journal_entry where account = 'affiliates' group by workspace_id) b
    left join (
        select affiliate_workspace_id as id, to_date(max(month), 'YYYY-MM') as last
        from statement group by affiliate_workspace_id) s using (id)
order by b.id""")
