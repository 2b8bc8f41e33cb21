"""People who are forgotten, and what stands of them: in tables, in the log and in mails.

Whatever secret a call or a mail shows is collected on the way.
"""

import json
import os
import re
from collections.abc import Collection, Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import psycopg

from billing import kept
from chassis import ids
from chassis.identity import service_actor
from chassis.unit.calls import Call
from contracts import SERVICES
from embedded import mailbox
from journeys.stages.every_method import permitted
from journeys.stages.restorable import Restorable
from suitectl.__main__ import main

CODE, TEXT = r"^\s*(\d{6})\s*$", "text"
SECRET = ("session_token", "access_token", "secret", "token")


class Somebody:
    """A person by whose name, address, network and agent they are known again."""

    def __init__(self, stage: "Stage", name: str) -> None:
        self.stage, self.name = stage, f"{name.capitalize()} {name}sen"
        self.email = f"{name}.{name}sen@people.example"
        self.traces = {"ip": f"203.0.113.{len(stage.people) + 1}", "user_agent": f"Agent-of-{name}"}
        self.password = stage.secret(f"pw-{ids.token()}")
        self.id = self.session = self.access = ""
        stage.people.append(self)

    @property
    def marks(self) -> list[str]:
        """What of them may stand nowhere once they are forgotten."""
        local = self.email.partition("@")[0]
        return [self.name, self.email, local, local.replace(".", "-"), *self.traces.values()]

    def sign_up(self, *, by_code: bool = False, **by: Any) -> None:
        made = self.stage.call(
            None, "sign_up", name=self.name, email=self.email, password=self.password, **by
        )
        self.id = made["user_id"]
        if by_code:
            self._verify(email=self.email, code=self.code())
        elif not by:
            self._verify(token=self.link())
        self.sign_in()

    def _verify(self, **proof: str) -> None:
        self.stage.call(None, "verify_email", **proof, password=self.password)

    def sign_in(self, **code: Any) -> None:
        shown = {"email": self.email, "password": self.password, **self.traces, **code}
        self.session = self.stage.call(None, "sign_in", **shown)["session_token"]

    def call(self, method: str, service: str = "auth", /, **of: Any) -> Any:
        given = self.stage.call(None, "authenticate", session_token=self.session)
        return self.stage.call(given["access_token"], method, service, **of)

    def keyed(self, method: str, service: str = "auth", /, **of: Any) -> Any:
        return self.call(method, service, idempotency_key=uuid4().hex, **of)

    def link(self, email: str | None = None) -> str:
        """Return the token that they were mailed last."""
        mails = self._mails(email or self.email)
        return next(token for mail in reversed(mails) if (token := mailbox.token(mail)))

    def code(self) -> str:
        """Return the six digits that they were mailed last."""
        mail = mailbox.text(self._mails(self.email)[-1])
        return str(re.findall(CODE, mail, re.MULTILINE)[-1])

    def _mails(self, email: str) -> list[EmailMessage]:
        self.stage.suite.settle()
        return self.stage.suite.mail(email)

    @property
    def workspace_id(self) -> str:
        """The workspace that they are in."""
        return str(self.call("me")["workspace_id"])


