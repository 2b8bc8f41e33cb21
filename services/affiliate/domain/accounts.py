"""The chart: what the journal's accounts hold, and their numbers by NS 4102."""

from functools import partial
from typing import Annotated

from books.domain.chart import Account, numbered

CHART = (
    Account(word="commission", number=7210, kind="Expenses", holds="what referrals cost"),
    Account(word="affiliates", number=2960, kind="Liabilities", holds="owed to affiliates"),
    Account(word="vat_in", number=2710, kind="Assets", holds="VAT on affiliates' own invoices"),
    Account(word="bank", number=1920, kind="Assets", holds="passed through the bank"),
)
WORDS = frozenset(each.word for each in CHART)


def vat_code(word: str) -> str | None:
    """Return under which of SAF-T's standard VAT codes entries of an account are posted."""
    match word:
        case "vat_in":
            return "1"  # deductible input VAT, the regular rate
    return None


numbers = partial(numbered, CHART)  # of each account, from the setting

# a setting: JSON, the numbers of accounts that are not the chart's own
Numbers = Annotated[str, numbers]
