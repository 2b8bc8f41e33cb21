"""People who do nearly all that auth lets them do, and are forgotten; what stands of them is found.

Whatever secret a call or a mail shows is collected on the way.
"""

import json
import os
import re
from collections.abc import Collection, Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import psycopg

from auth.gateways.authenticator import code_at
from billing import kept
from chassis import ids
from chassis.identity import service_actor
from chassis.unit.calls import Call
from contracts import SERVICES
from embedded import mailbox
from journeys.stages.restorable import Restorable
from suitectl.__main__ import main

COMPANY = {
    "organization_number": "702000009",
    "legal_name": "Neste Bolig AS",
    "billing_address": {"street": "Storgata 4", "postal_code": "0155", "city": "Oslo"},
}
STEP = timedelta(seconds=30)
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

    def sign_up(self, **by: Any) -> None:
        made = self.stage.call(
            None, "sign_up", name=self.name, email=self.email, password=self.password, **by
        )
        self.id = made["user_id"]
        if not by:
            self.stage.call(None, "verify_email", token=self.link(), password=self.password)
        self.sign_in()

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
        self.stage.suite.settle()
        mails = self.stage.suite.mail(email or self.email)
        for mail in mails:
            self.stage.read(mailbox.text(mail))
        return next(token for mail in reversed(mails) if (token := mailbox.token(mail)))

    @property
    def workspace_id(self) -> str:
        """The workspace that they are in."""
        return str(self.call("me")["workspace_id"])


class Stage:
    """The suite, who is on it, and what they were shown."""

    def __init__(self, suite: Restorable) -> None:
        self.suite, self.people = suite, list[Somebody]()
        self.secrets, self.mailed = set[str](), set[str]()
        self.admin = Somebody(self, "root")
        suite.create_admin(self.admin.email, self.admin.password)
        self.admin.sign_in()

    def secret(self, text: str) -> str:
        self.secrets.add(text)
        return text

    def read(self, mail: str) -> None:
        """Collect what a mail shows: links, and codes."""
        self.mailed |= {*re.findall(r"token=(\S+)", mail)}

    def call(self, token: str | None, method: str, service: str = "auth", /, **of: Any) -> Any:
        reply = self.suite.call(service, method, token, **of)
        if isinstance(reply, dict):
            self.secrets |= {reply[name] for name in SECRET if reply.get(name)}
            self.secrets |= {*reply.get("recovery_codes", ())}
        return reply

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
        log = (self.suite.data_dir / "suite.log").read_text("utf-8")
        places = [*self._rows(), ("suite.log", log)]
        return {
            (place, word)
            for place, text in places
            if place not in but
            for word in words
            if word.casefold() in text.casefold()
        }

    def in_mails(self, words: Collection[str]) -> set[str]:
        files = (self.suite.data_dir / "mail").glob("*.eml")
        texts = [each.read_text("utf-8", "replace") for each in files]
        return {word for word in words for text in texts if word in text}

    def _rows(self) -> Iterator[tuple[str, str]]:
        """Yield each table of each service, as text."""
        for service in SERVICES:
            with psycopg.connect(self.suite.owner_url(service)) as connection:
                tables = connection.execute(_TABLES).fetchall()
                for (table,) in tables:
                    rows = connection.execute(f'select t::text from "{table}" t'.encode())
                    yield f"{service}.{table}", "\n".join(row for (row,) in rows)


_TABLES = "select table_name from information_schema.tables where table_schema = 'public'"


def live(stage: Stage) -> tuple[Somebody, Somebody, Somebody]:
    """Let people live: one whose company lives on, one who is alone, one who has moved."""
    anna, bo, cleo, dina = (Somebody(stage, name) for name in ("anna", "bo", "cleo", "dina"))
    for each in (anna, cleo, dina):
        each.sign_up()
    _company(anna)
    anna.keyed("invite_member", email=bo.email, role="owner")
    bo.sign_up(invitation_token=bo.link())
    anna.keyed("invite_member", email=dina.email)
    dina.call("accept_invitation", token=dina.link())
    _credentials(anna)
    _workspace(anna, dina)
    _alone(stage, cleo)
    _by_admins(stage, anna)
    return anna, cleo, dina


def _company(anna: Somebody) -> None:
    anna.call("update_workspace", **COMPANY, contact_person=anna.name, contact_email=anna.email)
    anna.call("create_project", "media", name="Storgata 4", style_template_id="modern")
    anna.stage.suite.settle()


