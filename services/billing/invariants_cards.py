"""What holds of money by card at every moment, and how much of it a person has to look at."""

from chassis.unit.service import Figure, Invariant

BILLED_ONCE = Invariant(
    name="billed_once",
    holds="A target is billed once, on one rail: one of its lines at most is owed or was paid.",
    query="""
select l.target_id, split_part(l.description, ':', 1) as kind, array_agg(l.rail) as rails
from invoice_line_item l
where l.status <> 'cancelled' and l.net_ore > coalesce((
    select sum(c.net_ore) from credit_note_line c where c.line_item_id = l.id), 0)
group by 1, 2
having count(*) > 1""",
)
ADVANCES_DOCUMENTED = Invariant(
    name="advances_documented",
    holds="What a card paid and was delivered is on one sales document of that amount.",
    query="""
select p.id, p.stripe_payment_intent_id, count(i.id) as documents
from project_payment p join advance a on a.id = p.id
    left join invoice_payment m on m.source = 'card'
        and m.external_id = p.stripe_payment_intent_id and m.amount_ore > 0
    left join invoice i on i.id = m.invoice_id and i.kind = 'receipt'
        and i.gross_ore = m.amount_ore
where p.payment_method = 'stripe' and p.stage = 'completed' and a.amount_ore = 0
group by p.id
having count(i.id) <> 1""",
)
RECEIPTS_PAID = Invariant(
    name="receipts_paid",
    holds="A card sales document has one line, and is what a card paid; no such line is elsewhere.",
    query="""
select i.id, count(distinct c.id) as payments, count(distinct l.id) as lines
from invoice i
    left join invoice_payment m on m.invoice_id = i.id and m.source = 'card'
        and m.amount_ore = i.gross_ore
    left join card_payment c on c.payment_intent_id = m.external_id and c.held is null
        and c.amount_ore = i.gross_ore
    left join invoice_line_item l on l.invoice_id = i.id and l.rail = 'card'
where i.kind = 'receipt'
group by i.id
having count(distinct c.id) <> 1 or count(distinct l.id) <> 1
union all
select l.id, 0, 1
from invoice_line_item l left join invoice i on i.id = l.invoice_id and i.kind = 'receipt'
where l.rail = 'card' and i.id is null""",
)
HELD_GOES_BACK = Invariant(
    name="held_goes_back",
    holds="Money that came by card and that nothing is sold for was promised back, all of it.",
    query="""
select c.id, c.payment_intent_id, c.held, c.amount_ore
from card_payment c
where c.held is not null and not exists (
    select from refund r
    where r.payment_intent_id = c.payment_intent_id and r.cause = c.held
        and r.amount_ore = c.amount_ore)""",
)
REFUNDED_WITHIN = Invariant(
    name="refunded_within",
    holds="Of what a card paid no more goes back than came.",
    query="""
select r.payment_id, r.payment_intent_id, sum(r.amount_ore) as refunded_ore,
    min(c.amount_ore) as came_ore
from refund r left join card_payment c
    on c.payment_id = r.payment_id and c.payment_intent_id = r.payment_intent_id
where r.rail = 'card' and r.state in ('Requested', 'Submitted', 'Sent')
group by 1, 2
having min(c.amount_ore) is null or sum(r.amount_ore) > min(c.amount_ore)""",
)
LOST_IS_SETTLED = Invariant(
    name="lost_is_settled",
    holds="Of a lost dispute nothing stands: what was taken is gone, on a document or as a loss.",
    query="""
select id, withdrawn_ore, reinstated_ore, settled_ore, loss_ore
from dispute
where state = 'Lost' and withdrawn_ore - reinstated_ore <> settled_ore
    or loss_ore < 0 or loss_ore > greatest(settled_ore, 0)""",
)

INVARIANTS = (
    BILLED_ONCE,
    ADVANCES_DOCUMENTED,
    RECEIPTS_PAID,
    HELD_GOES_BACK,
    REFUNDED_WITHIN,
    LOST_IS_SETTLED,
)

MONEY_HELD = Figure(
    name="billing_card_money_held",
    meaning="Payments by card of the last day that nothing is sold for: they go back; should be 0",
    query="""
select count(*) from card_payment
where held is not null and created_at > now() - interval '1 day'""",
)
EVENTS_UNKNOWN = Figure(
    name="billing_stripe_events_unknown",
    meaning="Events of Stripe of the last day about money of ours that is not known here, or in"
    " another currency; must be 0",
    query="""
select count(*) from stripe_event
where outcome in ('unknown', 'other_currency') and received_at > now() - interval '1 day'""",
)
CLAIMS_OPEN = Figure(
    name="billing_card_claims_open",
    meaning="Card sales documents that are not paid any more, by a lost dispute or a refund in the"
    " dashboard: to be credited or written off; must be 0",
    query="""
select count(*) from invoice where kind = 'receipt' and state in ('Issued', 'PartPaid')""",
)
REFUNDS_FAILED = Figure(
    name="billing_card_refunds_failed",
    meaning="Customers to whom a refund by card did not come, and whose credit waits to be paid"
    " back otherwise; must be 0",
    query="""
select count(*) from workspace_credit c
where c.balance_ore > 0 and exists (
    select from refund r
    where r.workspace_id = c.id and r.rail = 'card' and r.state in ('Failed', 'Returned'))""",
)
FIGURES = (MONEY_HELD, EVENTS_UNKNOWN, CLAIMS_OPEN, REFUNDS_FAILED)
