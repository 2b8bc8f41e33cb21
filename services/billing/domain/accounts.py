"""The chart: what the journal's accounts hold, and their numbers by NS 4102."""

from functools import partial
from typing import Annotated

from books.domain.chart import Account, numbered

CHART = (
    Account(word="receivable", number=1500, kind="Assets", holds="what customers owe"),
    Account(word="stripe", number=1575, kind="Assets", holds="at Stripe, before its fees"),
    Account(word="disputed", number=1576, kind="Assets", holds="taken by disputes not lost yet"),
    Account(word="bank", number=1920, kind="Assets", holds="passed through the bank"),
    Account(word="vat_out", number=2700, kind="Liabilities", holds="output VAT"),
    Account(word="advances", number=2900, kind="Liabilities", holds="card money before delivery"),
    Account(word="credit", number=2901, kind="Liabilities", holds="customers' credit"),
    Account(word="refunds", number=2902, kind="Liabilities", holds="promised, not sent"),
    Account(word="unallocated", number=2903, kind="Liabilities", holds="money nobody claims"),
    Account(word="sales", number=3000, kind="Income", holds="revenue, net"),
    Account(word="sales_exempt", number=3100, kind="Income", holds="exports, net"),
    Account(word="rounding", number=7740, kind="Expenses", holds="others' totals against ours"),
    Account(word="losses", number=7830, kind="Expenses", holds="written off, not recovered"),
)
WORDS = frozenset(each.word for each in CHART)


def vat_code(word: str) -> str | None:
    """Return under which of SAF-T's standard VAT codes entries of an account are posted."""
    match word:
        case "sales" | "vat_out":
            return "3"  # output VAT, the regular rate
        case "sales_exempt":
            return "52"  # export of services
    return None


numbers = partial(numbered, CHART)  # of each account, from the setting

# a setting: JSON, the numbers of accounts that are not the chart's own
Numbers = Annotated[str, numbers]
