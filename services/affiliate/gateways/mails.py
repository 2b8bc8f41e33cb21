"""The mails to an affiliate, in Norwegian: what was approved, what was sent, another percentage.

Amounts are øre, net of VAT, days those of Oslo.
"""

from datetime import date
from uuid import UUID

from chassis.domain import value
from gateways.norwegian import BLANK, day, money


@value
class Letter:
    """A mail's subject and text."""

    subject: str
    text: str


@value
class Paid:
    """What mails about a payout say of it."""

    payout_id: UUID
    legal_name: str
    payer: str
    net_ore: int
    vat_ore: int
    vat_registered: bool


def approved(paid: Paid) -> Letter:
    """Return the mail that a settlement note goes with; who charges VAT is asked for an invoice."""
    paragraphs = [f"En utbetaling til {paid.legal_name} er godkjent. Avregningen ligger ved."]
    if paid.vat_registered:
        paragraphs.append(
            "Dere er registrert for merverdiavgift. Send oss en faktura på beløpet med MVA, så"
            f" betaler vi mot den. Oppgi utbetaling {paid.payout_id}."
        )
    return Letter(
        subject=f"Avregning fra {paid.payer}",
        text=_written([paragraphs[0], _amounts(paid, "Å utbetale"), *paragraphs[1:]], paid.payer),
    )


def sent(paid: Paid, paid_on: date, reference: str) -> Letter:
    """Return the mail that says that the money is on its way."""
    paragraphs = [
        f"Vi har sendt en utbetaling til {paid.legal_name}.",
        _amounts(paid, "Utbetalt"),
        f"Betalt:    {day(paid_on)}\nReferanse: {reference}",
    ]
    return Letter(subject=f"Utbetaling fra {paid.payer}", text=_written(paragraphs, paid.payer))


def changed(payer: str, relationship_id: UUID, before: int, percent: int, from_day: date) -> Letter:
    """Return the mail that says that a relationship earns another percentage from now on."""
    paragraphs = [
        f"Provisjonen for en kunde som dere har henvist, er endret fra {before} % til {percent} %."
        f" Den nye satsen gjelder det som betales fra og med {day(from_day)}. Det som er opptjent,"
        " står ved lag.",
        f"Henvisning: {relationship_id}",
    ]
    return Letter(subject=f"Endret provisjon fra {payer}", text=_written(paragraphs, payer))


def _amounts(paid: Paid, total: str) -> str:
    amounts = {
        "Netto": paid.net_ore,
        "MVA": paid.vat_ore,
        total: paid.net_ore + paid.vat_ore,
    }
    return "\n".join(
        f"{name + ':':<12} NOK {money(amount_ore).replace(BLANK, ' '):>14}"
        for name, amount_ore in amounts.items()
    )


def _written(paragraphs: list[str], payer: str) -> str:
    return "\n\n".join(["Hei,", *paragraphs, f"Vennlig hilsen\n{payer}"]) + "\n"
