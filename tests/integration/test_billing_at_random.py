"""Billing among many who do anything at once; and what comes doubled, late, or much too large."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import combinations
from typing import Any
from uuid import uuid4

import pytest

from billing.schemas import MOST_ORE
from chassis.errors import Invalid, Rejected, ServiceError
from chassis.jobs.jobs import Worker
from integration.stages.billing_corrected import Desk
from integration.stages.billing_shop import NUMBER, billing_shop
from integration.stages.box_database import all_at_once
from integration.stages.card_buyers import Buyer
from integration.stages.card_news import News
from integration.stages.card_sales import about
from integration.stages.card_wire import Wire
from integration.stages.money_holding import changed_by_a_rebuild
from servers.postgres import Server
from stand_ins.stripe.refusals import Refused
from stand_ins.stripe.stand_in import StandIn

TODAY = "2026-04-15"
ROUNDS, MOST_ROUNDS, AT_ONCE, SEED = 6, 40, 24, 14
WANTED = {  # else the crowd tries nothing; who of it is first is the machine's choice
    *("issue_invoice", "record_invoice_payment", "credit_invoice", "reverse_invoice_payment"),
    *("start_checkout", "charge_saved_card", "refund_payment"),
}
CARD_JOBS = {"refund", "charge", "charge_due", "expire_session", "look_at_intent"}
BOTH_AT_ONCE = 50
MOST_TOLD = 12  # events of Stripe's at once, each twice
AMOUNTS = (1, 12_345, 62_500, 125_000, 300_000)  # øre
DOCUMENTS = "select kind from invoice where workspace_id = %s"
Act = partial[Any]


@pytest.fixture(scope="module")
def opened(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("blobs")
    with StandIn() as stripe, billing_shop(postgres_server, folder, stripe) as shop:
        yield Desk(shop)


@pytest.fixture
def desk(opened: Desk) -> Iterator[Desk]:
    yield opened
    assert opened.broken() == {}
    ledger = opened.call("verify_ledger")
    assert [each for each in ledger["proofs"] if not each["holds"]] == []


class Crowd:
    """What people may do next, to whatever there is by now."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.random = desk, random.Random(seed)
        self.workspaces = [desk.shop.customer(projects=2) for _ in range(2)]
        for workspace_id in self.workspaces:
            desk.shop.draft(workspace_id)
            desk.shop.deliver(desk.shop.start(workspace_id))
        self.buyers = [Buyer(desk.shop) for _ in range(2)]
        for each in self.buyers:
            each.save()
        self.workspaces += [each.workspace_id for each in self.buyers]
        self.news = News(desk.shop)
        self.targets = [(each, each.want()) for each in self.buyers]

    def acts(self, count: int) -> list[Act]:
        """Return acts on what there is, some of them several times."""
        there = self._there()
        self.targets += [(each, each.want()) for each in self.buyers]
        some = [
            self._card_act() if self.random.random() < 0.5 else self._act(there)
            for _ in range(count // 2)
        ]
        told = [partial(self.news.tell, each) for each in self.news.new()[-MOST_TOLD:]]
        return [*some, *self.random.choices(some, k=count - len(some)), *told, *told]

    def _card_act(self) -> Act:
        """Return what is done about a target that a card may pay, or has paid."""
        buyer, target = self.random.choice(self.targets[-8:])
        key, stripe = {"idempotency_key": str(uuid4())}, self.desk.shop.stripe
        net_ore = self.random.choice([None, 60_000])
        acts: list[Act] = [
            partial(buyer.owner.call, "start_checkout", **target, **key),
            *[partial(buyer.owner.call, "charge_saved_card", **target, **key)] * 2,
            *[partial(self.desk.do, "refund_payment", **target, net_ore=net_ore, reason="x")] * 2,
            partial(self._work, "cards"),
        ]
        acts += [
            partial(stripe.pay, each["id"]) for each in buyer.at_stripe("checkout.session", "open")
        ][-2:]
        paid = buyer.at_stripe("payment_intent", "succeeded")
        acts += [partial(stripe.dispute, each["id"], "lost") for each in paid[-1:]]
        return self.random.choice(acts)

    def _work(self, _: str) -> None:
        """Do the jobs about cards."""
        app, kinds = self.desk.shop.parts.app, self.desk.shop.parts.kinds
        worker = Worker(app, [each for each in kinds if each.name in CARD_JOBS])
        while worker.work():
            pass

    def _there(self) -> dict[str, list[Any]]:
        mine = "where workspace_id = any(%s)"
        found = {
            name: self.desk.rows(f"select * from {name} {mine} order by id", self.workspaces)
            for name in ("invoice", "refund", "invoice_line_item")
        }
        transfers = "select * from bank_payment order by id"
        return {**found, "bank_payment": self.desk.rows(transfers)}

    def _act(self, there: dict[str, list[Any]]) -> Act:
        pick, do = self.random.choice, self.desk.do
        workspace = {"workspace_id": pick(self.workspaces)}
        acts: list[Act] = [partial(do, "create_invoices", **workspace)] * 2
        acts.append(partial(do, "refund_credit", **workspace, amount_ore=pick(AMOUNTS), reason="x"))
        if there["invoice"]:
            acts += self._on_an_invoice(pick(there["invoice"]), there["invoice_line_item"])
        if there["bank_payment"] and there["invoice"]:
            transfer = {"bank_payment_id": pick(there["bank_payment"])["id"]}
            place = pick([workspace, {"invoice_id": pick(there["invoice"])["id"]}])
            acts.append(partial(do, "allocate_bank_payment", **transfer, **place))
        if there["refund"]:
            refund = {"refund_id": pick(there["refund"])["id"]}
            acts.append(partial(do, "confirm_refund", **refund, reference="b", paid_on=TODAY))
            acts.append(partial(do, "fail_refund", **refund, reason="x"))
        return pick(acts)

    def _on_an_invoice(self, row: dict[str, Any], lines: list[dict[str, Any]]) -> list[Act]:
        pick, invoice = self.random.choice, {"invoice_id": row["id"]}
        amount, name = pick(AMOUNTS), f"{row['id']}-{pick('12')}"
        came = {"amount_ore": amount, "paid_on": TODAY, "external_id": name}
        on_it = [each["id"] for each in lines if each["invoice_id"] == row["id"]]
        part = [{"line_item_id": pick(on_it or [str(uuid4())]), "net_ore": 60_000}]
        hows: list[dict[str, Any]] = [
            {},
            {"refund": True},
            {"rebill": True},
            {"lines": part},
            {"lines": part},
        ]
        how = pick(hows)
        reason = pick(["bounced", "misallocated"])
        used = {"source": "credit", "external_id": str(row["invoice_number"] or 1)}
        taken = pick([used, {"source": "bank", "external_id": name}])
        do = self.desk.do
        return [
            *[partial(do, "issue_invoice", **invoice)] * 4,
            partial(do, "discard_invoice", **invoice),
            *[partial(do, "record_invoice_payment", **invoice, **came, source="bank")] * 3,
            partial(do, "import_bank_payments", payments=[{**came, "kid": row["kid"]}]),
            *[partial(do, "credit_invoice", **invoice, **how, reason="x")] * 2,
            partial(do, "write_off_invoice", **invoice, reason="x"),
            *[partial(do, "reverse_invoice_payment", **invoice, **taken, reason=reason)] * 3,
        ]


def test_whatever_a_crowd_does_at_once_the_books_hold_and_a_rebuild_says_the_same(
    desk: Desk,
) -> None:
    crowd, done = Crowd(desk, SEED), set[str]()
    for played in range(MOST_ROUNDS):
        if played >= ROUNDS and done >= WANTED:
            break
        acts = crowd.acts(AT_ONCE)
        outcomes = all_at_once(acts)
        both = list(zip(acts, outcomes, strict=True))
        done |= {str(act.args[0]) for act, each in both if not isinstance(each, Exception)}
        bugs = [
            each
            for act, each in both
            if isinstance(each, Exception) and not _is_an_answer(str(act.args[0]), each)
        ]
        assert bugs == []
        assert desk.broken() == {}
    assert done >= WANTED
    assert changed_by_a_rebuild(desk.shop) == {}


def _is_an_answer(method: str, error: Exception) -> bool:
    if isinstance(error, Refused):  # by Stripe
        return True
    busy = method == "start_checkout"  # a rival has paid meanwhile: whoever asks again learns it
    known = isinstance(error, ServiceError) and error.code != "chassis.internal"
    return known and (busy or error.code != "chassis.busy")  # type: ignore[attr-defined]


def test_who_pays_by_card_and_may_be_invoiced_at_once_is_on_one_rail_and_has_one_document(
    desk: Desk,
) -> None:
    shop, wire = desk.shop, Wire(desk.shop)
    for nth in range(BOTH_AT_ONCE):
        buyer = Buyer(shop)
        target = buyer.want()
        buyer.start(target)
        shop.stripe.pay(wire.objects("checkout.session")[-1]["id"])
        completed = wire.objects("event")[-1]
        assert completed["type"] == "checkout.session.completed"
        paid, approved = partial(_told, wire, completed), partial(shop.approve, buyer.workspace_id)
        acts = [paid, approved] if nth % 2 else [approved, paid]
        if nth < 2:  # one after the other
            for each in acts:
                each()
        else:
            assert all_at_once(acts) == [None, None]

        shop.deliver(about(buyer, target))

        query = "select rail, invoice_id from invoice_line_item where target_id = %s"
        (line,) = desk.rows(query, target["target_id"])
        back = desk.rows("select * from refund where target_id = %s", target["target_id"])
        kinds = [each["kind"] for each in desk.rows(DOCUMENTS, buyer.workspace_id)]
        expected = {"card": (["receipt"], []), "invoice": ([], ["paid_twice"])}
        assert (kinds, [each["cause"] for each in back]) == expected[line["rail"]]


def _told(wire: Wire, event: dict[str, Any]) -> None:
    assert wire.news.tell(event)[0] == 200


def test_a_credit_asked_for_again_when_its_reply_is_gone_is_not_made_twice(desk: Desk) -> None:
    invoice_id = desk.issued(projects=2)
    first, second = desk.lines(invoice_id)
    asks = (
        {"lines": [{"line_item_id": first, "net_ore": 40_000}]},
        {"lines": [{"line_item_id": second, "net_ore": 100_000}], "rebill": True},
    )
    for ask in asks:
        call = {"invoice_id": invoice_id, "reason": "x", **ask, "idempotency_key": str(uuid4())}
        made = desk.call("credit_invoice", **call)
        credited_ore = desk.invoice(invoice_id)["credited_ore"]
        desk.change("delete from commands")  # replies are kept for a week
        with pytest.raises(Rejected, match="already_credited") as refusal:
            desk.call("credit_invoice", **call)
        assert refusal.value.details == {"credit_note_id": made["credit_note_id"]}
        assert desk.invoice(invoice_id)["credited_ore"] == credited_ore


@pytest.mark.parametrize("amount_ore", [MOST_ORE + 1, 2**63 - 1])
def test_what_no_invoice_comes_to_is_no_amount_for_the_books_could_not_add_it_up(
    desk: Desk, amount_ore: int
) -> None:
    invoice_id = desk.issued()
    with pytest.raises(Invalid):
        desk.pay(invoice_id, amount_ore)
    came = {"external_id": "much", "paid_on": TODAY, "amount_ore": amount_ore}
    with pytest.raises(Invalid):
        desk.do("import_bank_payments", payments=[came])
    desk.pay(invoice_id, MOST_ORE)


def test_a_file_that_is_read_past_midnight_is_booked_on_the_day_on_which_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its last transfers would come to a day that was handed out meanwhile."""
    shop, names = desk.shop, [str(uuid4()) for _ in range(3)]
    begun = shop.now
    shop.pass_seconds(int(timedelta(hours=9).total_seconds()))  # an hour before midnight in Oslo
    came = [{"external_id": each, "paid_on": TODAY, "amount_ore": 100} for each in names]
    monkeypatch.setattr(shop.parts.app, "committed", lambda: shop.pass_seconds(3_600))
    kept = desk.do("import_bank_payments", payments=came)["items"]
    monkeypatch.undo()
    query = "select booked_on::text as day from journal_entry where document = %s limit 1"
    days = [desk.rows(query, f"bank_payment-{e['bank_payment_id']}")[0]["day"] for e in kept]
    assert days == [TODAY, "2026-04-16", "2026-04-16"]
    shop.pass_seconds(int((begun - shop.now).total_seconds()))


def test_in_whatever_order_two_services_are_heard_delivered_work_is_one_line(desk: Desk) -> None:
    for media_at in combinations(range(5), 3):
        assert _heard_in(desk, media_at) == [("pending", True)], media_at


def _heard_in(desk: Desk, media_at: tuple[int, ...]) -> list[tuple[str, bool]]:
    """Let media be heard at these places among five; return what lines came of it."""
    shop, workspace_id = desk.shop, uuid4()
    approved = {"organization_number": NUMBER, "invoice_eligible": True}
    about = shop._about(str(workspace_id))
    done = {"completed_at": shop.now, "completed_count": 2, "failed_count": 0}
    whose = {name: about[name] for name in ("project_id", "project_kind", "workspace_id")}
    told: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "auth": [
            ("workspace_created", {"workspace_id": workspace_id, "owner_user_id": uuid4()}),
            ("workspace_profile_changed", {"workspace_id": workspace_id, **approved}),
        ],
        "media": [
            ("project_start_requested", {**about, "max_price_ore": None}),
            ("project_completed", {**about, **done}),
            ("project_deleted", whose),
        ],
    }
    for place in range(5):
        source = "media" if place in media_at else "auth"
        name, data = told[source].pop(0)
        shop.hear(source, name, **data)
    query = "select status, project_id is null as gone from invoice_line_item where target_id = %s"
    return [(row["status"], row["gone"]) for row in desk.rows(query, str(about["project_id"]))]
