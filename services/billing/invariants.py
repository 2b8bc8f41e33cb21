"""What holds in billing's tables at every moment: the money, to the øre; and what may wait."""

from billing import kept
from chassis.unit.service import Agreement, Awaited, Invariant

LINES_ADD_UP = Invariant(
    name="lines_add_up",
    holds="A line's VAT is rounded half up, and gross is net and VAT.",
    query="""
select id, quantity, amount_ore, vat_rate_bp, net_ore, vat_ore, gross_ore
from invoice_line_item
where net_ore <> amount_ore * quantity
    or vat_ore <> (net_ore * vat_rate_bp + 5000) / 10000
    or gross_ore <> net_ore + vat_ore""",
)
INVOICES_ADD_UP = Invariant(
    name="invoices_add_up",
    holds="An invoice is the sum of its lines.",
    query="""
select i.id, i.net_ore, i.vat_ore, i.gross_ore,
    sum(l.net_ore) as lines_net_ore, sum(l.vat_ore) as lines_vat_ore,
    sum(l.gross_ore) as lines_gross_ore
from invoice i left join invoice_line_item l on l.invoice_id = i.id
group by i.id
having (i.net_ore, i.vat_ore, i.gross_ore)
    is distinct from (sum(l.net_ore), sum(l.vat_ore), sum(l.gross_ore))""",
)
PAYMENTS_ADD_UP = Invariant(
    name="payments_add_up",
    holds="What is paid of an invoice is the sum of its payments, never more than it comes to.",
    query="""
select i.id, i.state, i.gross_ore, i.paid_ore, sum(p.amount_ore) as payments_ore
from invoice i left join invoice_payment p on p.invoice_id = i.id
group by i.id
having i.paid_ore <> coalesce(sum(p.amount_ore), 0)
    or i.paid_ore > i.gross_ore
    or i.state <> 'Draft' and (i.state = 'Paid') <> (i.paid_ore = i.gross_ore)""",
)
NUMBERS_IN_ORDER = Invariant(
    name="numbers_in_order",
    holds="Invoice numbers of a series have no gap but what was passed over; dates never fall.",
    query="""
select series, invoice_number, issue_date, number_before, date_before
from (
    select series, invoice_number, issue_date,
        lag(invoice_number) over numbered as number_before,
        lag(issue_date) over numbered as date_before
    from invoice where invoice_number is not null
    window numbered as (partition by series order by invoice_number)) n
where issue_date < date_before
    or invoice_number <> number_before + 1
        and invoice_number - number_before - 1 is distinct from (
            select sum((e.data->>'number')::bigint - (e.data->>'first')::bigint + 1)
            from events e
            where e.type = 'NumbersPassedOver' and e.data->>'series' = n.series
                and (e.data->>'first')::bigint > n.number_before
                and (e.data->>'number')::bigint < n.invoice_number)""",
)

INVARIANTS = (LINES_ADD_UP, INVOICES_ADD_UP, PAYMENTS_ADD_UP, NUMBERS_IN_ORDER)

_DELIVERED = """
select told.id as event_id, p.project_id as target_id, p.workspace_id, p.cleared_at
from jsonb_to_recordset(%(told)s) as told(id text, data jsonb)
    join project_payment p on p.project_id = told.data->>'project_id'
where p.payment_method = 'invoice' and p.target_kind = '{kind}'
    and not exists (select from invoice_line_item l where l.{target} = p.project_id)"""
PHOTOGRAPHS_BILLED = Agreement(
    name="photographs_billed",
    holds="A project that was completed, and cleared by invoice, has its line.",
    source="media",
    type="media.project_completed",
    query=_DELIVERED.format(kind="image_project", target="project_id"),
)
FILMS_BILLED = Agreement(
    name="films_billed",
    holds="A film that was completed, and cleared by invoice, has its line.",
    source="video",
    type="video.project_completed",
    query=_DELIVERED.format(kind="video_project", target="video_project_id"),
)

AGREEMENTS = (PHOTOGRAPHS_BILLED, FILMS_BILLED)

NUMBERS_UNCONFIRMED = Awaited(
    name="numbers_unconfirmed",
    wanted="which number was given last: suitectl numbers",
    query=kept.UNCONFIRMED,
)

AWAITED = (NUMBERS_UNCONFIRMED,)
