"""Reminders on their days, by the suite's clock: three, none twice, none of what is paid."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from billing.domain import oslo
from billing.jobs import remind
from chassis.errors import ServiceError
from chassis.jobs import schedules
from chassis.jobs.jobs import Worker
from integration.stages.billing_corrected import Desk
from integration.stages.billing_shop import billing_shop
from servers.postgres import Server

GROSS_ORE = 125_000
DUE_AFTER = 14  # days
ADDRESS = "faktura@eksempel.example"


class Post(Desk):
    """The desk, with the mail that goes out."""

    folder: Path

    @property
    def today(self) -> date:
        """The day that it is in Oslo."""
        return oslo.day(self.shop.now)

    def turn(self) -> None:
        """Let the schedule take its turn, and the jobs be done that follow."""
        remind.note_late(self.shop.parts.app)
        self.work()

    def work(self) -> None:
        """Do the jobs of reminders that wait."""
        kinds = [each for each in self.shop.parts.kinds if each.name == "remind"]
        worker = Worker(self.shop.parts.app, kinds)
        while worker.work():
            pass

    def mails(self, invoice_id: str) -> list[EmailMessage]:
        """Return what was mailed of an invoice, oldest first."""
        number = f" {self.invoice(invoice_id)['invoice_number']} "
        found = [each.read_bytes() for each in sorted(self.folder.glob("*.eml"))]
        mails = [message_from_bytes(each, policy=policy.default) for each in found]
        return [mail for mail in mails if number in mail["Subject"]]

    def numbers(self, invoice_id: str) -> list[int]:
        """Return which reminders of an invoice there were."""
        query = (
            "select (data->>'number')::int as number from events"
            " where stream_id = %s and type = 'InvoiceReminded' order by version"
        )
        return [each["number"] for each in self.rows(query, f"invoice-{invoice_id}")]

    def jobs(self, invoice_id: str) -> list[dict[str, Any]]:
        """Return what became of the jobs that mail an invoice's reminders."""
        query = "select state, error from jobs where kind = 'remind' and subject = %s"
        return self.rows(query, invoice_id)


