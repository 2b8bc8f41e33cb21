"""What holds of credit notes at every moment, to the øre."""

from chassis.unit.service import Invariant

CREDIT_NOTES_ADD_UP = Invariant(
    name="credit_notes_add_up",
    holds="A credit note is the sum of what it takes back of lines.",
    query="""
select n.id, n.net_ore, n.vat_ore, n.gross_ore,
    sum(l.net_ore) as lines_net_ore, sum(l.vat_ore) as lines_vat_ore,
    sum(l.gross_ore) as lines_gross_ore
from credit_note n left join credit_note_line l on l.credit_note_id = n.id
group by n.id
having (n.net_ore, n.vat_ore, n.gross_ore)
    is distinct from (sum(l.net_ore), sum(l.vat_ore), sum(l.gross_ore))""",
)
CREDITED_BY_NOTES = Invariant(
    name="credited_by_notes",
    holds="What is credited of an invoice is the sum of its credit notes.",
    query="""
select i.id, i.credited_net_ore, i.credited_ore,
    sum(n.net_ore) as notes_net_ore, sum(n.gross_ore) as notes_ore
from invoice i left join credit_note n on n.invoice_id = i.id
group by i.id
having (i.credited_net_ore, i.credited_ore)
    is distinct from (coalesce(sum(n.net_ore), 0), coalesce(sum(n.gross_ore), 0))""",
)
LINES_CREDITED_ONCE = Invariant(
    name="lines_credited_once",
    holds="Of a line no more is credited than it comes to; the whole of it is its negation.",
    query="""
select l.id, l.net_ore, l.vat_ore, sum(c.net_ore) as credited_net_ore,
    sum(c.vat_ore) as credited_vat_ore
from credit_note_line c left join invoice_line_item l on l.id = c.line_item_id
group by l.id
having l.id is null or sum(c.net_ore) > l.net_ore or sum(c.vat_ore) > l.vat_ore
    or sum(c.net_ore) = l.net_ore and sum(c.vat_ore) <> l.vat_ore""",
)

INVARIANTS = (CREDIT_NOTES_ADD_UP, CREDITED_BY_NOTES, LINES_CREDITED_ONCE)
