"""A sales document that contradicts itself or the law is refused, whatever is to be made of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from billing.gateways.document import Document, RateSum
from billing.gateways.ehf import ehf
from billing.gateways.pdf import pdf
from chassis.errors import Rejected
from unit.billing.sales_documents import EXEMPT_LINE, LINE, OF_KIND, SELLER, abroad, document

MAKERS: tuple[Callable[[Document], bytes], ...] = (pdf, ehf)
CREDIT = OF_KIND["credit_note"]["corrects"]


def must_be_refused(given: Document, code: str, *names: str) -> None:
    for make in MAKERS:
        with pytest.raises(Rejected, match=code) as refused:
            make(given)
        assert all(name in str(refused.value) for name in names), refused.value


@pytest.mark.parametrize("total", ["net_ore", "vat_ore", "gross_ore"])
def test_totals_that_are_not_the_sums_of_the_lines(total: str) -> None:
    right = document(LINE, LINE)
    wrong = replace(right, **{total: getattr(right, total) + 1})
    must_be_refused(wrong, "billing.document_mismatch", total)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"gross_ore": 125_001}, "net_ore + vat_ore"),
        ({"quantity": 2}, "quantity * unit_price_ore"),
        ({"unit_price_ore": -100_000, "net_ore": -100_000, "gross_ore": -75_000}, "a sign"),
        ({"vat_type": "EXEMPT_IMPORT_EXPORT"}, "vat_type"),
        ({"vat_type": "LOW"}, "vat_type"),
        ({"vat_rate_bp": 0, "vat_ore": 0, "gross_ore": 100_000}, "vat_type"),
    ],
)
def test_a_line_that_does_not_add_up(changed: dict[str, Any], named: str) -> None:
    must_be_refused(document(replace(LINE, **changed)), "billing.document_mismatch", named)


def test_a_document_without_lines() -> None:
    nothing = replace(document(), lines=(), net_ore=0, vat_ore=0, gross_ore=0, by_rate=())
    must_be_refused(nothing, "billing.document_mismatch", "lines")


def test_sums_by_rate_that_are_not_those_of_the_lines() -> None:
    other = RateSum(vat_type="HIGH", vat_rate_bp=1500, net_ore=100_000, vat_ore=25_000)
    must_be_refused(document(by_rate=(other,)), "billing.document_mismatch", "by_rate")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (document(kid=None), "kid"),
        (document(due_date=None), "due_date"),
        (document(corrects=CREDIT), "corrects"),
        (document(paid_by_card_on=date(2026, 3, 2)), "paid_by_card_on"),
        (document(credit_used_ore=125_001), "credit_used_ore"),
        (document(credit_used_ore=-1), "credit_used_ore"),
        (document(kind="receipt", paid_by_card_on=None), "paid_by_card_on"),
        (document(kind="receipt", credit_used_ore=1), "credit_used_ore"),
        (document(kind="credit_note", corrects=None), "corrects"),
        (document(kind="credit_note", kid="100016"), "kid"),
        (document(kind="credit_note", due_date=date(2026, 4, 14)), "due_date"),
        (document(kind="credit_note", credit_used_ore=1), "credit_used_ore"),
    ],
)
def test_what_is_missing_or_too_much_for_its_kind(given: Document, named: str) -> None:
    must_be_refused(given, "billing.document_mismatch", named)


def test_a_seller_outside_the_vat_register_and_vat_in_another_currency() -> None:
    outside = replace(SELLER, vat_registered=False)
    must_be_refused(document(seller=outside), "billing.seller_not_vat_registered")
    must_be_refused(document(currency="EUR"), "billing.vat_not_in_nok")


def test_no_ehf_for_who_has_no_number_or_for_what_is_exempt() -> None:
    for given in (abroad(), abroad(LINE), document(EXEMPT_LINE), document(LINE, EXEMPT_LINE)):
        with pytest.raises(Rejected, match="billing.no_ehf"):
            ehf(given)
