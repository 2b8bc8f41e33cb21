"""Documenting: PDF and EHF of an invoice of 300 lines, and of one of 30."""

import time
from collections.abc import Callable, Mapping
from functools import partial

from billing.gateways.document import Document
from billing.gateways.ehf import ehf
from billing.gateways.pdf import pdf
from unit.billing.sales_documents import LINE, document

FEW, MANY = 30, 300  # lines


def contest() -> Mapping[str, Callable[[], float]]:
    """Return by name, such as `pdf_30`, what makes a document and gives the seconds it took."""
    makers: Mapping[str, Callable[[Document], bytes]] = {"pdf": pdf, "ehf": ehf}
    return {
        f"{name}_{lines}": partial(_seconds, make, document(*[LINE] * lines))
        for name, make in makers.items()
        for lines in (FEW, MANY)
    }


def _seconds(make: Callable[[Document], bytes], given: Document) -> float:
    started = time.perf_counter()
    make(given)
    return time.perf_counter() - started