def _credentials(anna: Somebody) -> None:
    stage = anna.stage
    secret = anna.call("enable_totp")["secret"]
    now = partial(code_at, secret)
    codes = anna.call("confirm_totp", code=now(ids.now()))["recovery_codes"]
    anna.sign_in(code=codes[0])
    anna.call("reauthenticate", password=anna.password, code=codes[1])
    codes = anna.call("new_recovery_codes", code=now(ids.now() + STEP))["recovery_codes"]
    anna.call("disable_totp", code=codes[0])
    anna.call("update_profile", image="https://pictures.example/anna.annasen.jpg")
    changed = stage.secret(f"pw-{ids.token()}")
    anna.call("change_password", current_password=anna.password, new_password=changed)
    anna.password = changed
    stage.call(None, "request_password_reset", email=anna.email)
    anna.password = stage.secret(f"pw-{ids.token()}")
    stage.call(None, "reset_password", token=anna.link(), new_password=anna.password)
    anna.sign_in()
    _moves(anna)
    anna.call("export_my_data")
    anna.call("list_sessions")
    anna.call("revoke_other_sessions")


def _moves(anna: Somebody) -> None:
    """Let them have another address, and the first one back."""
    first, second = anna.email, "anna.annasen@moved.example"
    anna.call("change_email", email=second)
    anna.stage.call(None, "verify_email", token=anna.link(second), password=anna.password)
    anna.email = second
    anna.sign_in()
    assert first != second


def _workspace(anna: Somebody, dina: Somebody) -> None:
    anna.call("complete_onboarding", user_name=anna.name)
    anna.call("set_branding", primary_color="#102030")
    anna.call("change_member_role", user_id=dina.id, role="admin")
    anna.call("list_members")
    guest = anna.keyed("invite_member", email="guest@people.example")
    anna.keyed("resend_invitation", invitation_id=guest["id"])
    anna.call("cancel_invitation", invitation_id=guest["id"])
    anna.stage.call(None, "resend_verification", email=anna.email)


def _alone(stage: Stage, cleo: Somebody) -> None:
    cleo.call("update_workspace", **{**COMPANY, "legal_name": f"{cleo.name} Foto"})
    cleo.call(
        "set_payout_details",
        "affiliate",
        legal_name=f"{cleo.name} Foto",
        organization_number=None,
        vat_registered=False,
        account="98765432103",
        invoice_email=cleo.email,
    )
    clip = {"room_type": "kitchen", "image_generation_id": str(uuid4())}
    described = {"description": f"By {cleo.name}", "clips": [{**clip, "room_label": cleo.name}] * 2}
    cleo.call("create_video", "video", name="A film", **described)
    cleo.call("create_project", "media", name="Storgata 5", style_template_id="modern")
    stage.buyer(cleo.workspace_id, f"{cleo.name} Foto")


def _by_admins(stage: Stage, anna: Somebody) -> None:
    admin, user = stage.admin, {"user_id": anna.id}
    workspace = {"workspace_id": anna.workspace_id}
    admin.call("set_workspace_plan", **workspace, plan="pro", reason=f"asked for by {anna.name}")
    admin.call("set_invoice_eligibility", **workspace, eligible=True, reason="they pay")
    for status in ("suspended", "active", "trial"):
        admin.call("set_workspace_status", **workspace, status=status, reason=f"by {anna.name}")
    made = admin.keyed("create_workspace", name="New", owner_email=anna.email, send_mail=False)
    anna.stage.call(None, "get_invitation", token=made["token"])
    anna.call("list_my_invitations")
    anna.call("decline_invitation", token=made["token"])
    admin.call("rename_user", **user, name=anna.name)
    admin.call("set_system_admin", **user, is_system_admin=True, reason=f"{anna.name} helps")
    admin.call("set_system_admin", **user, is_system_admin=False, reason=f"{anna.name} helped")
    admin.call("ban_user", **user, reason=f"{anna.name} was rude")
    admin.call("unban_user", **user)
    admin.call("end_sessions", **user, reason=f"{anna.name} lost a phone")
    begun = admin.keyed("start_impersonation", **user, reason=f"{anna.name} has asked for help")
    given = stage.call(None, "authenticate", session_token=begun["session_token"])
    stage.call(given["access_token"], "update_profile", name=anna.name)
    stage.call(
        given["access_token"], "create_project", "media", name="S", style_template_id="modern"
    )
    admin.call("stop_impersonation", session_id=begun["session_id"])
    admin.call("list_users", search=anna.name, limit=5)
    admin.call("list_workspaces", search="anna", limit=5)
    admin.call("audit", **user, limit=5)
    anna.sign_in()
    anna.call("sign_out")
    anna.sign_in()
    stage.suite.settle()
