"""The bank's OCR files: transfers that came with a KID.

The library reads the lines. What the end records say, how many there are and what they come to, it
does not compare: a changed amount would pass. A file is read whole or refused whole.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NoReturn

from netsgiro.enums import ServiceCode
from netsgiro.records import (
    AssignmentEnd,
    AssignmentStart,
    Record,
    TransactionAmountItem1,
    TransactionAmountItem2,
    TransactionAmountItem3,
    TransactionRecord,
    TransmissionEnd,
    TransmissionStart,
    parse,
)

from chassis.domain import value
from chassis.errors import Rejected

BORDERS = 2  # records that a transmission or an assignment has besides what is in it


@value
class Incoming:
    """A transfer; amounts are øre, below zero where it corrects another."""

    external_id: str  # the numbers of transmission, assignment and transaction: never twice
    paid_on: date  # when it was on the account
    amount_ore: int
    kid: str | None
    text: str | None


def read(content: bytes, account: str) -> tuple[Incoming, ...]:
    """Return the transfers to that account (eleven digits), in the file's order.

    Raises `Rejected("billing.file_refused")` with its `reason`: unreadable, cut_off, sums_differ,
    other_account, other_service, number_twice.
    """
    start, *body, end = _records(content)
    if not isinstance(start, TransmissionStart):
        _refuse("unreadable", "no transmission begins with the first line")
    if not isinstance(end, TransmissionEnd):
        _refuse("cut_off", "the last line is no transmission's end")
    if end.nets_date is None:
        _refuse("unreadable", "the transmission has no date")
    named = f"ocr-{account}-{end.nets_date:%Y%m%d}-{start.transmission_number}"
    incoming = [each for part in _assignments(body) for each in _assignment(part, account, named)]
    _compare(end, incoming, len(body) + BORDERS)
    if len({each.external_id for each in incoming}) < len(incoming):
        _refuse("number_twice", "two transactions have one number")
    return tuple(incoming)


def _records(content: bytes) -> list[Record]:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    try:
        if not all(line.isprintable() for line in text.splitlines()):
            raise ValueError("a control character")
        records: list[Record] = parse(text)
    except (ValueError, KeyError, TypeError) as error:  # of one, the library looks no further
        _refuse("unreadable", f"not an OCR file: {' '.join(str(error).split())[:100]}")
    if len(records) < BORDERS:
        _refuse("cut_off", "there is no transmission in it")
    return records


def _assignments(body: Sequence[Record]) -> Iterator[list[Record]]:
    """Yield each assignment's records, from its start to its end."""
    part: list[Record] = []
    for record in body:
        if isinstance(record, AssignmentStart) == bool(part):
            _refuse("cut_off", "an assignment does not begin, or does not end")
        part.append(record)
        if isinstance(record, AssignmentEnd):
            yield part
            part = []
    if part:
        _refuse("cut_off", "the last assignment does not end")


def _assignment(part: Sequence[Record], account: str, named: str) -> list[Incoming]:
    start, *body, end = part
    if not isinstance(start, AssignmentStart) or not isinstance(end, AssignmentEnd):
        _refuse("cut_off", "an assignment does not begin, or does not end")
    if start.service_code != ServiceCode.OCR_GIRO:
        _refuse("other_service", "an assignment is not of OCR giro")
    if start.assignment_account != account:
        _refuse("other_account", "an assignment is of another account than ours")
    incoming = list(_transactions(body, f"{named}-{start.assignment_number}"))
    _compare(end, incoming, len(part))
    return incoming


def _transactions(body: Sequence[Record], named: str) -> Iterator[Incoming]:
    """Yield what each pair of records, and the text that may follow it, says."""
    at = 0
    while at < len(body):
        first, second, third = (*islice(body, at, at + 3), None, None)[:3]
        if not isinstance(first, TransactionAmountItem1) or not _goes_on(
            first, second, TransactionAmountItem2
        ):
            _refuse("cut_off", "a transaction lacks one of its records")
        text = None
        if isinstance(third, TransactionAmountItem3) and _goes_on(first, third, type(third)):
            text = third.text
            at += 1
        at += 2
        yield Incoming(
            external_id=f"{named}-{first.transaction_number:07}",
            paid_on=first.nets_date,
            amount_ore=-first.amount if first.sign == "-" else first.amount,
            kid=first.kid,
            text=text,
        )


def _goes_on(first: TransactionRecord, record: Record | None, kind: type[Record]) -> bool:
    if not isinstance(record, TransactionRecord) or not isinstance(record, kind):
        return False
    return record.transaction_number == first.transaction_number


def _compare(
    end: AssignmentEnd | TransmissionEnd, incoming: Sequence[Incoming], records: int
) -> None:
    """Refuse the file where there is more or less in it than its end record says."""
    said = (end.num_transactions, end.num_records, end.total_amount or 0)
    found = (len(incoming), records, sum(each.amount_ore for each in incoming))
    if said != found:
        words = "transactions, records, øre"
        _refuse("sums_differ", f"{words}: its end says {said}, there are {found}")


def _refuse(reason: str, message: str) -> NoReturn:
    raise Rejected("billing.file_refused", message, details={"reason": reason})
