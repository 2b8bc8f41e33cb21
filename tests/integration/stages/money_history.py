"""A random history of one or two customers at billing, told by its own methods, from a seed.

What others tell comes late, shuffled as far as order allows, and each event twice. Every fifth
command is given twice. What may not happen now is refused, and a history goes on.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import DictRow

from billing.domain import oslo
from billing.jobs import remind
from chassis.errors import Internal, ServiceError
from chassis.unit import feed
from chassis.unit.envelope import Heard
from integration.stages.billing_shop import NUMBER, OTHER_NUMBER, Billing

Told = tuple[str, str, dict[str, Any]]  # whose, which event, its data
LINES = """
select i.id, i.net_ore - coalesce((select sum(c.net_ore) from credit_note_line c
    where c.line_item_id = i.id), 0) as left_ore
from invoice_line_item i where i.invoice_id = %s order by i.id"""
GROUNDS = (None, "reminders", "collection_failed", "insolvency", "irrecoverable")
ODD_ORE = (1, 7, 99, 12_345)


class History:
    """What happens, and what of it later steps can be about."""

    steps = (2, 6)  # after the first

    def __init__(self, shop: Billing, db: "psycopg.Connection[DictRow]", seed: int) -> None:
        self.shop, self.db, self.seed, self.chance = shop, db, seed, random.Random(seed)
        self.log: list[str] = []
        self.after_a_step: Callable[[], None] = lambda: None
        self.did: Counter[str] = Counter()
        self.untold: dict[str, list[Told]] = {}  # by what has to stay in its order
        self.drafts: list[str] = []
        self.invoices: list[str] = []
        self.transfers: list[dict[str, Any]] = []
        self.payments: list[dict[str, str]] = []
        self.refunds: list[str] = []
        self.workspaces = [self._join() for _ in range(self.chance.choice((1, 1, 1, 2)))]

    def go(self) -> None:
        """Let some steps happen, after work was wanted, and most of it done and billed.

        Raises `Internal` where billing breaks.
        """
        self._happens(self.begin)
        steps = self.chance.randint(*self.steps)
        ways, weights = zip(*self.ways, strict=True)
        while steps:
            (way,) = self.chance.choices(ways, weights)
            steps -= self._happens(partial(way, self))

    @property
    def ways(self) -> Sequence[tuple[Callable[[Any], None], float]]:
        """What may happen, and how much more often one is than another."""
        return WAYS

    def begin(self) -> None:
        """Let work be sold."""
        self.sell()

    def _happens(self, step: Callable[[], None]) -> bool:
        """Return whether there was anything yet that such a step can be about."""
        name = (step.func if isinstance(step, partial) else step).__name__
        self.log.append(name)
        try:
            step()
        except Internal:
            raise
        except ServiceError as refusal:
            self.did[f"{name}: {refusal.code}"] += 1
        except IndexError:
            self.log.pop()
            return False
        else:
            self.did[name] += 1
        self.after_a_step()
        return True

    def do(self, method: str, **arguments: Any) -> Any:
        """Give a command under a key of its own; some are given twice, and answered the same."""
        self.log[-1] += f" {method}({', '.join(f'{k}={v}' for k, v in arguments.items())})"
        key = str(self._id())
        reply = self.shop.admin.call(method, **arguments, idempotency_key=key)
        if self.chance.random() < 0.2:
            again = self.shop.admin.call(method, **arguments, idempotency_key=key)
            assert again == reply, f"{method} again: {again}, at first {reply}"
        return reply

    def _id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    @property
    def _today(self) -> date:
        return oslo.day(self.shop.now)

    def _row(self, query: str, *given: Any) -> Any:
        return self.db.execute(query.encode(), given).fetchone()

    # what others tell

    def _join(self) -> str:
        id = self._id()
        number = self.chance.choice((NUMBER, NUMBER, NUMBER, OTHER_NUMBER))
        approved = {"organization_number": number, "invoice_eligible": True}
        self.untold[str(id)] = [
            ("auth", "workspace_created", {"workspace_id": id, "owner_user_id": self._id()}),
            ("auth", "workspace_profile_changed", {"workspace_id": id, **approved}),
        ]
        self.shop.auth.says[str(id)] = {"organization_number": number}
        return str(id)

    def order(self) -> None:
        """Let work be wanted, and be done, fail, or be done once more; nobody has heard it yet."""
        self._work(self.chance.choice(self.workspaces))

    def _work(self, workspace_id: str) -> tuple[str, UUID]:
        """Let work be wanted in a workspace; return who does it, and the project."""
        source, kind = self.chance.choice((("media", "image"), ("video", "video_project")))
        project_id = self._id()
        who = {"project_id": project_id, "project_kind": kind}
        who["workspace_id"] = UUID(workspace_id)
        title = {"user_id": self._id(), "title": "Storgata 2"}
        start = {**who, **title, "run": 1, "max_price_ore": None}
        of = {"media": {"run": 1, "completed_count": 2, "failed_count": 0}}
        how = of.get(source, {"revision": 1, "duration_seconds": 30})
        done = {**who, **title, **how, "completed_at": self.shop.now}
        failed = {**who, "run": 1, "failed_count": 2, "reason": "every_image_failed"}
        told = [(source, "project_start_requested", start)]
        match self.chance.randrange(12):
            case 0:
                told += [(source, "project_failed", failed), (source, "project_completed", done)]
            case 1:
                told += [(source, "project_completed", done), (source, "project_deleted", who)]
            case 2:
                told.append((source, "project_failed", failed))
            case 3:
                told += [(source, "project_completed", done), (source, "project_completed", done)]
            case _:
                told.append((source, "project_completed", done))
        self.untold[str(project_id)] = told
        return source, project_id

    def hear(self) -> None:
        """Let billing hear some of it: of any stream its next event, all of it delivered twice."""
        heard: dict[str, list[Heard]] = {}
        waiting = sum(len(told) for told in self.untold.values())
        for _ in range(min(waiting, self.chance.randint(2, 5))):
            streams = list(self.untold)  # the customers' own are the first
            stream = self.chance.choice((streams[0], self.chance.choice(streams)))
            source, name, data = self.untold[stream].pop(0)
            if not self.untold[stream]:
                del self.untold[stream]
            heard.setdefault(source, []).append(self.shop.heard(source, name, data))
        for _ in range(2):
            for source, events in heard.items():
                assert self.shop.consumers[source].accept(events)

    def sell(self) -> None:
        """Let work be wanted, done, heard of, put on an invoice, and most of these be issued."""
        self.order()
        for _ in range(2):
            self.hear()
        self.draft()
        if self.chance.random() < 0.85:
            self.issue()

    # prices, drafts, invoices

    def price(self) -> None:
        kind = self.chance.choice(("image_project_price_ore", "video_project_price_ore"))
        price = self.chance.choice((None, 0, 100, 100 * self.chance.randint(1, 3_000), 100_010))
        self.do("set_pricing", workspace_id=self.chance.choice(self.workspaces), **{kind: price})

    def draft(self) -> None:
        reply = self.do("create_invoices", workspace_id=self.chance.choice(self.workspaces))
        self.drafts += [each["invoice_id"] for each in reply["items"]]

    def discard(self) -> None:
        id = self.chance.choice(self.drafts or self.invoices)
        self.do("discard_invoice", invoice_id=id)
        self.drafts.remove(id)

    def issue(self) -> None:
        id = self.chance.choice(self.drafts)
        self.do("issue_invoice", invoice_id=id, buyer_confirmed=self.chance.random() < 0.5)
        self.drafts.remove(id)
        self.invoices.append(id)

    def run(self) -> None:
        run = self.do("run_invoicing", month=f"{self._today:%Y-%m}")
        while self.shop.worker("invoicing_run").work():
            pass
        ended = self.shop.admin.call("get_invoicing_run", run_id=run["id"])
        assert ended["state"] == "done"
        ours = "select id from invoice where id = any(%s) and workspace_id = any(%s)"
        found = self.db.execute(ours.encode(), [ended["issued"], self.workspaces]).fetchall()
        self.invoices += [each["id"] for each in found]

    # money

    def _ore(self, invoice_id: str) -> int:
        """Return an amount that may fit what remains of an invoice, or not quite."""
        row = self._row(
            "select gross_ore - credited_ore - paid_ore as ore, gross_ore as all_ore"
            " from invoice where id = %s",
            invoice_id,
        )
        most = max(1, row["ore"])
        exactly, part, more = most, self.chance.randint(1, most), most + self.chance.choice(ODD_ORE)
        ways = (exactly, exactly, part, part, more, most + row["all_ore"])
        return int(self.chance.choice(ways))

    def _day(self) -> str:
        days = self.chance.choice((0, 0, 0, 0, 0, 0, -1, -1, -3, -40, 1))
        return (self._today + timedelta(days=days)).isoformat()

    def _name(self) -> str:
        """Return a transfer's name: a new one, or now and then a known one, written otherwise."""
        if self.transfers and self.chance.random() < 0.15:
            return f" {self.chance.choice(self.transfers)['external_id'].upper()} "
        return f"t-{self._id()}"

    def record(self) -> None:
        id, name = self.chance.choice(self.invoices), self._name()
        came: dict[str, Any] = {
            "external_id": name,
            "amount_ore": self._ore(id),
            "paid_on": self._day(),
        }
        if self.transfers and self.chance.random() < 0.2:  # what came before, for another one too
            known = "select external_id, amount_ore, paid_on::text from bank_payment where id = %s"
            came = self._row(known, self.chance.choice(self.transfers)["id"])
        reply = self.do("record_invoice_payment", invoice_id=id, source="bank", **came)
        name = came["external_id"]
        self.payments.append({"invoice_id": id, "source": "bank", "external_id": name})
        self.transfers.append({"id": reply["bank_payment_id"], "external_id": name})

    def bring(self) -> None:
        """Import a few transfers, some with a wrong KID or none; they may come twice."""
        payments = [self._transfer() for _ in range(self.chance.randint(1, 3))]
        items = self.do("import_bank_payments", payments=payments)["items"]
        for each in items:
            if each["bank_payment_id"]:
                name = each["external_id"]
                self.transfers.append({"id": each["bank_payment_id"], "external_id": name})
                if each["invoice_id"]:
                    paid = {"source": "bank", "external_id": name}
                    self.payments.append({"invoice_id": each["invoice_id"], **paid})
        if self.chance.random() < 0.3:
            again = self.do("import_bank_payments", payments=payments)["items"]
            assert {each["state"] for each in again} <= {"known", "refused"}

    def _transfer(self) -> dict[str, Any]:
        id = self.chance.choice(self.invoices)
        kid = self._row("select kid from invoice where id = %s", id)["kid"]
        kid = self.chance.choice((kid, kid, kid, None, f"{int(kid or 0) + 1}"))
        return {
            "external_id": self._name(),
            "paid_on": self._day(),
            "amount_ore": self._ore(id),
            "kid": kid,
        }

    def allocate(self) -> None:
        known = (
            "select id, amount_ore from bank_payment where id = any(%s)"
            " order by left_ore = 0, id limit 4"
        )
        ids = [each["id"] for each in self.transfers]
        came = self.chance.choice(self.db.execute(known.encode(), [ids]).fetchall())
        id, some = came["id"], self.chance.choice((came["amount_ore"], 60_000))
        whole = self.chance.random() < 0.3
        part = {} if whole else {"amount_ore": self.chance.choice((some, 1 + some // 2))}
        to_invoice = self.invoices and self.chance.random() < 0.7
        to = (
            {"invoice_id": self.chance.choice(self.invoices)}
            if to_invoice
            else {"workspace_id": self.chance.choice(self.workspaces)}
        )
        self.do("allocate_bank_payment", bank_payment_id=id, **to, **part)
        if to_invoice:
            name = self._row("select external_id from bank_payment where id = %s", id)
            self.payments.append({"invoice_id": to["invoice_id"], "source": "bank", **name})

    def give_back(self) -> None:
        id = self.chance.choice(self.transfers)["id"]
        back = {"reference": f"r-{self._id()}", "paid_on": self._day()}
        self.do("return_bank_payment", bank_payment_id=id, **back)

    def reverse(self) -> None:
        reason = self.chance.choice(("bounced", "misallocated"))
        self.do("reverse_invoice_payment", **self.chance.choice(self.payments), reason=reason)

    def uncredit(self) -> None:
        """Take off an invoice what its workspace's credit paid of it."""
        used = (
            "select invoice_id, source, external_id from invoice_payment"
            " where source = 'credit' and invoice_id = any(%s) order by created_at, id"
        )
        paid = self.chance.choice(self.db.execute(used.encode(), [self.invoices]).fetchall())
        self.do("reverse_invoice_payment", **paid, reason="misallocated")

    def overpay(self) -> None:
        """Let far too much come, and the credit pay of what is sold next."""
        id = self.chance.choice(self.invoices)
        paid = {"invoice_id": id, "source": "manual", "external_id": f"t-{self._id()}"}
        today = self._today.isoformat()
        self.do("record_invoice_payment", **paid, amount_ore=self._ore(id) * 3, paid_on=today)
        self.payments.append(paid)
        self.sell()

    # corrections

    def credit(self) -> None:
        """Take back an invoice: the rest of it, lines of it or parts of them, and perhaps anew."""
        id, how = self.chance.choice(self.invoices), self.chance.random()
        lines = self.db.execute(LINES.encode(), [id]).fetchall()
        some = self.chance.sample(lines, self.chance.randint(1, len(lines)))
        part = {
            "lines": [
                {"line_item_id": each["id"], "net_ore": self._net(each["left_ore"])}
                for each in some
            ]
        }
        reply = self.do(
            "credit_invoice",
            invoice_id=id,
            reason="Feil",
            refund=self.chance.random() < 0.4,
            rebill=self.chance.random() < 0.3,
            **({} if how < 0.4 else part),
        )
        if reply["refund_id"]:
            self.refunds.append(reply["refund_id"])

    def _net(self, left_ore: int) -> int:
        kroner = max(1, int(left_ore) // 100)
        some = 100 * self.chance.randint(1, kroner)
        return self.chance.choice((int(left_ore), int(left_ore), some, some, 100 * kroner + 100))

    def refund(self) -> None:
        id = self.chance.choice(self.workspaces)
        row = self._row("select balance_ore from workspace_credit where id = %s", id)
        most = row["balance_ore"] if row else self.chance.choice(())
        ore = self.chance.choice((most, most + 1, max(1, most // 3)))
        self.refunds.append(
            self.do("refund_credit", workspace_id=id, amount_ore=ore, reason="Tilbake")["id"]
        )

    def confirm(self) -> None:
        sent = {"reference": f"b-{self._id()}", "paid_on": self._day()}
        self.do("confirm_refund", refund_id=self.chance.choice(self.refunds), **sent)

    def fail(self) -> None:
        self.do("fail_refund", refund_id=self.chance.choice(self.refunds), reason="Stengt konto")

    def write_off(self) -> None:
        id, ground = self.chance.choice(self.invoices), self.chance.choice(GROUNDS)
        proof = {} if ground in (None, "reminders") else {"reference": "Brev 1"}
        relief = {"vat_relief": True, "ground": ground, **proof} if ground else {}
        self.do("write_off_invoice", invoice_id=id, reason="Konkurs", **relief)

    # time

    def wait(self) -> None:
        """Let days go by; who is late is reminded."""
        days = self.chance.choice((1, 1, 3, 15, 30))
        self.log[-1] += f" {days}"
        self.shop.pass_seconds(days * 86_400)
        remind.note_late(self.shop.parts.app)

    def export(self) -> None:
        while feed.number(self.shop.parts.app.engine):
            pass
        day = (self._today - timedelta(days=1)).isoformat()
        self.do("export_journal", date_from=day, date_to=day)


WAYS: tuple[tuple[Callable[[History], None], float], ...] = (
    (History.order, 0.5),
    (History.hear, 1),
    (History.price, 1),
    (History.sell, 1),
    (History.draft, 1),
    (History.discard, 1),
    (History.issue, 2),
    (History.run, 0.2),
    (History.record, 4),
    (History.bring, 4),
    (History.overpay, 1.5),
    (History.allocate, 5),
    (History.give_back, 3),
    (History.reverse, 2),
    (History.uncredit, 3),
    (History.credit, 4),
    (History.refund, 6),
    (History.confirm, 9),
    (History.fail, 7),
    (History.write_off, 1.5),
    (History.wait, 1),
    (History.export, 0.3),
)
