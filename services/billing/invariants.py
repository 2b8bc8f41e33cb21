"""What holds in billing's tables at every moment: the money, to the øre; and what may wait."""

from billing import invariants_cards, invariants_corrections, kept
from billing.invariants_delivery import DELIVERED_WAS_RENDERED
from billing.projections.ledger import PROOFS
from billing.projections.pending_lines import LATE_AFTER
from books.invariants import invariants
from chassis.unit.service import Agreement, Awaited, Figure, Invariant

LINES_ADD_UP = Invariant(
    name="lines_add_up",
    holds="A line's VAT is rounded half up, and gross is net and VAT; what a card paid is its"
    " gross, whatever the rate was by then.",
    query="""
select id, rail, quantity, amount_ore, vat_rate_bp, net_ore, vat_ore, gross_ore
from invoice_line_item
where gross_ore <> net_ore + vat_ore
    or (net_ore <> amount_ore * quantity or vat_ore <> (net_ore * vat_rate_bp + 5000) / 10000)
        and (rail <> 'card' or net_ore <> (gross_ore * 20000 + 10000 + vat_rate_bp)
            / (20000 + 2 * vat_rate_bp))""",
)
INVOICES_ADD_UP = Invariant(
    name="invoices_add_up",
    holds="An invoice is the sum of its lines.",
    query="""
select i.id, i.net_ore, i.vat_ore, i.gross_ore,
    sum(l.net_ore) as lines_net_ore, sum(l.vat_ore) as lines_vat_ore,
    sum(l.gross_ore) as lines_gross_ore
from invoice i left join invoice_line_item l on l.invoice_id = i.id
where i.state <> 'Discarded'
group by i.id
having (i.net_ore, i.vat_ore, i.gross_ore)
    is distinct from (sum(l.net_ore), sum(l.vat_ore), sum(l.gross_ore))""",
)
PAYMENTS_ADD_UP = Invariant(
    name="payments_add_up",
    holds="What is paid of an invoice is the sum of its payments that stand, less what left it.",
    query="""
select i.id, i.state, i.gross_ore, i.paid_ore, i.excess_ore, sum(p.amount_ore) as payments_ore
from invoice i left join invoice_payment p on p.invoice_id = i.id and p.reversed_at is null
group by i.id
having i.paid_ore <> coalesce(sum(p.amount_ore), 0) - i.excess_ore""",
)
TRANSFERS_ADD_UP = Invariant(
    name="transfers_add_up",
    holds="What came by a transfer is left, on invoices, credited or gone, and none of it twice.",
    query="""
select b.id, b.state, b.amount_ore, b.left_ore, b.invoiced_ore, b.credited_ore, b.reversed_ore,
    sum(p.amount_ore) as payments_ore
from bank_payment b
    left join invoice_payment p on p.source = b.source and p.external_id = b.external_id
        and p.reversed_at is null
group by b.id
having least(b.left_ore, b.invoiced_ore, b.credited_ore, b.reversed_ore) < 0
    or b.amount_ore <> b.left_ore + b.invoiced_ore + b.credited_ore + b.reversed_ore
    or b.invoiced_ore <> coalesce(sum(p.amount_ore), 0)
    or (b.state = 'unallocated') <> (b.left_ore > 0)
    or (b.state = 'reversed') <> (b.reversed_ore = b.amount_ore)""",
)
CREDIT_ADDS_UP = Invariant(
    name="credit_adds_up",
    holds="A workspace's credit is the sum of its entries, and never below zero.",
    query="""
select id, balance_ore, entries_ore
from workspace_credit left join (
    select workspace_id, sum(amount_ore) as entries_ore
    from workspace_credit_entry group by workspace_id) e on e.workspace_id = id
where balance_ore < 0 or balance_ore is distinct from entries_ore""",
)
NOTHING_NEGATIVE = Invariant(
    name="nothing_negative",
    holds="What is paid, credited, written off or remains of an invoice is never below zero.",
    query="""
select id, state, gross_ore, paid_ore, excess_ore, credited_ore, written_off_ore, vat_relieved_ore
from invoice
where least(paid_ore, excess_ore, credited_ore, written_off_ore, vat_relieved_ore) < 0
    or paid_ore + credited_ore + written_off_ore > gross_ore
    or state = 'Paid' and paid_ore + credited_ore <> gross_ore
    or state = 'Credited' and (paid_ore <> 0 or credited_ore <> gross_ore)
    or state = 'WrittenOff' and paid_ore + credited_ore + written_off_ore <> gross_ore
    or state in ('Issued', 'PartPaid') and paid_ore + credited_ore = gross_ore""",
)
NUMBERS_IN_ORDER = Invariant(
    name="numbers_in_order",
    holds="Numbers of invoices and credit notes of a series have no gap but what was passed over,"
    " and none is there twice; dates never fall.",
    query="""
select series, number, issue_date, number_before, date_before
from (
    select series, number, issue_date,
        lag(number) over numbered as number_before,
        lag(issue_date) over numbered as date_before
    from (
        select series, invoice_number as number, issue_date
        from invoice where invoice_number is not null
        union all
        select series, number, issue_date from credit_note) d
    window numbered as (partition by series order by number)) n
where issue_date < date_before
    or number <> number_before + 1
        and number - number_before - 1 is distinct from (
            select sum((e.data->>'number')::bigint - (e.data->>'first')::bigint + 1)
            from events e
            where e.type = 'NumbersPassedOver' and e.data->>'series' = n.series
                and (e.data->>'first')::bigint > n.number_before
                and (e.data->>'number')::bigint < n.number)""",
)
RUNS_AT_WORK = Invariant(
    name="runs_at_work",
    holds="A month's run that is not done has a job that waits or is claimed.",
    query="""
select r.id, r.month
from invoicing_run r
where r.state = 'running' and not exists (
    select from jobs j
    where j.kind = 'invoicing_run' and j.subject = r.id and j.state in ('waiting', 'claimed'))""",
)

