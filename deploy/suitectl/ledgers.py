"""The books of all services as one: what each has on its accounts, and that it comes to 0."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from chassis.unit.service import Invariant, Service

BALANCED = Invariant(
    name="books_balance",
    holds="The books of all services together come to 0.",
    query="""
select account, sum(amount_ore)::bigint as balance_ore
from journal_entry group by account order by account""",
)

Books = Mapping[str, int]  # by account, in øre, debit positive


def keeps(service: Service) -> bool:
    """Return whether a service keeps books."""
    return any(each.table.name == "journal_entry" for each in service.projections)


def books(connection: Connection) -> Books:
    """Return what is on the accounts of one service."""
    rows = connection.exec_driver_sql(BALANCED.query)
    return {each.account: each.balance_ore for each in rows}


def of_the_suite(each: Mapping[str, Books]) -> Books:
    """Return what is on the accounts of all; `each`: by service."""
    total = Counter[str]()
    for of_one in each.values():
        total.update(of_one)
    return {account: ore for account, ore in sorted(total.items()) if ore}


def unbalanced(each: Mapping[str, Books]) -> list[Mapping[str, Any]]:
    """Return the services whose books do not come to 0."""
    sums = {service: sum(of_one.values()) for service, of_one in each.items()}
    return [{"service": name, "books_ore": ore} for name, ore in sums.items() if ore]
