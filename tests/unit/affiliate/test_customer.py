"""A customer: known, referred once, never below itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from affiliate.domain.customer import CHAIN_MAX, WINDOW, decider
from affiliate.domain.customer_messages import (
    EndReferral,
    FirstInvoiceHeard,
    HearInvoice,
    HearMember,
    HearOrganizationNumber,
    HearStatus,
    InvoiceHeard,
    MemberHeard,
    NamePayout,
    NoteWorkspace,
    OrganizationNumberHeard,
    PayoutDetailsSet,
    PayoutNamed,
    Refer,
    ReferralEnded,
    Referred,
    RestedUpon,
    RestUpon,
    SetPayoutDetails,
    StatusHeard,
    WorkspaceHeard,
)
from affiliate.domain.customer_states import Customer, PayoutDetails, bound_at, is_itself
from chassis.testing.spec import scenario

MINE, OWNER, AFFILIATE, THEIR_OWNER, RELATIONSHIP, OTHER = (UUID(int=n) for n in range(1, 7))
BORN = datetime(2026, 1, 10, 12, tzinfo=UTC)
NUMBER = "988077917"

heard = WorkspaceHeard(workspace_id=MINE, owner_user_id=OWNER, created_at=BORN)
invoiced = FirstInvoiceHeard(workspace_id=MINE, issued_at=BORN, invoice_number=10_001)
numbered = OrganizationNumberHeard(workspace_id=MINE, organization_number=NUMBER)
referred = Referred(
    relationship_id=RELATIONSHIP, affiliate_workspace_id=AFFILIATE, at=BORN + WINDOW
)
payable = PayoutDetailsSet(organization_number=NUMBER, vat_registered=False, changed=("account",))
refer = Refer(
    relationship_id=RELATIONSHIP,
    affiliate_workspace_id=AFFILIATE,
    affiliate_is_known=True,
    is_itself=False,
    above=(),
    exception=False,
    at=BORN + WINDOW,
)
set_details = SetPayoutDetails(organization_number=NUMBER, vat_registered=False, changed=())


def test_a_workspace_is_heard_of_once() -> None:
    hear = NoteWorkspace(workspace_id=MINE, owner_user_id=OWNER, created_at=BORN)
    scenario(decider).when(hear).then(heard)
    scenario(decider).given(heard).when(hear).then_nothing()
    scenario(decider).given(invoiced).when(hear).then(heard)


def test_a_number_that_is_known_is_no_news() -> None:
    hear = HearOrganizationNumber(workspace_id=MINE, organization_number=NUMBER)
    scenario(decider).given(heard).when(hear).then(numbered)
    scenario(decider).given(heard, numbered).when(hear).then_nothing()


def test_the_first_invoice_is_noted_even_if_billing_is_faster_than_auth() -> None:
    hear = HearInvoice(workspace_id=MINE, issued_at=BORN, invoice_number=10_001)
    scenario(decider).when(hear).then(invoiced)


def test_the_number_of_every_invoice_is_noted_for_billing_may_lose_it() -> None:
    hear = HearInvoice(workspace_id=MINE, issued_at=BORN + WINDOW, invoice_number=10_002)
    later = InvoiceHeard(invoice_number=10_002)
    scenario(decider).given(heard, invoiced).when(hear).then(later)
    assert scenario(decider).given(heard, invoiced, later).state().first_invoice_at == BORN


def test_its_status_is_the_last_one_heard() -> None:
    suspended, closed = StatusHeard(status="suspended"), StatusHeard(status="closed")
    scenario(decider).given(heard).when(HearStatus(status="active")).then_nothing()
    scenario(decider).given(heard).when(HearStatus(status="suspended")).then(suspended)
    scenario(decider).given(heard, suspended).when(HearStatus(status="suspended")).then_nothing()
    assert scenario(decider).given(heard, suspended, closed).state().status == "closed"


joined = MemberHeard(user_id=OTHER, role="owner")
left = MemberHeard(user_id=OWNER, role=None)


@pytest.mark.parametrize(
    ("user_id", "role", "news"),
    [
        (OTHER, "owner", joined),
        (OTHER, "member", None),
        (OTHER, None, None),
        (OWNER, "owner", None),
        (OWNER, "admin", MemberHeard(user_id=OWNER, role="admin")),
        (OWNER, None, left),
    ],
)
def test_only_who_becomes_an_owner_or_is_none_any_more_is_news(
    user_id: UUID, role: str | None, news: MemberHeard | None
) -> None:
    told = scenario(decider).given(heard).when(HearMember(user_id=user_id, role=role))
    if news is None:
        told.then_nothing()
    else:
        told.then(news)


def test_its_owners_are_those_of_now() -> None:
    story = scenario(decider).given(heard, joined, left)
    assert story.state().owners == {OTHER}
    shared = Customer(workspace_id=AFFILIATE, owners=frozenset({OTHER}))
    assert is_itself(shared, story.state())
    assert not is_itself(replace(shared, owners=frozenset({OWNER})), story.state())


def test_a_workspace_that_nobody_owns_yet_is_known_and_may_be_referred() -> None:
    waiting = replace(heard, owner_user_id=None)
    scenario(decider).when(
        NoteWorkspace(workspace_id=MINE, owner_user_id=None, created_at=BORN)
    ).then(waiting)
    scenario(decider).given(waiting).when(refer).then(referred)
    ownerless = Customer(workspace_id=AFFILIATE)
    assert not is_itself(ownerless, scenario(decider).given(waiting).state())


def test_payout_details_are_set_where_something_is_new() -> None:
    changed = replace(set_details, changed=("account",))
    scenario(decider).given(heard).when(changed).then(payable)
    scenario(decider).given(heard, payable).when(set_details).then_nothing()
    scenario(decider).given(heard, payable).when(changed).then(payable)


def test_nothing_is_decided_about_a_workspace_that_auth_has_not_told_of() -> None:
    unknown = replace(refer, affiliate_is_known=False)
    scenario(decider).when(set_details).then_refused("affiliate.workspace_unknown")
    scenario(decider).given(invoiced).when(set_details).then_refused("affiliate.workspace_unknown")
    scenario(decider).when(refer).then_refused("affiliate.workspace_unknown")
    scenario(decider).given(invoiced).when(refer).then_refused("affiliate.workspace_unknown")
    scenario(decider).given(heard).when(unknown).then_refused("affiliate.workspace_unknown")


def test_a_new_workspace_is_referred_up_to_the_window_s_last_moment() -> None:
    scenario(decider).given(heard).when(refer).then(referred)
    scenario(decider).given(heard, referred).when(refer).then_nothing()
    late = replace(refer, at=refer.at + timedelta(microseconds=1))
    scenario(decider).given(heard).when(late).then_refused("affiliate.window_closed")
    scenario(decider).given(heard).when(replace(late, exception=True)).then(
        replace(referred, at=late.at)
    )


def test_after_an_invoice_a_reason_is_needed() -> None:
    story = scenario(decider).given(heard, invoiced)
    story.when(refer).then_refused("affiliate.already_invoiced")
    story.when(replace(refer, exception=True)).then(referred)


def test_nobody_refers_themselves() -> None:
    itself = replace(refer, is_itself=True, exception=True)
    scenario(decider).given(heard).when(itself).then_refused("affiliate.self_referral")


MINE_NOW = Customer(
    workspace_id=MINE,
    owners=frozenset({OWNER, OTHER}),
    organization_number=NUMBER,
    payout_details=PayoutDetails(organization_number="974760673", vat_registered=False),
)
THEIRS = Customer(workspace_id=AFFILIATE, owners=frozenset({THEIR_OWNER}))
PAID_TO = PayoutDetails(organization_number=NUMBER, vat_registered=True)


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        (THEIRS, False),
        (replace(THEIRS, organization_number="971040238"), False),
        (replace(THEIRS, workspace_id=MINE), True),
        (replace(THEIRS, owners=frozenset({THEIR_OWNER, OTHER})), True),
        (replace(THEIRS, organization_number=NUMBER), True),
        (replace(THEIRS, organization_number="974760673"), True),
        (replace(THEIRS, payout_details=PAID_TO), True),
        (None, False),
    ],
)
def test_two_workspaces_are_the_same_by_owner_or_number(
    theirs: Customer | None, same: bool
) -> None:
    assert is_itself(theirs, MINE_NOW) == is_itself(MINE_NOW, theirs) == same
    assert not is_itself(theirs, Customer(workspace_id=OTHER))  # no number is nobody's number


def test_a_workspace_has_one_affiliate() -> None:
    second = replace(refer, relationship_id=OTHER, exception=True)
    story = scenario(decider).given(heard, referred)
    story.when(second).then_refused("affiliate.already_referred")


SECOND = UUID(int=8)
ended = ReferralEnded(relationship_id=RELATIONSHIP, at=BORN + WINDOW + timedelta(days=1))
anew = Referred(
    relationship_id=SECOND, affiliate_workspace_id=OTHER, at=BORN + WINDOW + timedelta(days=2)
)


def test_after_an_end_another_may_be_bound() -> None:
    end = EndReferral(relationship_id=RELATIONSHIP, at=ended.at)
    scenario(decider).given(heard, referred).when(end).then(ended)
    scenario(decider).given(heard, referred, ended).when(end).then_nothing()
    scenario(decider).given(heard, referred, ended, anew).when(end).then_nothing()
    again = replace(refer, relationship_id=SECOND, affiliate_workspace_id=OTHER, at=anew.at)
    again = replace(again, exception=True)
    scenario(decider).given(heard, referred, ended).when(again).then(anew)
    scenario(decider).given(heard, referred, ended, anew).when(refer).then_nothing()


@pytest.mark.parametrize(
    ("at", "by"),
    [
        (referred.at - timedelta(seconds=1), RELATIONSHIP),
        (referred.at, RELATIONSHIP),
        (ended.at - timedelta(microseconds=1), RELATIONSHIP),
        (ended.at, SECOND),
        (anew.at, SECOND),
        (anew.at + timedelta(days=900), SECOND),
    ],
)
def test_who_was_bound_at_a_moment_is_known_for_good(at: datetime, by: UUID) -> None:
    binding = bound_at(scenario(decider).given(heard, referred, ended, anew).state(), at)
    assert binding is not None and binding.relationship_id == by


def test_nobody_is_bound_where_nobody_was() -> None:
    assert bound_at(None, BORN) is None
    assert bound_at(scenario(decider).given(heard).state(), BORN) is None
    assert bound_at(scenario(decider).given(heard, referred, ended).state(), ended.at) is None


def test_a_circle_is_refused_and_so_is_a_chain_without_end() -> None:
    circle = replace(refer, above=(OTHER, MINE), exception=True)
    endless = replace(refer, above=(OTHER,) * (CHAIN_MAX + 1))
    scenario(decider).given(heard).when(circle).then_refused("affiliate.cycle")
    scenario(decider).given(heard).when(endless).then_refused("affiliate.cycle")
    scenario(decider).given(heard).when(replace(refer, above=(OTHER,) * CHAIN_MAX)).then(referred)


def test_the_top_of_a_chain_notes_what_rests_upon_it() -> None:
    rest = RestUpon(relationship_id=OTHER)
    scenario(decider).given(heard).when(rest).then(RestedUpon(relationship_id=OTHER))
    with pytest.raises(AssertionError):
        scenario(decider).given(heard, referred).when(rest).then_nothing()


NAMED = PayoutNamed(payout_id=OTHER, reference="R 1", supplier_invoice_number="F-1")


@pytest.mark.parametrize(
    ("reference", "number", "refused"),
    [
        ("R 2", "F-2", None),
        ("R 2", None, None),
        ("F-1", "R 1", None),  # one is not the other
        ("R 1", "F-2", "affiliate.reference_taken"),
        (" r 1", None, "affiliate.reference_taken"),
        ("R 2", "F-1", "affiliate.supplier_number_taken"),
        ("R 2", " F-1", "affiliate.supplier_number_taken"),
        ("R 2", "f-1", "affiliate.supplier_number_taken"),
        ("R 2", "Ｆ－１", "affiliate.supplier_number_taken"),
    ],
)
def test_a_reference_and_an_invoice_of_an_affiliate_are_one_payout_s(
    reference: str, number: str | None, refused: str | None
) -> None:
    command = NamePayout(payout_id=MINE, reference=reference, supplier_invoice_number=number)
    story = scenario(decider).given(heard, NAMED).when(command)
    if refused:
        story.then_refused(refused)
    else:
        named = PayoutNamed(payout_id=MINE, reference=reference, supplier_invoice_number=number)
        story.then(named)


def test_a_payout_is_named_once() -> None:
    again = NamePayout(payout_id=OTHER, reference="R 1", supplier_invoice_number="F-1")
    scenario(decider).given(heard).when(again).then(NAMED)
    scenario(decider).given(heard, NAMED).when(again).then_nothing()
