"""Which mail a service has: named, whole, and in production encrypted."""

from pathlib import Path

import pytest
import trustme

from chassis import settings
from chassis.settings import Misconfigured
from gateways import mail
from gateways.mail import MailSettings
from gateways.mail_folder import MailFolder
from gateways.mail_smtp import Server, SmtpMail

FOLDER = {
    "ENV": "demo",
    "MAIL": "folder",
    "MAIL_FOLDER": "mail",
    "MAIL_SENDER": "no-reply@ai-studio.example",
}
PASSWORD = "never-shown"
SMTP = {
    "ENV": "production",
    "MAIL": "smtp",
    "MAIL_SENDER": "no-reply@blåbær.no",
    "MAIL_HOST": "smtp.example",
    "MAIL_USER": "suite",
    "MAIL_PASSWORD": PASSWORD,
}
CA = trustme.CA().cert_pem.bytes().decode()


def faults(given: dict[str, str]) -> list[str]:
    try:
        settings.load(MailSettings, given)
    except Misconfigured as error:
        return list(error.args)
    return []


@pytest.mark.parametrize(
    ("right", "missing", "named"),
    [
        *((FOLDER, name, name) for name in ("ENV", "MAIL", "MAIL_SENDER", "MAIL_FOLDER")),
        *((SMTP, name, name) for name in ("ENV", "MAIL", "MAIL_SENDER", "MAIL_HOST")),
        *((SMTP, name, "MAIL_PASSWORD") for name in ("MAIL_USER", "MAIL_PASSWORD")),
    ],
)
def test_what_mail_needs_and_lacks_stops_the_start_with_its_name(
    right: dict[str, str], missing: str, named: str
) -> None:
    assert faults(right) == []
    (fault,) = faults({name: text for name, text in right.items() if name != missing})
    assert fault.startswith(f"{named}: ")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("MAIL", "pigeon"),
        *(("MAIL_SENDER", each) for each in ("", "somebody", "a@b@c", "Post <a@b.no>", "ø@b.no")),
        *(("MAIL_HOST", each) for each in (" ", "smtp example", "smtp://x", "x/y", "blåbær.no")),
        *(("MAIL_PORT", each) for each in ("0", "65536", "smtp")),
        *(("MAIL_SECURITY", each) for each in ("ssl", "", "none")),
        *(("MAIL_USER", each) for each in ("kåre", "a\nb")),
        *(("MAIL_PASSWORD", each) for each in (f"{PASSWORD}-ø", f"{PASSWORD}\r\nQUIT")),
        *(("MAIL_CA", each) for each in ("PEM", CA.replace("M", "N"))),
        *(("MAIL_TIMEOUT_S", each) for each in ("0", "-1", "1.5")),
    ],
)
def test_what_cannot_be_is_refused_and_no_password_shown(name: str, written: str) -> None:
    (fault,) = faults({**SMTP, name: written})
    assert fault.startswith(f"{name}: ") and PASSWORD not in fault


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = {"MAIL": "folder", "MAIL_SECURITY": "none", "MAIL_PORT": "0", "MAIL_USER": ""}
    found = faults({**SMTP, **wrong})
    named = ["MAIL", "MAIL_PASSWORD", "MAIL_PORT", "MAIL_SECURITY"]
    assert [each.partition(":")[0] for each in found] == named


def test_production_refuses_a_folder_and_mail_in_the_clear() -> None:
    assert faults({**FOLDER, "ENV": "production"}) == ["MAIL: a folder is not for production"]
    clear = {**SMTP, "MAIL_SECURITY": "none", "MAIL_USER": "", "MAIL_PASSWORD": ""}
    (fault,) = faults(clear)
    assert fault.startswith("MAIL_SECURITY: ")
    assert faults({**clear, "ENV": "demo"}) == []


def test_no_password_is_sent_in_the_clear_anywhere() -> None:
    (fault,) = faults({**SMTP, "ENV": "demo", "MAIL_SECURITY": "none"})
    assert fault.startswith("MAIL_USER: ")


def test_what_is_listed_hides_the_password() -> None:
    shown = {each.variable: each.shown for each in settings.listed(MailSettings, SMTP)}
    assert shown["MAIL_PASSWORD"] == "(set)" and shown["MAIL_HOST"] == "smtp.example"


def test_the_settings_open_what_they_describe() -> None:
    posted = mail.opened(settings.load(MailSettings, {**SMTP, "MAIL_CA": CA, "MAIL_PORT": "25"}))
    assert isinstance(posted, SmtpMail)
    assert posted.server == Server(
        host="smtp.example",
        port=25,
        security="starttls",
        user="suite",
        password=PASSWORD,
        ca=CA,
        timeout_s=20,
    )


def test_an_authority_stands_in_a_file_as_what_is_secret_may(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(CA)
    given = {**SMTP, "MAIL_CA_FILE": str(tmp_path / "ca.pem")}
    assert settings.load(MailSettings, given).mail_ca == CA.strip()


def test_a_folder_is_opened_where_it_is(tmp_path: Path) -> None:
    given = {**FOLDER, "MAIL_FOLDER": str(tmp_path / "mail")}
    posted = mail.opened(settings.load(MailSettings, given))
    assert isinstance(posted, MailFolder) and str(posted.folder) == given["MAIL_FOLDER"]
