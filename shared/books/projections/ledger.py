"""The books: what is on the accounts, and the same figures computed from the other tables."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from chassis.domain import value

Said = Mapping[str, tuple[Sequence[str], str]]


def proofs(said: Said, beside: str) -> str:
    """Return the query of all proofs: name, difference_ore, and balances by account, in each row.

    It is one statement, so that both sides are of one moment. `said`: by proof the accounts that
    it proves, and what the tables say is on them (øre, debit positive), in SQL; `beside`: the
    tables that this names, as `name as (…), …`.
    """
    values = ",\n        ".join(
        f"('{name}', array{list(accounts)}, {ore})" for name, (accounts, ore) in said.items()
    )
    return f"""
with on_account as materialized (
    select account, sum(amount_ore)::bigint as ore from journal_entry group by account
), {beside}, said (name, accounts, ore) as (
    values {values},
        ('every_event', array[]::text[], -(
            select coalesce(sum(abs(ore)), 0) from (
                select sum(amount_ore) as ore from journal_entry group by event_id) by_event))
)
select said.name, ((
    select coalesce(sum(ore), 0) from on_account where account = any (said.accounts)
    ) - said.ore)::bigint as difference_ore,
    (select coalesce(jsonb_object_agg(account, ore), '{{}}') from on_account) as balances
from said"""  # noqa: S608 - written in the code


@value
class Books:
    """The books of one moment, in øre: what is on the accounts that were posted to; the proofs."""

    balances: Mapping[str, int]
    differences: Mapping[str, int]  # by proof: how much more the journal says than the tables


def books(connection: Connection, proofs: str) -> Books:
    """Return the balances, and how far each lies from what the tables say."""
    rows = connection.execute(text(proofs)).mappings().all()
    differences = {row["name"]: int(row["difference_ore"]) for row in rows}
    return Books(balances=rows[0]["balances"], differences=differences)
