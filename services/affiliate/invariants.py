"""What holds in affiliate's tables at every moment: the money, to the øre."""

from chassis.unit.service import Agreement, Invariant

EARNINGS_BY_RULE = Invariant(
    name="earnings_by_rule",
    holds="An earning is its share of what was paid net of credits, half up, once an invoice.",
    query="""
select id, invoice_id, invoice_net_ore, credited_net_ore, invoice_amount_ore,
    commission_percent, earning_amount_ore, earnings
from (
    select *, count(*) over (
        partition by affiliate_relationship_id, invoice_id) as earnings
    from affiliate_earning) e
where earnings > 1
    or invoice_amount_ore <> invoice_net_ore - credited_net_ore
    or earning_amount_ore <> (invoice_amount_ore * commission_percent + 50) / 100""",
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

INVARIANTS = (EARNINGS_BY_RULE, PAYOUTS_ADD_UP)

PAID_IS_EARNED = Agreement(
    name="paid_is_earned",
    holds="What a workspace paid while somebody referred it has been earned on, or skipped.",
    source="billing",
    type="billing.invoice_paid",
    query="""
select told.id as event_id, told.data->>'invoice_id' as invoice_id, r.id as relationship_id
from jsonb_to_recordset(%(told)s) as told(id text, "time" timestamptz, data jsonb)
    join affiliate_relationship r on r.referred_workspace_id = told.data->>'workspace_id'
where r.is_active and told.time >= r.created_at
    and not exists (
        select from affiliate_earning e
        where (e.affiliate_relationship_id, e.invoice_id) = (r.id, told.data->>'invoice_id'))
    and not exists (
        select from events s
        where s.type = 'EarningSkipped' and s.data->>'invoice_id' = told.data->>'invoice_id')""",
)

AGREEMENTS = (PAID_IS_EARNED,)
