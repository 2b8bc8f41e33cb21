"""Where a service's mail goes: its settings, and the mail that they describe."""

import re
import ssl
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from email_validator import EmailNotValidError, validate_email

from chassis.setting_rules import Count, FolderPath, Port
from chassis.settings import Together
from gateways.mail_folder import MailFolder
from gateways.mail_smtp import Security, Server, SmtpMail
from gateways.port import Mail

NEEDS = {"folder": ("mail_folder",), "smtp": ("mail_host",)}


def _sender(written: str) -> None:
    try:  # in ASCII before the @: else each receiver's server would have to know SMTPUTF8
        validate_email(written, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise ValueError("is no e-mail address") from None


def _host(written: str) -> None:
    if not re.fullmatch("[0-9A-Za-z.:_-]*", written):
        raise ValueError("is no host")


def _ascii(written: str) -> None:
    if not re.fullmatch("[ -~]*", written):  # SMTP's ways to sign in know no other
        raise ValueError("has characters outside ASCII")


def _certificates(written: str) -> None:
    try:
        if written:
            ssl.create_default_context(cadata=written)
    except (OSError, ValueError):
        raise ValueError("holds no certificates (PEM)") from None


def _not_for_production(mail: str, env: str) -> None:
    if (mail, env) == ("folder", "production"):
        raise ValueError("a folder is not for production")


def _encrypted(security: str, env: str) -> None:
    if (security, env) == ("none", "production"):
        raise ValueError("production encrypts its mail: starttls or tls")


def _needed(kind: str, written: str, mail: str) -> None:
    if kind == mail and not written.strip():
        raise ValueError(f"MAIL={mail} needs it")


def _both(password: str, user: str) -> None:
    if bool(password) != bool(user):
        raise ValueError("MAIL_USER and MAIL_PASSWORD go together")


def _not_in_the_clear(user: str, security: str) -> None:
    if user and security == "none":
        raise ValueError("a password is sent by starttls or tls alone")


@dataclass(frozen=True, kw_only=True)  # a value without slots: of a class's bases one may have some
class MailSettings:
    """The settings of a service that sends mail, for its own `Settings` to extend."""

    env: Literal["embedded", "demo", "production"]
    mail: Literal["folder", "smtp"]
    mail_sender: Annotated[str, _sender]
    mail_folder: FolderPath = ""
    mail_host: Annotated[str, _host] = ""
    mail_port: Port = 587  # of starttls; tls has 465, as a rule
    mail_security: Security = "starttls"
    mail_user: Annotated[str, _ascii] = ""
    mail_password: Annotated[str, _ascii] = ""
    mail_ca: Annotated[str, _certificates] = ""  # PEM; in place of the system's
    mail_timeout_s: Count = 20  # for each answer; a `work` that is to stop has 25

    TOGETHER: ClassVar = (
        Together(of=("mail", "env"), rule=_not_for_production),
        Together(of=("mail_security", "env"), rule=_encrypted),
        Together(of=("mail_password", "mail_user"), rule=_both),
        Together(of=("mail_user", "mail_security"), rule=_not_in_the_clear),
        *(
            Together(of=(name, "mail"), rule=partial(_needed, kind))
            for kind in NEEDS
            for name in NEEDS[kind]
        ),
    )


def opened(given: MailSettings) -> Mail:
    """Return the mail that the settings describe. Nobody is connected to yet."""
    match given.mail:
        case "folder":
            return MailFolder(Path(given.mail_folder), given.mail_sender)
        case "smtp":
            server = Server(
                host=given.mail_host,
                port=given.mail_port,
                security=given.mail_security,
                user=given.mail_user,
                password=given.mail_password,
                ca=given.mail_ca,
                timeout_s=given.mail_timeout_s,
            )
            return SmtpMail(server, given.mail_sender)
