"""The books: what is on the accounts, and the same figures computed from the other tables."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from chassis.domain import value

# One statement, so that both sides are of one moment. By proof: the accounts that it proves, and
# what the tables say is on them (øre, debit positive).
_TABLES = {
    "receivable": (["receivable"], "(select remaining_ore from documents)"),
    "stripe": (["stripe"], "0"),
    "disputed": (["disputed"], "0"),
    "bank": (["bank"], "(select received_ore from transfers) - (select sent_ore from paid_back)"),
    "vat_out": (
        ["vat_out"],
        "(select relieved_ore - vat_ore from documents) + (select vat_ore from credited)",
    ),
    "advances": (["advances"], "0"),
    "credit": (["credit"], "-(select coalesce(sum(balance_ore), 0) from workspace_credit)"),
    "refunds": (["refunds"], "-(select promised_ore from paid_back)"),
    "unallocated": (["unallocated"], "-(select left_ore from transfers)"),
    "sales": (
        ["sales", "sales_exempt"],
        "(select net_ore from credited) - (select net_ore from documents)",
    ),
    "rounding": (["rounding"], "0"),
    "losses": (["losses"], "(select lost_ore - relieved_ore from documents)"),
}
_DOCUMENTS = """
    select coalesce(sum(net_ore), 0) as net_ore, coalesce(sum(vat_ore), 0) as vat_ore,
        coalesce(sum(gross_ore - credited_ore - paid_ore)
            filter (where state in ('Issued', 'PartPaid')), 0) as remaining_ore,
        coalesce(sum(written_off_ore), 0) as lost_ore,
        coalesce(sum(vat_relieved_ore), 0) as relieved_ore
    from invoice where state not in ('Draft', 'Discarded')"""
_SAID = ",\n        ".join(f"('{name}', array{of}, {ore})" for name, (of, ore) in _TABLES.items())
_WITH = f"""
with on_account as materialized (
    select account, sum(amount_ore)::bigint as ore from journal_entry group by account
), documents as ({_DOCUMENTS}
), credited as (
    select coalesce(sum(net_ore), 0) as net_ore, coalesce(sum(vat_ore), 0) as vat_ore
    from credit_note
), transfers as (
    select coalesce(sum(amount_ore - reversed_ore), 0) as received_ore,
        coalesce(sum(left_ore), 0) as left_ore
    from bank_payment
), paid_back as (
    select coalesce(sum(amount_ore) filter (where state = 'Sent'), 0) as sent_ore,
        coalesce(sum(amount_ore) filter (where state = 'Requested'), 0)
            as promised_ore
    from refund
), said (name, accounts, ore) as (
    values {_SAID},
        ('every_event', array[]::text[], -(
            select coalesce(sum(abs(ore)), 0) from (
                select sum(amount_ore) as ore from journal_entry group by event_id) by_event))
)"""  # noqa: S608 - written in the code
_PROOF = """
select said.name, ((
    select coalesce(sum(ore), 0) from on_account where account = any (said.accounts)
    ) - said.ore)::bigint as difference_ore"""
_BALANCES = "select coalesce(jsonb_object_agg(account, ore), '{}') from on_account"
PROOFS = f"{_WITH}{_PROOF} from said"
_BOOKS = text(f"{_WITH}{_PROOF}, ({_BALANCES}) as balances from said")
_ENTRIES = text(
    "select j.event_id, j.booked_on, j.account, j.amount_ore, j.document, j.text"
    " from journal_entry j join events e on e.event_id = j.event_id::uuid"
    " order by j.booked_on, e.seq, j.line"
)
PAGE = 1_000


@value
class Books:
    """The books of one moment, in øre: what is on the accounts that were posted to; the proofs."""

    balances: Mapping[str, int]
    differences: Mapping[str, int]  # by proof: how much more the journal says than the tables


def books(connection: Connection) -> Books:
    """Return the balances, and how far each lies from what the tables say."""
    rows = connection.execute(_BOOKS).mappings().all()
    differences = {row["name"]: int(row["difference_ore"]) for row in rows}
    return Books(balances=rows[0]["balances"], differences=differences)


def entries(connection: Connection) -> Iterator[Mapping[str, Any]]:
    """Yield all entries, of one moment, by day and event; some are in memory at a time."""
    streamed = connection.execution_options(yield_per=PAGE)
    yield from (dict(each) for each in streamed.execute(_ENTRIES).mappings())