class Stage:
    """The suite, who is on it, and what they were shown."""

    def __init__(self, suite: Restorable) -> None:
        self.suite, self.people = suite, list[Somebody]()
        self.secrets, self.mailed, self.codes = set[str](), set[str](), set[str]()
        self.called = set[tuple[str, str]]()
        self.admin = Somebody(self, "root")
        suite.create_admin(self.admin.email, self.admin.password)
        self.admin.sign_in()

    def secret(self, text: str) -> str:
        self.secrets.add(text)
        return text

    def read(self) -> None:
        """Collect what all mails show: links, and codes."""
        for mail in map(_written, self.mails()):
            self.mailed |= {*re.findall(r"token=([\w-]+)", mail)}
            self.codes |= {*re.findall(CODE, mail, re.MULTILINE)}

    def call(self, token: str | None, method: str, service: str = "auth", /, **of: Any) -> Any:
        reply = self.suite.call(service, method, token, **of)
        self.called.add((service, method))
        if "code" in of:
            self._know(of["code"])
        if isinstance(reply, dict):
            self.secrets |= {reply[name] for name in SECRET if reply.get(name)}
            self.secrets |= {*reply.get("recovery_codes", ())}
        return reply

    def _know(self, code: str) -> None:
        """Collect a code that was shown: six digits, or a recovery code."""
        (self.codes if code.isdecimal() else self.secrets).add(code)

    def ask_as_services(self) -> None:
        """Call what services alone may."""
        of_it = {"workspace_id": self.company}
        asks: dict[str, dict[str, Any]] = {"billing_profile": of_it, "branding": of_it}
        for method in ("billing_profile", "branding", "events_read", "describe"):
            permitted(self.suite, "auth", method).call(method, **asks.get(method, {}))
            self.called.add(("auth", method))

    def erase(self, person: Somebody) -> Any:
        told = self.admin.keyed("erase_subject", user_id=person.id, reason="they have asked for it")
        self.suite.settle()
        return told

    def buyer(self, workspace_id: str, name: str) -> None:
        """Let an issued document name a buyer, as billing keeps one."""
        document = kept.keep_buyer(
            uuid4(),
            workspace_id=workspace_id,
            legal_name=name,
            retention_until=datetime(2031, 12, 31, tzinfo=UTC).date(),
        )
        app = self.suite.parts["billing"].app
        by = Call(id=uuid4(), at=ids.now(), actor=service_actor("billing"), correlation_id="kept")
        app.attempt(by, lambda unit: unit.execute(document))

    @property
    def company(self) -> str:
        """The workspace that lives on."""
        return str(
            self.suite.sql("auth", "select id from workspace where legal_name like 'N%'")[0]["id"]
        )

    def rebuild(self) -> None:
        """Let every projection of every service be made anew of its events."""
        for service in SERVICES:
            self.suite.suitectl("projections", "rebuild", service, "--who", "kari")

    def kept_of(self, person: Somebody) -> dict[str, list[Any]]:
        """Return what is kept of a person, by the services that have forgotten them."""
        shown = self.admin.call("erasure_status", user_id=person.id)["services"]
        assert all(each["forgotten_at"] for each in shown)
        return {each["service"]: each["kept"] for each in shown}

    def write_erasures(self) -> None:
        """Keep the list outside of the databases."""
        self._erasures("export")

    def put_back(self) -> None:
        """Let all databases be as they were before anybody was forgotten; nobody is at work."""
        self.suite.stop(SERVICES)
        for each in SERVICES:
            self.suite.put_back(each, "early")

    def apply_erasures(self) -> list[dict[str, Any]]:
        """Repeat what was forgotten; then all are at work."""
        done = self._erasures("apply")
        self.suite.start([each for each in SERVICES if each in self.suite.away])
        return done

    def _erasures(self, task: str) -> list[dict[str, Any]]:
        given = {"DATABASE_URL": self.suite.app_url("auth"), "SUITE": self.suite.installation}
        with patch.dict(os.environ, given), redirect_stdout(StringIO()) as printed:
            assert (
                main(["erasures", task, str(self.suite.data_dir / "erasures.json"), "--json"]) == 0
            )
        return list(json.loads(printed.getvalue()))

    def found(self, words: Collection[str], but: Collection[str] = ()) -> set[tuple[str, str]]:
        """Return where any of these stands, in a table of the five or in the log: (where, what)."""
        return {
            (place, word)
            for place, text in self._places()
            if place not in but
            for word in words
            if word.casefold() in text.casefold()
        }

    def codes_found(self) -> set[tuple[str, str]]:
        """Return where a code of six digits stands that is not a part of something else."""
        alone = re.compile(rf"(?<![\w.:+-])({'|'.join(self.codes)})(?![\w.:+-])")
        return {(place, code) for place, text in self._places() for code in alone.findall(text)}

    def in_mails(self, words: Collection[str], but: Collection[Path] = ()) -> set[str]:
        """Return which of these stand in a mail, whoever it was sent to: in all but some files."""
        texts = [*map(_written, self.mails() - {*but})]
        return {word for word in words for text in texts if word.casefold() in text.casefold()}

    def mails(self) -> set[Path]:
        """Return the files of all mails that were sent."""
        return {*(self.suite.data_dir / "mail").glob("*.eml")}

    def _places(self) -> list[tuple[str, str]]:
        log = (self.suite.data_dir / "suite.log").read_text("utf-8")
        return [*self._rows(), ("suite.log", log)]

    def _rows(self) -> Iterator[tuple[str, str]]:
        """Yield each table of each service, as text."""
        for service in SERVICES:
            with psycopg.connect(self.suite.owner_url(service)) as connection:
                tables = connection.execute(_TABLES).fetchall()
                for (table,) in tables:
                    rows = connection.execute(f'select t::text from "{table}" t'.encode())
                    yield f"{service}.{table}", "\n".join(row for (row,) in rows)


def _written(mail: Path) -> str:
    """Return what a mail says, to whom and of what, and its page."""
    read = message_from_bytes(mail.read_bytes(), policy=policy.default)
    parts = [str(each.get_content()) for each in read.walk() if each.get_content_maintype() == TEXT]
    return "\n".join([*map(str, read.values()), *parts])


_TABLES = "select table_name from information_schema.tables where table_schema = 'public'"
