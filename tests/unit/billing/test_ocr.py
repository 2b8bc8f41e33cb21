"""The bank's OCR files: read whole, or refused whole with the reason."""

import pytest

from billing.gateways import ocr
from chassis.errors import Rejected
from unit.stages.ocr_files import ACCOUNT, DAY, Paid, ocr_file

TWO = ([Paid(12_500, "100016"), Paid(700)], [Paid(1, "602243", text="Åse: takk æøå")])


def refusal(content: bytes, account: str = ACCOUNT) -> str:
    with pytest.raises(Rejected) as refused:
        ocr.read(content, account)
    assert refused.value.code == "billing.file_refused"
    reason: str = refused.value.details["reason"]
    return reason


def test_a_file_says_who_paid_what_and_each_transaction_has_a_name_of_its_own() -> None:
    first, second, third = ocr.read(ocr_file(*TWO), ACCOUNT)

    assert (first.amount_ore, first.kid, first.text, first.paid_on) == (12_500, "100016", None, DAY)
    assert (second.amount_ore, second.kid) == (700, None)
    assert (third.amount_ore, third.kid, third.text) == (1, "602243", "Åse: takk æøå")
    assert first.external_id == "ocr-12345678903-20260415-0000001-0000001-0000001"
    names = {each.external_id for each in (first, second, third)}
    others = ocr.read(ocr_file(*TWO, number=2), ACCOUNT)
    later = ocr.read(ocr_file(*TWO, on=DAY.replace(year=2027)), ACCOUNT)
    assert len(names | {each.external_id for each in (*others, *later)}) == 9


def test_lines_may_end_as_they_do_on_other_machines_and_be_in_either_encoding() -> None:
    content = ocr_file(*TWO)
    expected = ocr.read(content, ACCOUNT)
    assert ocr.read(content.replace(b"\n", b"\r\n") + b"\r\n", ACCOUNT) == expected
    assert ocr.read(content.decode("latin-1").encode(), ACCOUNT) == expected


def test_a_file_that_is_cut_off_anywhere_is_refused() -> None:
    lines = ocr_file(*TWO).splitlines(keepends=True)
    for kept in range(len(lines)):
        reason = refusal(b"".join(lines[:kept]))
        assert reason in ("cut_off", "unreadable"), kept
        if kept:
            assert refusal(b"".join(lines[:kept])[:-10]) in ("cut_off", "unreadable"), kept
    for missing in range(len(lines)):
        refusal(b"".join(lines[:missing] + lines[missing + 1 :]))
    for twice in range(len(lines)):
        refusal(b"".join(lines[:twice] + [lines[twice]] + lines[twice:]))


def test_a_changed_amount_is_found_in_whatever_record_it_stands() -> None:
    lines = ocr_file(*TWO).splitlines()
    found = 0
    for at, line in enumerate(lines):
        if line[6:8] in (b"30", b"88", b"89"):
            for digit in range(8, 80):
                if line[digit : digit + 1].isdigit():
                    other = b"%d" % ((line[digit] - ord("0") + 1) % 10)
                    changed = line[:digit] + other + line[digit + 1 :]
                    content = b"\n".join([*lines[:at], changed, *lines[at + 1 :]])
                    found += _changes_no_money_or_is_refused(content)
    assert found > 100


def _changes_no_money_or_is_refused(content: bytes) -> bool:
    try:
        read = ocr.read(content, ACCOUNT)
    except Rejected:
        return True
    assert [each.amount_ore for each in read] == [12_500, 700, 1]
    return False


def test_another_account_another_service_and_what_is_no_ocr_file_are_refused() -> None:
    assert refusal(ocr_file(*TWO), "12345678911") == "other_account"
    assert refusal(ocr_file(*TWO, account="98765432109")) == "other_account"
    direct_debit = ocr_file(*TWO).replace(b"NY09", b"NY21")
    assert refusal(direct_debit) in ("other_service", "unreadable")
    for content in (b"", b"\n", b"hei", b"<xml/>", bytes(range(256)), b"NY" * 40, b"\x00" * 80):
        assert refusal(content) in ("unreadable", "cut_off"), content
    control = ocr_file(*TWO).replace("Åse".encode("latin-1"), b"\x00se")
    assert refusal(control) == "unreadable"


def test_two_transactions_of_one_number_are_refused() -> None:
    content = ocr_file([Paid(100), Paid(100)])
    twice = content.replace(b"300000002", b"300000001").replace(b"310000002", b"310000001")
    assert refusal(twice) == "number_twice"


def test_what_corrects_another_is_below_zero() -> None:
    taken = ocr.read(_with_sums(ocr_file([Paid(900), Paid(200, sign="-")]), 1_100, 700), ACCOUNT)
    assert [each.amount_ore for each in taken] == [900, -200]


def _with_sums(content: bytes, written_ore: int, meant_ore: int) -> bytes:
    """Return the file with its sums as they are with signs, which its writer does not know."""
    return content.replace(b"%017d" % written_ore, b"%017d" % meant_ore)