INVARIANTS = (
    LINES_ADD_UP,
    INVOICES_ADD_UP,
    PAYMENTS_ADD_UP,
    TRANSFERS_ADD_UP,
    CREDIT_ADDS_UP,
    NOTHING_NEGATIVE,
    *invariants_corrections.INVARIANTS,
    *invariants_cards.INVARIANTS,
    NUMBERS_IN_ORDER,
    RUNS_AT_WORK,
    DELIVERED_WAS_RENDERED,
    *invariants("ledger_proven", PROOFS),
)

_DELIVERED = """
select told.id as event_id, p.project_id as target_id, p.workspace_id, p.cleared_at
from jsonb_to_recordset(%(told)s) as told(id text, data jsonb)
    join project_payment p on p.project_id = told.data->>'project_id'
where p.target_kind = '{kind}'
    and (p.payment_method = 'invoice' or p.payment_method = 'stripe' and p.stage = 'completed')
    and not exists (select from invoice_line_item l where l.id = p.invoice_line_item_id)"""
PHOTOGRAPHS_BILLED = Agreement(
    name="photographs_billed",
    holds="A project that was completed, and is paid by invoice or card, has its line.",
    source="media",
    type="media.project_completed",
    query=_DELIVERED.format(kind="image_project"),
)
FILMS_BILLED = Agreement(
    name="films_billed",
    holds="A film that was completed, and is paid by invoice or card, has its line.",
    source="video",
    type="video.project_completed",
    query=_DELIVERED.format(kind="video_project"),
)

AGREEMENTS = (PHOTOGRAPHS_BILLED, FILMS_BILLED)

NUMBERS_UNCONFIRMED = Awaited(
    name="numbers_unconfirmed",
    wanted="which number was given last: suitectl numbers",
    query=kept.UNCONFIRMED,
)

AWAITED = (NUMBERS_UNCONFIRMED,)

NUMBER_GAPS = Figure(
    name="billing_number_gaps",
    meaning="Numbers of sales documents before which one is missing, or dated after the next; must"
    " be 0",
    query=f"select count(*) from ({NUMBERS_IN_ORDER.query}) gaps",  # noqa: S608
)
LATE_LINE_ITEMS = Figure(
    name="billing_late_line_items",
    meaning="Lines delivered 20 days ago or earlier that are on no invoice; must be 0",
    query=f"""
select count(*) from invoice_line_item
where status = 'pending'
    and delivered_on <= (now() at time zone 'Europe/Oslo')::date - {LATE_AFTER.days}""",  # noqa: S608
)
