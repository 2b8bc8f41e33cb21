"""What holds of a journal at every moment: it balances, it is proven, it stands."""

from books import kept
from chassis.unit.service import Figure, Invariant

ENTRIES_BALANCE = Invariant(
    name="entries_balance",
    holds="What an event posts in the journal comes to 0, and none of it is there twice.",
    query="""
select event_id, sum(amount_ore) as amount_ore, array_agg(account order by line) as accounts
from journal_entry group by event_id
having sum(amount_ore) <> 0 or count(*) <> max(line)""",
)
VOUCHERS_IN_ORDER = Invariant(
    name="vouchers_in_order",
    holds="Vouchers are 1, 2, 3, … in the order of day and position, one an event that posts.",
    query="""
select number, day, position, number_before, day_before, position_before
from (
    select v.number, v.day, p.position, lag(v.number, 1, 0::bigint) over given as number_before,
        lag(v.day) over given as day_before, lag(p.position) over given as position_before
    from voucher v left join (events e join positions p using (seq))
        on e.event_id = v.event_id::uuid
    window given as (order by v.number)) n
where number <> number_before + 1 or position is null
    or (day, position) < (day_before, position_before)""",
)
EXPORTED_DAYS_STAND = Invariant(
    name="exported_days_stand",
    holds="A day of the journal that was handed out is still the same, and none came to it.",
    query=kept.NOT_STANDING,
)


def invariants(proven_as: str, proofs: str) -> tuple[Invariant, ...]:
    """Return what holds of a service's journal; `proofs`: their query, `proven_as` its name."""
    proven = Invariant(
        name=proven_as,
        holds="What is on an account is what the other tables say is on it.",
        query=f"\nselect name, difference_ore from ({proofs}) proofs where difference_ore <> 0",  # noqa: S608 - written in the code
    )
    return (ENTRIES_BALANCE, proven, VOUCHERS_IN_ORDER, EXPORTED_DAYS_STAND)


def imbalance(proofs: str) -> Figure:
    """Return the figure of what all proofs are off by."""
    return Figure(
        name="ledger_imbalance_ore",
        meaning="Between the journal and what its accounts are proven by, all proofs; must be 0",
        query=f"select coalesce(sum(abs(difference_ore)), 0) from ({proofs}) proofs",  # noqa: S608
    )
