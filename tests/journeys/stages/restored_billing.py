"""billing loses the invoice of the main job: its database is put back to before it was drafted.

Meanwhile the others have heard of the invoice and its payment. Then billing grows past where it
was, doing some of it again, before anybody lets its hearers go on. The invoice is issued again, and
as its number was given, with the next one: what is told of it then is not what was told before.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any

import psycopg
from psycopg import sql

from chassis.errors import Rejected
from demo.main_job import Outcome, Photo
from distributed.suite import Suite
from embedded import mailbox
from journeys.stages.quiet import Quiet, main_job
from suitectl.__main__ import main
from waiting import until

BACKUP = "billing_backup"
BEFORE = "One invoice for both, paid in two parts"  # the step of the main job
DEAR = 5  # films that are not cleared: so much that is new is told before what is told again
HEARERS = ("affiliate", "auth", "media", "video")
PATIENCE_S = 180.0  # a source is asked every minute


class RestoredBilling:
    """What happens, and what is seen of it on the way."""

    outcome: Outcome
    lost: list[dict[str, Any]]  # of affiliate, before the restore
    refused: str  # what billing says before its last number is confirmed
    numbers: dict[str, Any]  # `suitectl numbers show`, then
    parked: list[dict[str, Any]]  # at affiliate, one after the other
    stopped: dict[str, Any]  # by hearer
    said: dict[str, Any]  # by `suitectl fork`, by hearer
    diagnosis: tuple[int, list[dict[str, Any]]]
    unsettled: list[dict[str, Any]]  # before somebody settles it
    while_stopped: dict[str, Any]
    another: str  # the invoice after it all

    def __init__(self, suite: Suite, photos: Sequence[Photo]) -> None:
        self.suite = suite
        self.job = main_job(suite, photos, AtStep(BEFORE, self._back_up), by_card=False)

    def begin(self) -> Outcome:
        """Do the main job, with a backup on the way."""
        self.outcome = self.job.run()
        return self.outcome

    def happen(self) -> None:
        """Lose what came after the backup, and mend it."""
        self.lost = self._caused_since_the_backup()
        heard, head = self.cursors(), self._head()
        self._restore()
        for number in range(DEAR):
            self._start_film(f"too dear {number}", max_price_ore=1)
        film = self._start_film("another")
        self._confirm_the_last_number()
        self._invoice(self.job.money.today, ("create the invoices", "issue the invoice"), PAYMENTS)
        until(lambda: self._head() > head, PATIENCE_S)
        until(lambda: all(each["stopped"] for each in self.cursors().values()), PATIENCE_S)
        self._auth_is_heard_on()
        now = self.cursors()
        self.stopped = {name: each["stopped"] for name, each in now.items()}
        self.while_stopped = {
            "moved": [name for name in now if now[name]["position"] != heard[name]["position"]],
            "caused": self._caused_since_the_backup(),
            "film": self._film(film),
        }
        self.diagnosis = self.suitectl("doctor")
        self.said = {name: self.suitectl("fork", name, "billing") for name in HEARERS}
        for name in HEARERS:
            self.suitectl("fork", name, "billing", "--accept", "--who", "kari")
        heard_of = {each["heard"]["position"] for each in self.lost}  # one may cause several
        self.parked = [self._skip_what_is_told_otherwise() for _ in heard_of]
        self.unsettled = self.suitectl("fork")[1]
        self.suitectl("fork", "affiliate", "billing", "--settled", "all", "--who", "kari")
        self.suite.settle()
        self.film_after = self._film(film)
        keys = ("create another", "issue another")
        self.another = self._invoice(self.job.money.today, keys, [("bank-3", 125_000)])
        self.suite.settle()

    def suitectl(self, *arguments: str) -> tuple[int, Any]:
        """Return a command's exit code and the JSON that it prints."""
        printed = StringIO()
        inventory = str(self.suite.data_dir / "inventory.toml")
        with redirect_stdout(printed):
            code = main([*arguments, "--json", "--inventory", inventory])
        return code, json.loads(printed.getvalue())

    def cursors(self) -> dict[str, Any]:
        """Return how each hearer stands to billing."""
        query = "select position, stopped from cursors where source = 'billing'"
        return {name: self.suite.sql(name, query)[0] for name in HEARERS}

    def _back_up(self) -> None:
        self.suite.settle()
        with self._without_billing() as admin:
            copy = sql.SQL("create database {} template billing owner billing_owner")
            admin.execute(copy.format(sql.Identifier(BACKUP)))
        self.backed_up_at = self._head()

    def _restore(self) -> None:
        with self._without_billing() as admin:
            admin.execute("drop database billing with (force)")
            admin.execute(f"alter database {BACKUP} rename to billing".encode())
            # who may connect is no part of a backup
            with redirect_stdout(StringIO()):
                assert main(["init", str(self.suite.data_dir / "inventory.toml")]) == 0

    @contextmanager
    def _without_billing(self) -> Iterator[psycopg.Connection]:
        """Yield a superuser's connection, with billing's processes stopped."""
        processes = [*self.suite.of("billing", "serve"), *self.suite.of("billing", "work")]
        assert [each.stop() for each in processes] == [0] * len(processes)
        self.suite.engines["billing"].dispose()
        with psycopg.connect(
            self.suite.servers.inventory.postgres.admin_url, autocommit=True
        ) as admin:
            yield admin
        for each in processes:
            each.start()
        for each in processes:
            each.wait_ready()

    def _start_film(self, key: str, **limits: int) -> str:
        """Ask for one more film of the same images; return its id once billing has answered."""
        clips = [
            {
                "image_generation_id": image["id"],
                "room_type": image["room_type"],
                "transition_type": "cut",
            }
            for image in self.outcome.project["images"]
        ]
        before, customer = self._head(), self.job.customer
        film: str = customer.call(
            "video",
            "create_video",
            name=key,
            clips=clips,
            aspect_ratio=self.outcome.video["aspect_ratio"],  # of the pieces that are there
            idempotency_key=f"create {key}",
        )["id"]
        started = {"video_project_id": film, "idempotency_key": f"start {key}", **limits}
        customer.call("video", "start_video", **started)
        until(lambda: self._head() > before)
        return film

    def _film(self, id: str) -> str:
        row = self.job.customer.call("video", "get_video", video_project_id=id)
        return str(row["status"])

    def _invoice(
        self, paid_on: str, keys: tuple[str, str], payments: Sequence[tuple[str, int]]
    ) -> str:
        """Have what was delivered invoiced and paid, as the admin of the main job does."""
        admin, workspace = self.job.admin, self.outcome.project["workspace_id"]
        create, issue = keys
        drafted = admin.call(
            "billing", "create_invoices", workspace_id=workspace, idempotency_key=create
        )
        invoice_id: str = drafted["items"][0]["invoice_id"]
        admin.call("billing", "issue_invoice", invoice_id=invoice_id, idempotency_key=issue)
        for external_id, amount_ore in payments:
            admin.call(
                "billing",
                "record_invoice_payment",
                invoice_id=invoice_id,
                amount_ore=amount_ore,
                paid_on=paid_on,
                source="bank",
                external_id=external_id,
                idempotency_key=f"record {external_id}",
            )
        return invoice_id

    def _confirm_the_last_number(self) -> None:
        """Let billing issue again; the invoice of the main job has the only number."""
        wanted = {"workspace_id": self.outcome.project["workspace_id"]}
        key = "create the invoices"
        try:
            self.job.admin.call("billing", "create_invoices", **wanted, idempotency_key=key)
        except Rejected as refused:
            self.refused = refused.code
        self.numbers = self.suitectl("numbers", "show")[1]
        last = str(self.outcome.invoice["invoice_number"])
        self.suitectl("numbers", "confirm", "--last", last, "--who", "kari")

    def _skip_what_is_told_otherwise(self) -> dict[str, Any]:
        """Let what affiliate made of the first telling stay as it is; return what is skipped."""
        found: list[dict[str, Any]] = []

        def dead() -> bool:
            found[:] = [each for each in self.suitectl("parked", "list")[1] if each["dead"]]
            return bool(found)

        until(dead, PATIENCE_S)
        self.suitectl("parked", "skip", "affiliate", "billing", str(found[0]["position"]))
        return found[0]

    def _auth_is_heard_on(self) -> None:
        """Let affiliate hear of somebody new: it is at work, and hears others."""
        email, password = "nina@new.example", "a long password"
        account = {"name": "Nina", "email": email, "password": password}
        made = self.suite.call("auth", "sign_up", None, **account)
        until(lambda: self.suite.mail(email))  # others stand still, so nothing settles
        token = mailbox.token(self.suite.mail(email)[0])
        self.suite.call("auth", "verify_email", None, token=token, password=password)
        stream = f"customer-{made['workspace_id']}"
        known = f"select 1 as heard from events where stream_id = '{stream}'"
        until(lambda: self.suite.sql("affiliate", known))

    def _caused_since_the_backup(self) -> list[dict[str, Any]]:
        """Return affiliate's events that what billing told after the backup has caused."""
        return self.suite.sql(
            "affiliate",
            "select event_id::text, type, stream_id, jsonb_build_object("
            "  'position', meta->'heard'->'position', 'event_id', meta->'heard'->'event_id',"
            "  'type', meta->'heard'->'type') as heard from events"
            " where meta->'heard'->>'source' = 'billing'"
            f"  and (meta->'heard'->>'position')::int > {self.backed_up_at}"
            " order by (meta->'heard'->>'position')::int, seq",
        )

    def _head(self) -> int:
        query = "select max(position) as head from positions where previous is not null"
        return int(self.suite.sql("billing", query)[0]["head"])


PAYMENTS = [("bank-1", 100_000), ("bank-2", 150_000)]  # as in the main job, and so the same events


class AtStep(Quiet):
    """A display that does something when a step of the main job begins."""

    def __init__(self, title: str, act: Callable[[], None]) -> None:
        self.title, self.act = title, act

    def step(self, title: str) -> None:
        if title == self.title:
            self.act()
