"""What holds in affiliate's tables at every moment: the money, to the øre."""

from chassis.unit.service import Agreement, Invariant

EARNINGS_BY_RULE = Invariant(
    name="earnings_by_rule",
    holds="The entries of an invoice are its share of what is paid net of credits, half up, or 0.",
    query="""
select p.id as invoice_id, p.net_ore, p.credited_net_ore, p.settled, p.percent, p.skipped,
    sum(e.earning_amount_ore) as entries_ore
from paid_invoice p left join affiliate_earning e on e.invoice_id = p.id
where p.relationship_id is not null
group by p.id
having coalesce(sum(e.earning_amount_ore), 0) <> case
    when p.skipped is null and p.settled and not coalesce(bool_or(e.state = 'rejected'), false)
    then ((p.net_ore - p.credited_net_ore) * p.percent + 50) / 100 else 0 end""",
)
ENTRIES_OF_INVOICES = Invariant(
    name="entries_of_invoices",
    holds="An invoice has one first entry, of the relationship whose it is; all others correct it.",
    query="""
select e.id, e.invoice_id, e.affiliate_relationship_id, e.corrects
from affiliate_earning e left join paid_invoice p on p.id = e.invoice_id
    left join affiliate_earning f on f.id = coalesce(e.corrects, e.id)
where p.relationship_id is distinct from e.affiliate_relationship_id
    or f.invoice_id is distinct from e.invoice_id or f.corrects is not null
    or e.corrects is null and 1 < (
        select count(*) from affiliate_earning o
        where o.invoice_id = e.invoice_id and o.corrects is null)""",
)
PAYOUTS_ADD_UP = Invariant(
    name="payouts_add_up",
    holds="A payout that was not called off is the sum of its earnings.",
    query="""
select p.id, p.state, p.amount_ore, sum(e.earning_amount_ore) as earnings_ore
from payout p left join affiliate_earning e on e.payout_id = p.id
group by p.id
having coalesce(sum(e.earning_amount_ore), 0)
    <> case when p.state in ('failed', 'cancelled') then 0 else p.amount_ore end""",
)
BALANCES_ADD_UP = Invariant(
    name="balances_add_up",
    holds="What an affiliate is owed is all it earned less all it was sent.",
    query="""
select affiliate_workspace_id, earned_ore, owed_ore, coalesce(sent_ore, 0) as sent_ore
from (
    select affiliate_workspace_id, sum(earning_amount_ore) as earned_ore,
        coalesce(sum(earning_amount_ore) filter (where status <> 'paid_out'), 0) as owed_ore
    from affiliate_earning group by affiliate_workspace_id) e
    left join (
        select affiliate_workspace_id, sum(amount_ore) as sent_ore
        from payout where state = 'confirmed' group by affiliate_workspace_id) p
    using (affiliate_workspace_id)
where owed_ore <> earned_ore - coalesce(sent_ore, 0)""",
)

INVARIANTS = (EARNINGS_BY_RULE, ENTRIES_OF_INVOICES, PAYOUTS_ADD_UP, BALANCES_ADD_UP)

PAID_IS_EARNED = Agreement(
    name="paid_is_earned",
    holds="What a workspace paid while somebody referred it has been earned on, or skipped.",
    source="billing",
    type="billing.invoice_paid",
    query="""
select told.id as event_id, told.data->>'invoice_id' as invoice_id, r.id as relationship_id
from jsonb_to_recordset(%(told)s) as told(id text, "time" timestamptz, data jsonb)
    join affiliate_relationship r on r.referred_workspace_id = told.data->>'workspace_id'
where (told.data->>'settlement')::int = 1  -- it stays whose it was then, when it is paid again
    and told.time >= r.created_at and (r.ended_at is null or told.time < r.ended_at)
    and not exists (
        select from affiliate_earning e
        where (e.affiliate_relationship_id, e.invoice_id) = (r.id, told.data->>'invoice_id'))
    and not exists (
        select from events s
        where s.type = 'EarningSkipped' and s.data->>'invoice_id' = told.data->>'invoice_id')""",
)

AGREEMENTS = (PAID_IS_EARNED,)
