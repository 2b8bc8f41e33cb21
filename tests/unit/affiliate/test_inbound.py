"""What affiliate does about what it hears of auth and billing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from affiliate.app import SERVICE
from affiliate.domain import customer, earning, earning_messages, relationship
from affiliate.domain.customer_messages import (
    FirstInvoiceHeard,
    InvoiceHeard,
    MemberHeard,
    OrganizationNumberHeard,
    Referred,
    StatusHeard,
    WorkspaceHeard,
)
from affiliate.inbound import reactions
from chassis import ids
from chassis.testing.heard import TOLD_AT, Streams, heard
from contracts.auth import events as auth
from contracts.billing import events as billing

hears = partial(heard, SERVICE, reactions)

WORKSPACE, OWNER, AFFILIATE, RELATIONSHIP, INVOICE = (UUID(int=n) for n in range(1, 6))
CUSTOMER = (customer.decider, WORKSPACE)
TERMS = (relationship.decider, RELATIONSHIP)
EARNING = (earning.decider, ids.derive(RELATIONSHIP, INVOICE))
STARTED = datetime(2026, 2, 1, 12, tzinfo=UTC)
DAY = date(2026, 2, 10)

known = WorkspaceHeard(workspace_id=WORKSPACE, owner_user_id=OWNER, created_at=TOLD_AT)
numbered = OrganizationNumberHeard(workspace_id=WORKSPACE, organization_number="974760673")
invoiced = FirstInvoiceHeard(workspace_id=WORKSPACE, issued_at=TOLD_AT, invoice_number=10_001)
referred = Referred(relationship_id=RELATIONSHIP, affiliate_workspace_id=AFFILIATE)
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
    paid_at=datetime(2026, 2, 20, 12, tzinfo=UTC),
    line_item_ids=(),
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


REFERRED: Streams = {CUSTOMER: [known, referred], TERMS: [terms]}


def test_a_paid_invoice_of_a_referred_workspace_earns_its_commission() -> None:
    hears(paid).given(REFERRED).reading(TERMS).reading(EARNING).then({EARNING: [earned]})


def test_a_paid_invoice_heard_twice_earns_once() -> None:
    hears(paid).given({**REFERRED, EARNING: [earned]}).reading(TERMS).reading(
        EARNING
    ).then_nothing()


def test_an_invoice_that_is_paid_again_after_its_money_was_gone_earns_once() -> None:
    again = replace(paid, settlement=2, credited_net_ore=0, commission_base_ore=90_000)
    hears(again).given({**REFERRED, EARNING: [earned]}).reading(TERMS).reading(
        EARNING
    ).then_nothing()


@pytest.mark.parametrize("given", [{}, {CUSTOMER: [known]}])
def test_nobody_earns_on_a_workspace_that_nobody_refers(given: Streams) -> None:
    hears(paid).given(given).then_nothing()


@pytest.mark.parametrize(
    "event,started,reason",
    [
        (replace(paid, currency="SEK"), STARTED, "currency"),
        (replace(paid, issue_date=date(2026, 1, 31)), STARTED, "issued_before_relationship"),
        (replace(paid, commission_base_ore=0), STARTED, "zero_commission"),
        # billing took note of the payment at TOLD_AT, whatever day the money came
        (
            replace(paid, paid_at=TOLD_AT + timedelta(days=9), issue_date=date(2026, 4, 1)),
            TOLD_AT + timedelta(hours=1),
            "paid_before_relationship",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_paid_invoice_that_earns_nothing_is_skipped_with_its_reason(
    event: billing.InvoicePaid, started: datetime, reason: str
) -> None:
    skipped = earning_messages.EarningSkipped(
        relationship_id=RELATIONSHIP,
        affiliate_workspace_id=AFFILIATE,
        referred_workspace_id=WORKSPACE,
        invoice_id=INVOICE,
        reason=reason,
    )
    given: Streams = {**REFERRED, TERMS: [replace(terms, at=started)]}
    hears(event).given(given).reading(TERMS).reading(EARNING).then({EARNING: [skipped]})