@pytest.fixture(scope="module")
def opened(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    folder = tmp_path_factory.mktemp("blobs")
    with billing_shop(postgres_server, folder) as shop:
        working = Post(shop)
        working.folder = folder / "mail"
        yield working


@pytest.fixture
def post(opened: Post) -> Iterator[Post]:
    yield opened
    assert opened.broken() == {}
    for row in opened.rows("select id from invoice where state in ('Issued', 'PartPaid')"):
        opened.credit(row["id"])  # the next test has its own


def late(post: Post, country: str = "NO") -> str:
    """Return an issued invoice whose buyer, there, named an address for invoices."""
    invoice_id = post.issued()
    post.change(
        "update buyer set invoice_email = %s, billing_address = jsonb_build_object("
        "'street', 'Gata 1', 'postal_code', '0150', 'city', 'Oslo', 'country', %s::text)"
        " where document_id = %s",
        *(ADDRESS, country, invoice_id),
    )
    return invoice_id


def test_an_invoice_is_reminded_of_on_its_three_days_then_its_vat_is_relieved(post: Post) -> None:
    invoice_id = late(post)
    relief = {"invoice_id": invoice_id, "reason": "x", "vat_relief": True, "ground": "reminders"}
    due = post.today + timedelta(days=DUE_AFTER)
    reminded = []
    post.pass_days(DUE_AFTER)
    for _ in range(30):
        post.turn()
        post.turn()  # again on the same day
        reminded.append(post.numbers(invoice_id))
        assert len(post.mails(invoice_id)) == len(reminded[-1])
        post.pass_days(1)
    days = [reminded.index([1]), reminded.index([1, 2]), reminded.index([1, 2, 3])]
    assert days == [1, 14, 28]
    assert reminded[-1] == [1, 2, 3]
    overdue = post.shop.told("invoice_overdue", invoice_id)
    assert [each["outbox"]["data"]["remaining_ore"] for each in overdue] == [GROSS_ORE]
    first = oslo.months_later(due, 6)
    post.pass_days((first - post.today).days - 1)
    with pytest.raises(ServiceError, match="vat_relief_too_early") as early:
        post.do("write_off_invoice", **relief)
    assert early.value.details == {"from": first.isoformat()}
    post.pass_days(1)
    done = post.do("write_off_invoice", **relief)
    assert (done["written_off_ore"], done["vat_relief_ore"]) == (GROSS_ORE, 25_000)


def test_two_reminders_relieve_no_vat_however_late_it_is(post: Post) -> None:
    invoice_id = late(post)
    post.pass_days(DUE_AFTER + 300)
    post.turn()
    post.pass_days(13)
    post.turn()
    assert post.numbers(invoice_id) == [1, 2]
    asks = {"invoice_id": invoice_id, "reason": "x", "vat_relief": True, "ground": "reminders"}
    with pytest.raises(ServiceError, match="vat_relief_too_early"):
        post.do("write_off_invoice", **asks)


def test_the_mail_says_what_remains_and_how_it_is_paid(post: Post) -> None:
    here, abroad = late(post), late(post, "SE")
    post.pay(here, 25_000)
    post.pass_days(DUE_AFTER + 1)
    post.turn()
    for invoice_id, subject, words in (
        (
            here,
            "DEMO: Påminnelse 1: faktura",
            ("1 250,00 kr", "1 000,00 kr", "forfalt", "sier fra"),
        ),
        (abroad, "DEMO: Reminder 1: invoice", ("NOK 1,250.00", "was due on", "In Norway")),
    ):
        (mail,) = post.mails(invoice_id)
        kid, text = post.invoice(invoice_id)["kid"], mail.get_content()
        assert (mail["To"], mail["Subject"].startswith(subject)) == (ADDRESS, True)
        assert [each for each in (*words, kid) if each not in text] == []
    found = post.rows(
        "select 1 from events where data::text like %s union all"
        " select 1 from jobs where args::text || coalesce(error, '') like %s",
        *[f"%{ADDRESS}%"] * 2,
    )
    assert found == []


def test_nothing_is_said_of_what_is_paid_or_was_paid_before_its_mail_went(post: Post) -> None:
    paid, in_between, credited = late(post), late(post), late(post)
    post.pay(paid, GROSS_ORE)
    post.pass_days(DUE_AFTER + 1)
    remind.note_late(post.shop.parts.app)
    post.pay(in_between, GROSS_ORE)
    post.credit(credited)
    post.work()
    assert [post.numbers(each) for each in (paid, in_between, credited)] == [[], [1], [1]]
    for each in (in_between, credited):
        assert post.mails(each) == []
        assert [job["state"] for job in post.jobs(each)] == ["done"]


def test_a_schedule_that_was_down_goes_on_and_does_not_say_all_at_once(post: Post) -> None:
    invoice_id = late(post)
    post.pass_days(DUE_AFTER + 60)
    reminded = []
    for _ in range(28):
        post.turn()
        reminded.append(len(post.mails(invoice_id)))
        post.pass_days(1)
    assert [reminded.index(number) for number in (1, 2, 3)] == [0, 13, 26]
    assert post.numbers(invoice_id) == [1, 2, 3]


def test_a_buyer_without_an_address_is_not_reminded_until_there_is_one(post: Post) -> None:
    """What nobody was sent is no reminder: VAT is relieved after three that were."""
    invoice_id = post.issued()
    post.pass_days(DUE_AFTER + 40)
    post.turn()
    assert len(post.shop.told("invoice_overdue", invoice_id)) == 1
    assert (post.numbers(invoice_id), post.jobs(invoice_id)) == ([], [])
    post.change("update buyer set invoice_email = %s where document_id = %s", ADDRESS, invoice_id)
    post.turn()
    assert (post.numbers(invoice_id), len(post.mails(invoice_id))) == ([1], 1)


def test_one_that_cannot_be_decided_on_holds_up_none_behind_it(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = late(post)
    post.pass_days(1)
    behind = late(post)  # it is due later
    post.change("delete from buyer where document_id = %s", damaged)
    post.pass_days(DUE_AFTER + 1)
    with pytest.raises(AssertionError, match="nobody is named"):
        post.turn()
    post.work()
    assert (post.numbers(damaged), post.numbers(behind)) == ([], [1])
    assert "a late invoice was left" in caplog.text
    post.change(
        "insert into buyer select %s, workspace_id, legal_name, organization_number,"
        " billing_address, invoice_email, invoice_reference, reason, retention_until from buyer"
        " where document_id = %s",
        *(damaged, behind),
    )


def test_it_is_looked_for_once_a_day_when_the_bank_has_been_read(post: Post) -> None:
    app = post.shop.parts.app
    assert remind.SCHEDULE in post.shop.parts.schedules
    schedules.queue(app, [remind.SCHEDULE])
    schedules.queue(app, [remind.SCHEDULE])
    name = f"schedule:{remind.SCHEDULE.name}"
    (turn,) = post.rows("select args->>'due' as due from jobs where kind = %s", name)
    due = datetime.fromisoformat(turn["due"])
    assert timedelta() < due - post.shop.now <= timedelta(days=1)
    assert due.astimezone(oslo.OSLO).hour in (12, 13)
