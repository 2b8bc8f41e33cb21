"""What an affiliate is told by mail, and the bank by a file."""

from datetime import date
from uuid import UUID

import pytest

from affiliate.domain.payout_messages import PayoutApproved, PayoutConfirmed, PayoutNoteStored
from affiliate.domain.relationship import Active, CommissionChanged, Rate
from affiliate.gateways.bank_csv import Transfer, written
from affiliate.gateways.mails import Paid, approved, changed, sent
from affiliate.jobs import jobs
from unit.affiliate.settled import PAYOUT
from unit.affiliate.test_outbound import AFFILIATE, AT, ID, REFERRED, recorded

PAID = Paid(
    payout_id=PAYOUT,
    legal_name="Nordmann Henvisning AS",
    payer="Fjordlys Studio AS",
    net_ore=2_000_000,
    vat_ore=500_000,
    vat_registered=True,
)
APPROVED = f"""Hei,

En utbetaling til Nordmann Henvisning AS er godkjent. Avregningen ligger ved.

Netto:       NOK      20 000,00
MVA:         NOK       5 000,00
Å utbetale:  NOK      25 000,00

Dere er registrert for merverdiavgift. Send oss en faktura på beløpet med MVA, så betaler vi mot \
den. Oppgi utbetaling {PAYOUT}.

Vennlig hilsen
Fjordlys Studio AS
"""


def test_who_charges_vat_is_asked_for_an_invoice() -> None:
    assert approved(PAID).text == APPROVED
    assert approved(PAID).subject == "Avregning fra Fjordlys Studio AS"
    without = Paid(
        payout_id=PAYOUT,
        legal_name="Ola",
        payer="Fjordlys Studio AS",
        net_ore=1,
        vat_ore=0,
        vat_registered=False,
    )
    assert "faktura" not in approved(without).text


def test_what_was_sent_is_told_with_its_day_and_reference() -> None:
    letter = sent(PAID, date(2026, 4, 16), "R 1")
    assert letter.subject == "Utbetaling fra Fjordlys Studio AS"
    for part in ("Utbetalt:    NOK      25 000,00", "Betalt:    16.04.2026", "Referanse: R 1"):
        assert part in letter.text


def test_another_percentage_is_told_with_the_one_before() -> None:
    letter = changed("Fjordlys Studio AS", ID, 20, 25, date(2026, 4, 16))
    for part in ("fra 20 % til 25 %", "fra og med 16.04.2026", str(ID)):
        assert part in letter.text


confirmed = PayoutConfirmed(
    reference="R 1",
    paid_on=AT.date(),
    supplier_invoice_number=None,
    amount_ore=1,
    vat_ore=0,
    paid_ore=1,
)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (PayoutApproved(approved_by=ID, at=AT), "settlement_note"),
        (PayoutNoteStored(ref="blob:a", sha256="a", size=1), "mail_payout_approved"),
        (confirmed, "mail_payout_sent"),
    ],
)
def test_a_payout_asks_for_its_note_and_its_mails(event: object, kind: str) -> None:
    (job,) = jobs(recorded(event), None)
    assert (getattr(job, "kind", None), getattr(job, "subject", None)) == (kind, ID)


def test_a_changed_percentage_asks_for_a_mail_that_says_both() -> None:
    rates = tuple(Rate(percent=percent, valid_from=AT) for percent in (10, 20, 25))
    bound = Active(
        workspace_id=AFFILIATE, referred_workspace_id=REFERRED, started_at=AT, rates=rates
    )
    (job,) = jobs(recorded(CommissionChanged(percent=25, at=AT)), bound)
    assert getattr(job, "args", None) == {"before": 20, "percent": 25, "at": AT}


def test_the_bank_reads_kroner_and_no_formula() -> None:
    transfers = [
        Transfer(
            payout_id=UUID(int=1),
            name=name,
            account="12345678903",
            net_ore=2_000_005,
            vat_ore=500_001,
            cutoff=date(2026, 4, 14),
        )
        for name in ("Nordmann, Ola", "@SUM(A1)", " =1+1", "\u200b\uff0b1")
    ]
    head, first, *formulas = written(transfers).decode().splitlines()
    amounts = "20000.05,5000.01,25000.06,Provisjon til og med 14.04.2026"
    assert head == "payout_id,name,account,net,vat,amount,text"
    assert first == f'{UUID(int=1)},"Nordmann, Ola",12345678903,{amounts}'
    names = [each.removeprefix(f"{UUID(int=1)},").split(",")[0] for each in formulas]
    assert names == ["'@SUM(A1)", "' =1+1", "'\u200b\uff0b1"]
