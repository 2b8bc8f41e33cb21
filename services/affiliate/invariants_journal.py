"""What holds of affiliate's journal and statements at every moment."""

from affiliate.projections.ledger import PROOFS
from books.invariants import invariants
from chassis.unit.service import Figure, Invariant

POSTED_AS_TOLD = Invariant(
    name="commissions_posted",
    holds="Each event that changes what an affiliate is owed is in the journal, by as much.",
    query="""
select event_id, told.type, told.stream_id, told.ore as told_ore, posted.ore as posted_ore
from (
    select event_id::text, type, stream_id, case type
            when 'Earned' then (data->>'earning_ore')::bigint
            when 'CorrectionMade' then (data->>'amount_ore')::bigint
            when 'PayoutConfirmed' then -(data->>'amount_ore')::bigint
            else (data->>'change_ore')::bigint end as ore
    from events where type in ('Earned', 'CorrectionMade', 'PayoutConfirmed', 'EarningAdjusted',
        'EarningRejected', 'EarningHoldReleased')) told
    full join (
        select event_id, -sum(amount_ore) as ore
        from journal_entry where account = 'affiliates' group by event_id) posted using (event_id)
where coalesce(told.ore, 0) <> coalesce(posted.ore, 0)""",
)
OWED_AS_BOOKED = Invariant(
    name="owed_as_booked",
    holds="What an affiliate is owed by its entries is what the journal has on its account.",
    query="""
select affiliate_workspace_id, coalesce(owed_ore, 0) as owed_ore,
    coalesce(booked_ore, 0) as booked_ore
from (
    select affiliate_workspace_id, sum(earning_amount_ore) as owed_ore
    from affiliate_earning where state <> 'paid_out' group by affiliate_workspace_id) owed
    full join (
        select workspace_id as affiliate_workspace_id, -sum(amount_ore) as booked_ore
        from journal_entry where account = 'affiliates' group by workspace_id) booked
    using (affiliate_workspace_id)
where coalesce(owed_ore, 0) <> coalesce(booked_ore, 0)""",
)
STATEMENTS_FOLLOW = Invariant(
    name="statements_follow",
    holds="A statement begins with what the one before ended with, and ends with what was owed.",
    query="""
select s.id, s.affiliate_workspace_id, s.month, s.opening_ore, s.closing_ore, b.before, b.booked_ore
from (
    select id, affiliate_workspace_id, month, opening_ore, earned_ore, reduced_ore, clawed_back_ore,
        paid_out_ore, closing_ore, coalesce(lag(closing_ore) over mine, 0) as before
    from statement window mine as (partition by affiliate_workspace_id order by month)) s
    cross join lateral (
        select s.before, coalesce(-sum(amount_ore), 0) as booked_ore
        from journal_entry
        where workspace_id = s.affiliate_workspace_id and account = 'affiliates'
            and booked_on < to_date(s.month, 'YYYY-MM') + interval '1 month') b
where s.opening_ore <> s.before or s.closing_ore <> b.booked_ore
    or s.closing_ore <> s.opening_ore + s.earned_ore - s.reduced_ore - s.clawed_back_ore
        - s.paid_out_ore""",
)

JOURNAL = (
    *invariants("commissions_proven", PROOFS),
    *(POSTED_AS_TOLD, OWED_AS_BOOKED, STATEMENTS_FOLLOW),
)

DEBT = Figure(
    name="affiliate_debt_ore",
    meaning="What affiliates owe by now: more was paid out than they have earned since",
    query="""
select coalesce(sum(ore) filter (where ore > 0), 0) from (
    select sum(amount_ore) as ore from journal_entry
    where account = 'affiliates' group by workspace_id) owed""",
)
DIFFERENCES = Figure(
    name="affiliate_reconcile_differences",
    meaning="Invoices of which billing said otherwise in each of the last two nights; must be 0",
    query="""
select coalesce(min(differences), 0)
from (select differences from reconciliation order by date_to desc limit 2) nights""",
)
