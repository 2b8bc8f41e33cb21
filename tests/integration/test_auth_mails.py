"""Each of auth's mails, as its job makes it: to whom, with which link, good for what."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest

from auth.acts import mailing
from auth.kept import digest
from chassis.jobs.jobs import Worker
from chassis.personal import keep
from embedded.mailbox import mails, text, token
from integration.stages.box_database import call
from integration.stages.branding import Looks, looks, png
from servers.postgres import Server

APP = "https://ai-studio.example"
NAME = "evil.example <b>"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Desk:
    """Somebody with an account, to whom auth writes."""

    def __init__(self, brand: Looks) -> None:
        self.brand, self.services = brand, brand.services
        self.app, self.email = brand.parts.app, brand.owner.email
        self.user_id = UUID(brand.owner.user_id)
        kinds = [each for each in brand.parts.kinds if each.name == "mail"]
        self.worker = Worker(self.app, kinds)
        self.post()  # what came before

    def ask(self, *templates: str, subject: UUID | None = None, **facts: Any) -> None:
        """Ask for mails to that person, in one unit."""

        def work(unit: Any) -> None:
            mailing.hold(unit, self.email)
            for each in templates:
                mailing.mail(unit, self.email, each, subject or self.user_id, **facts)

        self.services.run("auth", "delete from mailed")  # none are too many
        self.app.attempt(call(at=self.app.clock()), work)

    def post(self, to: str | None = None) -> list[EmailMessage]:
        """Do the jobs that wait; return what was mailed by them."""
        folder = self.services.folder / "mail"
        before = {str(each["Message-ID"]) for each in mails(folder)}
        while self.worker.work():
            pass
        return [each for each in mails(folder, to) if each["Message-ID"] not in before]

    def mailed(self, template: str, **facts: Any) -> EmailMessage:
        """Return the one mail that was asked for."""
        self.ask(template, **facts)
        (mail,) = self.post(facts.get("to", self.email))
        return mail

    def kept(self, mailed: str) -> list[Any]:
        """Return what is kept of a token: what for, of whom, to whom, until when from now."""
        columns = "purpose, subject_id, identifier, expires_at, used_at"
        query = f"select {columns} from verification where value = '{digest(mailed)}'"
        return self.services.run("auth", query)


@pytest.fixture(scope="module")
def desk(postgres_server: Server) -> Iterator[Desk]:
    with looks(postgres_server) as brand:
        yield Desk(brand)


def link(mail: EmailMessage) -> str:
    """Return where the one link of a mail leads, without its token."""
    (found,) = set(re.findall(r"https?://\S+", text(mail)))
    return str(found).partition("?")[0]


@pytest.mark.parametrize(
    ("template", "page", "lives"),
    [("reset_password", "reset-password", HOUR), ("set_password", "reset-password", DAY)],
)
def test_a_link_is_good_for_one_thing_and_so_long(
    desk: Desk, template: str, page: str, lives: timedelta
) -> None:
    mail = desk.mailed(template)
    assert link(mail) == f"{APP}/{page}"
    until = desk.services.now + lives
    person = str(desk.user_id)
    assert desk.kept(token(mail)) == [(template, person, desk.email, until, None)]


@pytest.mark.parametrize(
    ("template", "facts", "page"),
    [
        ("sign_up_attempted", {}, "sign-in"),
        ("email_change_asked", {}, "forgot-password"),
        ("password_changed", {"how": "changed"}, "forgot-password"),
        ("totp_changed", {"how": "by_admin"}, "forgot-password"),
        ("impersonated", {}, ""),
    ],
)
def test_a_notice_leads_to_where_one_acts_and_opens_nothing(
    desk: Desk, template: str, facts: Mapping[str, str], page: str
) -> None:
    mail = desk.mailed(template, **facts)
    assert (mail["To"], token(mail), link(mail)) == (desk.email, "", f"{APP}/{page}")


def test_a_sign_in_is_shown_as_it_was_seen_and_how_often_it_was_tried(desk: Desk) -> None:
    seen = {"ip_address": "192.0.2.7", "user_agent": "Browser <script> evil.example 1.0"}
    desk.services.now = datetime(2026, 3, 2, 3, 5, tzinfo=UTC)
    mail = desk.mailed("new_sign_in", seen=seen, failures="3")

    said = text(mail).replace("\u2060", "")
    for shown in ("2 March 2026, 03:05 UTC", "192.0.2.7", "3 before it", seen["user_agent"]):
        assert shown in said
    assert "evil.example" not in text(mail)


def test_another_address_is_confirmed_there_and_the_old_one_is_told(desk: Desk) -> None:
    old, new = desk.email, "Kari@new.example"
    wanted = {"new_email": new, "new_email_folded": "kari@new.example"}
    texts = keep(desk.user_id, desk.user_id, wanted)
    desk.app.attempt(call(), lambda unit: unit.execute(texts))
    desk.ask("change_email", "email_change_asked", "email_changed")

    sent = {(str(mail["To"]), link(mail)): mail for mail in desk.post()}
    there = (new, f"{APP}/verify-email")
    assert set(sent) == {there, (old, f"{APP}/forgot-password"), (old, f"{APP}/")}
    (kept,) = desk.kept(token(sent[there]))
    assert kept[:3] == ("change_email", str(desk.user_id), "kari@new.example")


def test_whom_a_mail_is_about_is_asked_when_it_is_sent(desk: Desk) -> None:
    for template in ("reset_password", "verify_email", "invitation"):
        desk.ask(template, subject=uuid4())
    assert desk.post() == []


def test_a_mail_that_lacks_a_fact_is_a_mistake_of_ours(desk: Desk) -> None:
    wrong: dict[str, dict[str, Any]] = {"totp_changed": {}, "verify_email": {"email": "x"}}
    for template, facts in wrong.items():
        with pytest.raises(AssertionError, match=template):
            desk.ask(template, **facts)


def test_an_invitation_looks_as_its_workspace_does_and_names_are_text(desk: Desk) -> None:
    brand, logo = desk.brand, png(200, 80, "#7a1f5c")
    brand.take(logo)
    brand.call("set_branding", primary_color="#7A1F5C")
    brand.call("update_workspace", name=NAME)
    given = {"email": "ola@elsewhere.example", "role": "admin", "idempotency_key": "ola"}
    invited = brand.call("invite_member", **given)
    (mail,) = desk.post("ola@elsewhere.example")

    parts = [each.get_content_type() for each in mail.walk()]
    related = ["multipart/related", "text/html", "image/png"]
    assert parts == ["multipart/alternative", "text/plain", *related]
    page = str(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]
    (shown,) = [each for each in mail.walk() if each.get_content_type() == "image/png"]
    assert shown.get_payload(decode=True) == logo
    assert f'src="cid:{shown["Content-ID"].strip("<>")}"' in page
    assert "background:#7A1F5C;color:#ffffff" in page
    for form in (text(mail), page.replace("&lt;", "<").replace("&gt;", ">"), str(mail["Subject"])):
        assert "Kari" in form and "evil.\u2060example <b>" in form and "evil.example" not in form
    assert link(mail) == f"{APP}/invitation"
    assert "/blobs/" not in page  # a link to the logo would end, and tell who reads it
    (kept,) = desk.kept(token(mail))
    assert kept[:3] == ("invitation", invited["id"], "ola@elsewhere.example")
    asked = brand.services.call("auth", "get_invitation", None, token=token(mail))
    assert (asked["workspace_name"], asked["role"]) == (NAME, "admin")
    assert asked["primary_color"] == "#7A1F5C"
    assert "/blobs/" in asked["logo"]["url"]


def test_an_invitation_that_was_taken_back_is_not_mailed(desk: Desk) -> None:
    given = {"email": "per@elsewhere.example", "idempotency_key": "per"}
    invited = desk.brand.call("invite_member", **given)
    desk.brand.call("cancel_invitation", invitation_id=invited["id"])
    assert desk.post("per@elsewhere.example") == []


def test_an_invitation_whose_inviter_may_not_invite_any_more_is_not_mailed(desk: Desk) -> None:
    services, inviter = desk.services, desk.services.somebody()
    owner = {"email": inviter.email, "role": "admin", "idempotency_key": "inviter"}
    token = inviter.signed_in().access
    id = desk.brand.call("invite_member", **owner)["id"]
    services.call("auth", "accept_invitation", token(), invitation_id=id)
    services.now += timedelta(microseconds=1)
    guest: dict[str, Any] = {"email": "siv@elsewhere.example", "role": "admin"}
    services.call("auth", "invite_member", token(), idempotency_key="guest", **guest)
    desk.brand.call("change_member_role", user_id=inviter.user_id, role="member")
    assert desk.post("siv@elsewhere.example") == []


def test_what_waits_in_the_queue_names_nobody(desk: Desk) -> None:
    arguments = desk.services.run("auth", "select distinct args::text from jobs")
    events = desk.services.run("auth", "select data::text from events")
    assert len(arguments) > 5
    for (each,) in (*arguments, *events):
        assert not re.search(r"@|Kari|evil|192\.0\.2|Browser", each)
