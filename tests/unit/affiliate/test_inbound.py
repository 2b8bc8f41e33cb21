"""What affiliate does about what it hears of auth and billing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from affiliate.app import SERVICE
from affiliate.domain import customer, earning, earning_messages, paid_invoice, relationship
from affiliate.domain.customer_messages import (
    FirstInvoiceHeard,
    InvoiceHeard,
    MemberHeard,
    OrganizationNumberHeard,
    PayoutDetailsSet,
    ReferralEnded,
    Referred,
    StatusHeard,
    WorkspaceHeard,
)
from affiliate.domain.earning_messages import (
    CorrectionMade,
    EarningAdjusted,
    EarningHeld,
    EarningPaidOut,
    EarningRejected,
    EarningReleased,
    EarningReserved,
)
from affiliate.domain.paid_invoice import EntryMade, InvoiceNoted
from affiliate.inbound import reactions, with_hold_days
from affiliate.names import correction_id, entry_id
from chassis.testing.heard import HEARD_AT, TOLD_AT, Streams, heard
from contracts.auth import events as auth
from contracts.billing import events as billing

hears = partial(heard, SERVICE, reactions)

WORKSPACE, OWNER, AFFILIATE, RELATIONSHIP, INVOICE, OTHER = (UUID(int=n) for n in range(1, 7))
CUSTOMER = (customer.decider, WORKSPACE)
TERMS = (relationship.decider, RELATIONSHIP)
THEIRS = (customer.decider, AFFILIATE)
PAID_INVOICE = (paid_invoice.decider, INVOICE)
ENTRY = entry_id(RELATIONSHIP, INVOICE)
EARNING = (earning.decider, ENTRY)
CORRECTION = (earning.decider, correction_id(ENTRY, 1))
STARTED = datetime(2026, 2, 1, 12, tzinfo=UTC)
PAID_AT = datetime(2026, 2, 20, 12, tzinfo=UTC)
DAY = date(2026, 2, 10)

known = WorkspaceHeard(workspace_id=WORKSPACE, owner_user_id=OWNER, created_at=TOLD_AT)
numbered = OrganizationNumberHeard(workspace_id=WORKSPACE, organization_number="974760673")
invoiced = FirstInvoiceHeard(workspace_id=WORKSPACE, issued_at=TOLD_AT, invoice_number=10_001)
referred = Referred(relationship_id=RELATIONSHIP, affiliate_workspace_id=AFFILIATE, at=STARTED)
theirs = WorkspaceHeard(workspace_id=AFFILIATE, owner_user_id=UUID(int=9), created_at=TOLD_AT)
terms = relationship.RelationshipStarted(
    affiliate_workspace_id=AFFILIATE,
    referred_workspace_id=WORKSPACE,
    percent=15,
    exception=False,
    at=STARTED,
)

created = auth.WorkspaceCreated(workspace_id=WORKSPACE, owner_user_id=OWNER)
changed = auth.WorkspaceProfileChanged(
    workspace_id=WORKSPACE, organization_number="974760673", invoice_eligible=True
)
issued = billing.InvoiceIssued(
    invoice_id=INVOICE,
    workspace_id=WORKSPACE,
    series="A",
    invoice_number=10_001,
    currency="NOK",
    net_ore=90_000,
    vat_ore=22_500,
    gross_ore=112_500,
    issue_date=DAY,
    due_date=DAY,
    line_item_ids=(),
)
paid = billing.InvoicePaid(
    invoice_id=INVOICE,
    workspace_id=WORKSPACE,
    series="A",
    invoice_number=10_001,
    currency="NOK",
    net_ore=90_000,
    vat_ore=22_500,
    gross_ore=112_500,
    credited_net_ore=10_000,
    commission_base_ore=80_000,
    issue_date=DAY,
    paid_on=DAY,
    paid_at=PAID_AT,
    line_item_ids=(),
    settlement=1,
    issued_at=datetime(2026, 2, 10, 12, tzinfo=UTC),
)
earned = earning_messages.Earned(
    relationship_id=RELATIONSHIP,
    affiliate_workspace_id=AFFILIATE,
    referred_workspace_id=WORKSPACE,
    percent=15,
    invoice_id=INVOICE,
    invoice_series="A",
    invoice_number=10_001,
    invoice_net_ore=90_000,
    credited_net_ore=10_000,
    base_ore=80_000,
    earning_ore=12_000,
    hold_days=0,
    available_on=date(2026, 2, 20),
)


def test_a_new_workspace_is_known_with_its_owner_and_since_when_it_exists() -> None:
    hears(created).then({CUSTOMER: [known]})


def test_a_workspace_may_be_heard_of_in_any_order() -> None:
    given: Streams = {CUSTOMER: [invoiced, numbered]}
    hears(created).given(given).then({CUSTOMER: [known]})


def test_a_workspace_heard_twice_is_known_once() -> None:
    hears(created).given({CUSTOMER: [known]}).then_nothing()


@pytest.mark.parametrize("before", [[], [known], [replace(numbered, organization_number=None)]])
def test_a_new_organisation_number_is_known(before: list[Any]) -> None:
    hears(changed).given({CUSTOMER: before}).then({CUSTOMER: [numbered]})


def test_an_organisation_number_may_be_taken_back() -> None:
    none = replace(numbered, organization_number=None)
    given: Streams = {CUSTOMER: [known, numbered]}
    hears(replace(changed, organization_number=None)).given(given).then({CUSTOMER: [none]})


def test_the_same_organisation_number_is_nothing_new() -> None:
    hears(changed).given({CUSTOMER: [numbered]}).then_nothing()


STATUSES = [
    (auth.WorkspaceSuspended(workspace_id=WORKSPACE), "suspended"),
    (auth.WorkspaceReinstated(workspace_id=WORKSPACE, status="trial"), "trial"),
    (auth.WorkspaceReinstated(workspace_id=WORKSPACE, status="active"), "active"),
    (auth.WorkspaceClosed(workspace_id=WORKSPACE, purge_after=TOLD_AT), "closed"),
]


@pytest.mark.parametrize("event,status", STATUSES)
def test_what_becomes_of_a_workspace_is_known(event: Any, status: str) -> None:
    now, other = StatusHeard(status=status), StatusHeard(status="another")
    hears(event).given({CUSTOMER: [known, other]}).then({CUSTOMER: [now]})
    hears(event).given({CUSTOMER: [known, other, now]}).then_nothing()


def test_a_workspace_is_active_before_anything_else_is_heard_of_it() -> None:
    again = auth.WorkspaceReinstated(workspace_id=WORKSPACE, status="active")
    hears(again).given({CUSTOMER: [known]}).then_nothing()


JOINED = auth.MemberJoined(workspace_id=WORKSPACE, user_id=AFFILIATE, role="owner")
ROLE = auth.MemberRoleChanged(workspace_id=WORKSPACE, user_id=OWNER, role="member")
REMOVED = auth.MemberRemoved(workspace_id=WORKSPACE, user_id=OWNER)


@pytest.mark.parametrize(
    "event,role", [(JOINED, "owner"), (ROLE, "member"), (REMOVED, None)], ids=lambda each: ""
)
def test_who_owns_a_workspace_is_known(event: Any, role: str | None) -> None:
    now = MemberHeard(user_id=event.user_id, role=role)
    hears(event).given({CUSTOMER: [known]}).then({CUSTOMER: [now]})
    hears(event).given({CUSTOMER: [known, now]}).then_nothing()


def test_a_member_who_is_no_owner_is_nothing_new() -> None:
    hears(replace(JOINED, role="admin")).given({CUSTOMER: [known]}).then_nothing()


def test_a_workspace_that_nobody_owns_yet_is_known() -> None:
    waiting = replace(known, owner_user_id=None)
    hears(replace(created, owner_user_id=None)).then({CUSTOMER: [waiting]})


@pytest.mark.parametrize("before", [[], [known]])
def test_the_first_invoice_is_noted(before: list[Any]) -> None:
    hears(issued).given({CUSTOMER: before}).then({CUSTOMER: [invoiced]})


def test_of_a_second_invoice_the_number_is_noted() -> None:
    second = replace(issued, invoice_number=10_002)
    noted = InvoiceHeard(invoice_number=10_002)
    hears(second).given({CUSTOMER: [known, invoiced]}).then({CUSTOMER: [noted]})


noted = InvoiceNoted(
    workspace_id=WORKSPACE,
    invoice_number=10_001,
    net_ore=90_000,
    credited_net_ore=10_000,
    settlement=1,
    settled=True,
    relationship_id=RELATIONSHIP,
    percent=15,
    earning_id=ENTRY,
    paid_at=PAID_AT,
)
REFERRED: Streams = {CUSTOMER: [known, referred], THEIRS: [theirs], TERMS: [terms]}
EARNED: Streams = {**REFERRED, PAID_INVOICE: [noted], EARNING: [earned]}


def test_a_paid_invoice_of_a_referred_workspace_earns_its_commission() -> None:
    hears(paid).given(REFERRED).reading(TERMS, THEIRS).then(
        {PAID_INVOICE: [noted], EARNING: [earned]}
    )


def test_what_is_earned_is_held_for_as_many_days_as_the_setting_says() -> None:
    held = replace(earned, hold_days=30, available_on=date(2026, 3, 22))
    story = heard(SERVICE, with_hold_days(30), paid).given(REFERRED)
    story.reading(TERMS, THEIRS).then({PAID_INVOICE: [noted], EARNING: [held]})


def test_a_paid_invoice_heard_twice_earns_once() -> None:
    hears(paid).given(EARNED).reading(EARNING).then_nothing()


@pytest.mark.parametrize("given", [{}, {CUSTOMER: [known]}])
def test_nobody_earns_on_a_workspace_that_nobody_refers(given: Streams) -> None:
    nobody_s = replace(noted, relationship_id=None, percent=None, earning_id=None)
    hears(paid).given(given).then({PAID_INVOICE: [nobody_s]})


def changed_to(percent: int, at: datetime) -> relationship.CommissionChanged:
    return relationship.CommissionChanged(percent=percent, at=at)


def test_the_rate_is_that_of_the_payment_not_of_its_hearing() -> None:
    rates = [terms, changed_to(20, PAID_AT), changed_to(50, PAID_AT + timedelta(seconds=1))]
    hears(paid).given({**REFERRED, TERMS: rates}).reading(TERMS, THEIRS).then(
        {
            PAID_INVOICE: [replace(noted, percent=20)],
            EARNING: [replace(earned, percent=20, earning_ore=16_000)],
        }
    )


def test_what_was_paid_before_an_end_earns_though_another_is_bound_by_then() -> None:
    ended = ReferralEnded(relationship_id=RELATIONSHIP, at=PAID_AT + timedelta(seconds=1))
    anew = Referred(
        relationship_id=OTHER, affiliate_workspace_id=OTHER, at=PAID_AT + timedelta(seconds=2)
    )
    given = {**REFERRED, CUSTOMER: [known, referred, ended, anew]}
    hears(paid).given(given).reading(TERMS, THEIRS).then({PAID_INVOICE: [noted], EARNING: [earned]})


def test_an_invoice_stays_whose_it_was_when_it_is_paid_again_under_another() -> None:
    ended = ReferralEnded(relationship_id=RELATIONSHIP, at=PAID_AT + timedelta(seconds=1))
    anew = Referred(
        relationship_id=OTHER, affiliate_workspace_id=OTHER, at=PAID_AT + timedelta(seconds=2)
    )
    later = PAID_AT + timedelta(days=30)
    again = replace(paid, settlement=2, paid_at=later)
    before = [noted, replace(noted, settled=False)]
    given = {
        **EARNED,
        CUSTOMER: [known, referred, ended, anew],
        PAID_INVOICE: before,
        EARNING: [earned, adjusted(0, 12_000, 10_000, "reversed")],
    }
    hears(again).given(given).reading(EARNING).then(
        {
            PAID_INVOICE: [replace(noted, settlement=2)],
            EARNING: [adjusted(12_000, 0, 10_000, "settled_again")],
        }
    )


@pytest.mark.parametrize(
    "event,streams,reason",
    [
        (replace(paid, currency="SEK"), {}, "currency"),
        (
            replace(paid, issued_at=STARTED - timedelta(microseconds=1)),
            {},
            "issued_before_relationship",
        ),
        (replace(paid, paid_at=STARTED - timedelta(hours=1)), {}, "paid_before_relationship"),
        (paid, {THEIRS: [replace(theirs, owner_user_id=OWNER)]}, "self_referral"),
        (
            paid,
            {
                THEIRS: [
                    theirs,
                    PayoutDetailsSet(
                        organization_number="974760673", vat_registered=False, changed=()
                    ),
                ],
                CUSTOMER: [known, numbered, referred],
            },
            "self_referral",
        ),
        (
            paid,
            {THEIRS: [theirs, MemberHeard(user_id=OWNER, role="owner")]},
            "self_referral",
        ),
        (replace(paid, credited_net_ore=90_000), {}, "zero_commission"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_paid_invoice_that_earns_nothing_is_skipped_with_its_reason(
    event: billing.InvoicePaid, streams: Streams, reason: str
) -> None:
    skipped = earning_messages.EarningSkipped(
        relationship_id=RELATIONSHIP,
        affiliate_workspace_id=AFFILIATE,
        referred_workspace_id=WORKSPACE,
        invoice_id=INVOICE,
        reason=reason,
    )
    known_of = replace(noted, credited_net_ore=event.credited_net_ore, paid_at=event.paid_at)
    given: Streams = {**REFERRED, **streams}
    hears(event).given(given).reading(TERMS, THEIRS).then(
        {PAID_INVOICE: [known_of], EARNING: [skipped]}
    )


def test_who_was_an_owner_of_both_and_is_not_any_more_earns() -> None:
    left = MemberHeard(user_id=OWNER, role=None)
    given = {**REFERRED, THEIRS: [replace(theirs, owner_user_id=OWNER), left]}
    hears(paid).given(given).reading(TERMS, THEIRS).then({PAID_INVOICE: [noted], EARNING: [earned]})


credited = billing.InvoiceCredited(
    invoice_id=INVOICE,
    kind="invoice",
    workspace_id=WORKSPACE,
    credit_note_id=OTHER,
    credit_note_number=20_001,
    net_ore=20_000,
    vat_ore=5_000,
    gross_ore=25_000,
    credited_net_ore=30_000,
    is_paid=True,
)
gone = billing.InvoicePaymentReversed(
    invoice_id=INVOICE,
    workspace_id=WORKSPACE,
    amount_ore=112_500,
    remaining_ore=112_500,
    was_paid=True,
    reason="bounced",
)


def adjusted(to_ore: int, from_ore: int, credited_ore: int, cause: Any) -> EarningAdjusted:
    return EarningAdjusted(
        change_ore=to_ore - from_ore,
        amount_ore=to_ore,
        credited_net_ore=credited_ore,
        cause=cause,
    )


def corrected(amount_ore: int, credited_ore: int, cause: Any) -> CorrectionMade:
    return CorrectionMade(
        corrects=ENTRY,
        relationship_id=RELATIONSHIP,
        affiliate_workspace_id=AFFILIATE,
        referred_workspace_id=WORKSPACE,
        percent=15,
        invoice_id=INVOICE,
        invoice_series="A",
        invoice_number=10_001,
        invoice_net_ore=90_000,
        credited_net_ore=credited_ore,
        base_ore=90_000 - credited_ore,
        amount_ore=amount_ore,
        cause=cause,
        available_on=HEARD_AT.date(),
    )


def test_a_credit_reduces_what_was_earned() -> None:
    hears(credited).given(EARNED).reading(EARNING).then(
        {
            PAID_INVOICE: [replace(noted, credited_net_ore=30_000)],
            EARNING: [adjusted(9_000, 12_000, 30_000, "credited")],
        }
    )


def test_a_credit_heard_twice_is_taken_once() -> None:
    after = {
        **EARNED,
        PAID_INVOICE: [noted, replace(noted, credited_net_ore=30_000)],
        EARNING: [earned, adjusted(9_000, 12_000, 30_000, "credited")],
    }
    hears(credited).given(after).reading(EARNING).then_nothing()


def test_a_credit_before_the_payment_is_remembered() -> None:
    first = replace(
        noted,
        invoice_number=None,
        net_ore=None,
        credited_net_ore=30_000,
        settlement=0,
        settled=False,
        relationship_id=None,
        percent=None,
        earning_id=None,
        paid_at=None,
    )
    hears(credited).then({PAID_INVOICE: [first]})
    hears(paid).given({**REFERRED, PAID_INVOICE: [first]}).reading(TERMS, THEIRS).then(
        {
            PAID_INVOICE: [replace(noted, credited_net_ore=30_000)],
            EARNING: [replace(earned, credited_net_ore=30_000, base_ore=60_000, earning_ore=9_000)],
        }
    )


RESERVED = [earned, EarningReserved(payout_id=OTHER)]
PAID_OUT = [*RESERVED, EarningPaidOut(payout_id=OTHER, reference="R")]


@pytest.mark.parametrize("history", [RESERVED, PAID_OUT])
@pytest.mark.parametrize(
    ("event", "becomes", "correction"),
    [
        (credited, replace(noted, credited_net_ore=30_000), (-3_000, 30_000, "credited")),
        (gone, replace(noted, settled=False), (-12_000, 10_000, "reversed")),
    ],
)
def test_beside_what_is_in_a_payout_a_correction_stands(
    history: list[Any], event: Any, becomes: InvoiceNoted, correction: tuple[int, int, str]
) -> None:
    given = {**EARNED, EARNING: history}
    hears(event).given(given).reading(EARNING).reading(CORRECTION).then(
        {
            PAID_INVOICE: [becomes, EntryMade(earning_id=CORRECTION[1])],
            CORRECTION: [corrected(*correction)],
        }
    )


def test_beside_a_correction_another_stands_though_the_first_is_free_again() -> None:
    first = corrected(-3_000, 30_000, "credited")
    given = {
        **EARNED,
        PAID_INVOICE: [
            noted,
            replace(noted, credited_net_ore=30_000),
            EntryMade(earning_id=CORRECTION[1]),
        ],
        EARNING: [*RESERVED, EarningReleased(payout_id=OTHER)],
        CORRECTION: [first],
    }
    second = (earning.decider, correction_id(ENTRY, 2))
    more = replace(credited, credited_net_ore=40_000)
    hears(more).given(given).reading(EARNING, CORRECTION).reading(second).then(
        {
            PAID_INVOICE: [
                replace(noted, credited_net_ore=40_000),
                EntryMade(earning_id=second[1]),
            ],
            second: [corrected(-1_500, 40_000, "credited")],
        }
    )


def test_what_was_rejected_stays_nothing_whatever_is_credited() -> None:
    rejected = [earned, EarningHeld(why="by_hand"), EarningRejected(change_ore=-12_000)]
    given = {**EARNED, EARNING: rejected}
    hears(credited).given(given).reading(EARNING).then(
        {PAID_INVOICE: [replace(noted, credited_net_ore=30_000)]}
    )


def test_an_invoice_that_is_not_paid_any_more_earns_nothing() -> None:
    hears(gone).given(EARNED).reading(EARNING).then(
        {
            PAID_INVOICE: [replace(noted, settled=False)],
            EARNING: [adjusted(0, 12_000, 10_000, "reversed")],
        }
    )
    hears(replace(gone, was_paid=False)).given(EARNED).reading(EARNING).then_nothing()
    hears(gone).then_nothing()


def test_nobody_earns_on_card_sales() -> None:
    hears(replace(credited, kind="receipt")).then_not_even_read()
