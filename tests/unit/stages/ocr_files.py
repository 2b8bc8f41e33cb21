"""OCR files as a bank delivers them, written by the library that reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from netsgiro import Assignment, AssignmentType, ServiceCode, Transaction, TransactionType
from netsgiro import Transmission as File

ACCOUNT = "12345678903"
DAY = date(2026, 4, 15)
NONE = "7" * 25  # stands for no KID: the library reads one that is empty, and cannot write it


@dataclass(frozen=True)
class Paid:
    """One transaction."""

    amount_ore: int
    kid: str = ""
    on: date = DAY
    text: str | None = None
    sign: str = "0"


def ocr_file(
    *assignments: Sequence[Paid], number: int = 1, account: str = ACCOUNT, on: date = DAY
) -> bytes:
    """Return the file of a transmission with these assignments."""
    file = File(
        number=f"{number:07}", data_transmitter="00008080", data_recipient="00010200", date=on
    )
    for nth, paid in enumerate(assignments, start=1):
        made = file.add_assignment(
            service_code=ServiceCode.OCR_GIRO,
            assignment_type=AssignmentType.TRANSACTIONS,
            agreement_id="001008566",
            number=f"{nth:07}",
            account=account,
            date=on,
        )
        for transaction_number, each in enumerate(paid, start=1):
            _add(made, transaction_number, each)
    return file.to_ocr().replace(NONE, " " * len(NONE)).encode("latin-1")


def _add(assignment: Assignment, number: int, paid: Paid) -> None:
    text = TransactionType.PURCHASE_WITH_TEXT
    assignment.transactions.append(
        Transaction(
            service_code=ServiceCode.OCR_GIRO,
            type=text if paid.text else TransactionType.FROM_GIRO_DEBITED_ACCOUNT,
            number=number,
            date=paid.on,
            amount=Decimal(paid.amount_ore) / 100,
            kid=paid.kid or NONE,
            reference="099038562",
            text=paid.text,
            centre_id="13",
            day_code=10,
            partial_settlement_number=1,
            partial_settlement_serial_number="01464",
            sign=paid.sign,
            form_number="0000000000",
            bank_date=paid.on,
            debit_account="99990512341",
            filler="0000000",
        )
    )
