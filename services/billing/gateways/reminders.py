"""What a reminder says: that an invoice is late, and how it is paid. It costs nothing."""

from collections.abc import Callable, Mapping
from datetime import date

from billing.gateways import english
from billing.gateways.document import DEMO
from chassis.domain import value
from gateways import norwegian
from gateways.norwegian import BLANK, grouped


@value
class Late:
    """An invoice of which something remains, as its buyer is reminded of it. Amounts are øre."""

    number: int  # of the reminder: 1, 2, 3
    invoice_number: int
    kid: str
    issue_date: date
    due_date: date
    gross_ore: int
    remaining_ore: int
    seller: str
    account: str  # eleven digits
    iban: str
    bic: str
    in_norwegian: bool
    demo: bool  # nothing is to be paid


@value
class _Words:
    subject: str
    text: str
    last: str  # instead of a farewell, in the last one
    next: str
    day: Callable[[date], str]
    money: Callable[[int], str]


_WORDS: Mapping[bool, _Words] = {
    True: _Words(
        subject="Påminnelse {number}: faktura {invoice_number} fra {seller}",
        text=(
            "Vi kan ikke se at faktura {invoice_number} av {issue_date} er betalt.\n"
            "Den forfalt {due_date}.\n\n"
            "Fakturabeløp: {gross} kr\n"
            "Gjenstår:     {remaining} kr\n"
            "Kontonummer:  {account}\n"
            "KID:          {kid}\n"
            "IBAN:         {iban}\n"
            "BIC:          {bic}\n\n"
            "Påminnelsen koster ingenting. Er beløpet betalt de siste dagene, kan du se bort fra\n"
            "den. {end}\n\n"
            "Vennlig hilsen\n{seller}\n"
        ),
        last="Dette er den siste påminnelsen.",
        next="Er noe feil med fakturaen, er det fint om du sier fra.",
        day=norwegian.day,
        money=norwegian.money,
    ),
    False: _Words(
        subject="Reminder {number}: invoice {invoice_number} from {seller}",
        text=(
            "We cannot see that invoice {invoice_number} of {issue_date} has been paid.\n"
            "It was due on {due_date}.\n\n"
            "Invoiced:  NOK {gross}\n"
            "Remaining: NOK {remaining}\n"
            "IBAN:      {iban}\n"
            "BIC:       {bic}\n"
            "Reference: {kid}\n"
            "In Norway: account {account}, KID {kid}\n\n"
            "This reminder costs nothing. If you have paid within the last few days, please\n"
            "disregard it. {end}\n\n"
            "Kind regards\n{seller}\n"
        ),
        last="This is the last reminder.",
        next="If anything is wrong with the invoice, please tell us.",
        day=english.day,
        money=english.money,
    ),
}
LAST = 3


def subject(late: Late) -> str:
    """Return the subject of the mail."""
    written = _WORDS[late.in_norwegian].subject.format(
        number=late.number, invoice_number=late.invoice_number, seller=late.seller
    )
    return f"DEMO: {written}" if late.demo else written


def text(late: Late) -> str:
    """Return the mail."""
    words = _WORDS[late.in_norwegian]
    written = words.text.format(
        invoice_number=late.invoice_number,
        issue_date=words.day(late.issue_date),
        due_date=words.day(late.due_date),
        gross=words.money(late.gross_ore).replace(BLANK, " "),
        remaining=words.money(late.remaining_ore).replace(BLANK, " "),
        account=grouped(late.account, 4, 2, 5),
        kid=late.kid,
        iban=late.iban,
        bic=late.bic,
        seller=late.seller,
        end=words.last if late.number == LAST else words.next,
    )
    return f"{DEMO}.\n\n{written}" if late.demo else written
