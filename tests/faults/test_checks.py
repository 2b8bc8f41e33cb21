"""The checks find what is wrong: each kind of violation in a history made by hand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from amqp import Message

from faults.checks import calls, effects, log, money, outcomes, telling
from faults.checks.rows import Known
from faults.hand_made import (
    EARNING,
    INVOICE,
    SERVICES,
    Parts,
    Spoil,
    changed,
    good,
    id_of,
    other_data,
    twice,
    without,
)
from faults.ledger import Called
from faults.stories import Outcome
from faults.told import Told

START = Called(service="media", method="start_project", name="start", reply={"id": "start"})
REFER = Called(service="affiliate", method="create_relationship", name="refer", reply={"id": "x"})


def test_nothing_is_wrong_with_a_good_history() -> None:
    parts = good()

    assert _log(parts) == _effects(parts) == _money(parts) == []
    assert list(calls.violations(parts, [START])) == []
    assert _telling(parts, _messages(parts)) == []


def _totals(parts: Parts) -> None:
    totals = parts["media"].totals
    parts["media"] = replace(parts["media"], totals=replace(totals, events=totals.events + 1))


def _behind(parts: Parts) -> None:
    (cursor,) = parts["affiliate"].cursors
    behind = [replace(cursor, position=cursor.position - 1)]
    parts["affiliate"] = replace(parts["affiliate"], cursors=behind)


def _went_back(parts: Parts) -> None:
    parts["affiliate"] = replace(parts["affiliate"], went_back=["affiliate of billing"])


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (_went_back, "a cursor went back"),
        (_totals, "not every event has one position"),
        (changed("billing", "NumberTaken", position=99), "position 99 where"),
        (changed("billing", "InvoiceIssued", previous=id_of("x")), "names"),
        (changed("media", "StartRequested", previous=None), "told or not?"),
        (changed("billing", "InvoicePaid", version=7), "has version 7"),
        (_behind, "has not heard billing to its end"),
    ],
)
def test_what_is_wrong_with_a_log_is_found(spoil: Spoil, finding: str) -> None:
    parts = good()
    spoil(parts)

    assert any(finding in each for each in _log(parts))


def test_what_is_new_follows_what_was_known() -> None:
    parts, known = good(), Known()
    known.remember(parts["billing"].events[:5])
    rest = replace(parts["billing"], events=parts["billing"].events[5:])

    assert list(log.violations("billing", rest, known)) == []
    known.versions.clear()
    assert any("has version 2" in each for each in log.violations("billing", rest, known))


def _admits(parts: Parts) -> None:
    parts["media"] = replace(parts["media"], revoked=frozenset())


def _heard_position(parts: Parts) -> None:
    paid = next(each for each in parts["affiliate"].events if each.type == "Earned")
    heard = {**(paid.heard or {}), "position": 1}
    changed("affiliate", "Earned", meta={**paid.meta, "heard": heard})(parts)


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (without("affiliate", "Earned"), "recorded 0 of Earned|EarningSkipped"),
        (without("billing", "LineItemCreated"), "recorded 0 of LineItemCreated"),
        (twice("billing", "LineItemCreated"), "recorded 2 of LineItemCreated"),
        (twice("media", "WorkspaceNoted"), "recorded 2 of WorkspaceNoted"),
        (without("auth", "WorkspaceOpened"), "is an effect of nothing"),
        (_heard_position, "is an effect of nothing"),
        (
            changed("affiliate", "FirstInvoiceHeard", type="Earned"),
            "came of billing.invoice_issued",
        ),
        (changed("media", "Cleared", event_id=id_of("x")), "is not named after its cause"),
        (_admits, "media still admits session"),
    ],
)
def test_what_is_wrong_with_effects_is_found(spoil: Spoil, finding: str) -> None:
    parts = good()
    spoil(parts)

    assert any(finding in each for each in _effects(parts))


def test_effects_of_one_stream_out_of_its_order_are_found() -> None:
    parts = good()
    events = list(parts["billing"].events)
    kinds = [each.type for each in events]
    met, profile = kinds.index("CustomerMet"), kinds.index("ProfileHeard")
    events[met], events[profile] = events[profile], events[met]
    parts["billing"] = replace(parts["billing"], events=events)

    assert any("too late" in each for each in _effects(parts))


def _no_reply(parts: Parts) -> None:
    parts["media"] = replace(parts["media"], replies=[])


def _other_reply(parts: Parts) -> None:
    replies = [replace(each, reply={"id": "other"}) for each in parts["media"].replies]
    parts["media"] = replace(parts["media"], replies=replies)


def _job(**fields: object) -> Spoil:
    def spoil(parts: Parts) -> None:
        jobs = [replace(each, **fields) for each in parts["media"].jobs]  # type: ignore[arg-type]
        parts["media"] = replace(parts["media"], jobs=jobs)

    return spoil


REFUSED = replace(START, reply=None, error="media.no_images")
ANSWERED_OTHERWISE = replace(START, reply={"id": "other"})


@pytest.mark.parametrize(
    ("spoil", "called", "finding"),
    [
        (without("media", "StartRequested"), [START], "acknowledged, and recorded 0"),
        (twice("media", "StartRequested"), [START], "was done 2 times"),
        (twice("media", "StartRequested"), [replace(START, reply=None)], "was done 2 times"),
        (lambda parts: None, [REFUSED], "was refused, and recorded"),
        (_no_reply, [START], "has 0 stored replies"),
        (_other_reply, [START], "was answered"),
        (lambda parts: None, [START, ANSWERED_OTHERWISE], "was answered"),
        (_job(state="dead", error="why"), [], "is dead: why"),
        (_job(claims=3), [], "has a result of another claim"),
        (without("media", "ImageEnhanced"), [], "has 0 results"),
        (_job(id=id_of("another job")), [], "came of no job"),
    ],
)
def test_what_is_wrong_with_calls_and_jobs_is_found(
    spoil: Spoil, called: Sequence[Called], finding: str
) -> None:
    parts = good()
    spoil(parts)

    assert any(finding in each for each in calls.violations(parts, called))


def _both(one: Spoil, other: Spoil) -> Spoil:
    def spoil(parts: Parts) -> None:
        one(parts)
        other(parts)

    return spoil


def _shown(service: str, table: str, **row: object) -> Spoil:
    def spoil(parts: Parts) -> None:
        (shown,) = parts[service].tables[table]
        parts[service] = replace(parts[service], tables={table: [{**shown, **row}]})

    return spoil


OTHER = {"event_id": id_of("o"), "stream_id": f"payout-{id_of('o')}"}


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (twice("billing", "LineItemCreated"), "is billed 2 times"),
        (other_data("billing", "LineItemCreated", vat_ore=24_999), "should come to"),
        (other_data("billing", "InvoiceDrafted", net_ore=99_999), "has net_ore 99999"),
        (twice("billing", "InvoiceDrafted"), "is on 2 invoices"),
        (without("billing", "LineItemInvoiced"), "do not name each other"),
        (other_data("billing", "NumberTaken", number=10_002), "invoice number 10002 follows 10000"),
        (without("billing", "NumberTaken"), "0 numbers were taken for 1 invoices"),
        (other_data("billing", "InvoiceIssued", invoice_number=10_002), "which its call did not"),
        (other_data("billing", "InvoiceIssued", kid="100017"), "has KID 100017"),
        (
            twice("billing", "InvoicePaymentRecorded", stream_id=f"invoice-{INVOICE}"),
            "counts 2 times",
        ),
        (other_data("billing", "InvoicePaymentRecorded", amount_ore=125_001), "was paid 125001"),
        (without("billing", "InvoicePaid"), "paid in full: None"),
        (other_data("billing", "InvoicePaid", commission_base_ore=1), "commission is due on 1"),
        (without("billing", "TargetSettled"), "settled: {}"),
        (_shown("billing", "invoice", paid_ore=1), "is shown as"),
        (twice("affiliate", "Earned"), "was earned on 2 times"),
        (other_data("affiliate", "Earned", earning_ore=32_999), "is not 32999"),
        (other_data("affiliate", "Earned", base_ore=90_000, earning_ore=29_700), "is not 29700"),
        (other_data("affiliate", "PayoutCreated", amount_ore=1), "holds earnings of 33000"),
        (twice("affiliate", "PayoutCreated"), f"earning {EARNING} is in 2 payouts"),
        (without("affiliate", "PayoutConfirmed"), "should be reserved"),
        (_shown("affiliate", "affiliate_earning", state="available"), "should be paid_out"),
    ],
)
def test_what_is_wrong_with_the_money_is_found(spoil: Spoil, finding: str) -> None:
    parts = good()
    spoil(parts)

    assert any(finding in each for each in _money(parts))


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (without("billing", "InvoiceDrafted"), "has invoices []"),
        (other_data("billing", "InvoiceDrafted", net_ore=1), "projects done for 1"),
        (without("billing", "InvoicePaid"), "0 invoices are paid"),
        (without("affiliate", "Earned"), "brought [], not [33000]"),
    ],
)
def test_a_story_that_came_to_another_end_is_found(spoil: Spoil, finding: str) -> None:
    parts = good()
    ended = Outcome(
        workspace_id=UUID(int=7),
        project_ids=(id_of("project p"),),
        invoice_id=UUID(INVOICE),
        percent=33,
    )
    workspace = {"workspace_id": str(ended.workspace_id)}
    other_data("billing", "InvoiceDrafted", **workspace)(parts)
    other_data("affiliate", "Earned", referred_workspace_id=workspace["workspace_id"])(parts)
    assert list(outcomes.violations(parts["billing"], parts["affiliate"], [ended])) == []
    spoil(parts)

    found = outcomes.violations(parts["billing"], parts["affiliate"], [ended])
    assert any(finding in each for each in found)


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (lambda told: told.pop(3), "never told the broker of"),
        (lambda told: told.reverse(), "out of order"),
        (lambda told: told.append(replace(told[0], event_id="x")), "not in its log"),
        (lambda told: told.append(replace(told[0], position=77)), "as 77 after"),
        (lambda told: told.append(replace(told[0], previous="x")), "after x"),
    ],
)
def test_what_is_wrong_with_what_was_told_is_found(
    spoil: Callable[[list[Told]], object], finding: str
) -> None:
    parts = good()
    messages = _messages(parts)
    spoil(messages)

    assert any(finding in each for each in _telling(parts, messages))


def test_what_was_told_twice_or_lost_with_the_broker_is_no_violation() -> None:
    parts = good()
    messages = _messages(parts)

    assert _telling(parts, [*messages, *messages]) == []
    assert _telling(parts, messages[2:], some_were_lost=True) == []


def _log(parts: Parts) -> list[str]:
    return [
        each for service in SERVICES for each in log.violations(service, parts[service], Known())
    ]


def _known(parts: Parts) -> dict[str, Known]:
    known = {service: Known() for service in SERVICES}
    for service in SERVICES:
        known[service].remember(parts[service].events)
    return known


def _effects(parts: Parts) -> list[str]:
    return list(effects.violations(parts, _known(parts), effects.World()))


def _money(parts: Parts) -> list[str]:
    return list(money.violations(parts["billing"], parts["affiliate"], money.Numbers()))


def _telling(parts: Parts, messages: list[Told], some_were_lost: bool = False) -> list[str]:
    return list(telling.violations(parts, _known(parts), messages, some_were_lost))


def _messages(parts: Parts) -> list[Told]:
    return [
        Told(
            source=each.service,
            event_id=str(each.event_id),
            position=each.position,
            previous=str(each.previous),
            message=Message(""),
        )
        for service in SERVICES
        for each in parts[service].events
        if each.told is not None
    ]
