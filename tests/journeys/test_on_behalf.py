"""An admin begins work as a customer: whatever follows names both, and nobody takes them for one.

The same tests over ten processes: `test_on_behalf_distributed.py`.
"""

from collections.abc import Sequence
from functools import partial

import pytest

from chassis.errors import Forbidden
from demo.main_job import Outcome, Photo
from embedded.suite import Suite
from journeys.stages.every_method import METHODS, permission_of, permitted
from journeys.stages.histories import problems
from journeys.stages.impersonated_start import GOES_ON, TELLS, ImpersonatedStart
from journeys.stages.quiet import main_job


@pytest.fixture(scope="module")
def start(suite: Suite, photos: Sequence[Photo], outcome: Outcome) -> ImpersonatedStart:
    start = ImpersonatedStart(
        suite,
        main_job(suite, photos),
        lambda service: partial(permitted(suite, service, "events_read").call, "events_read"),
    )
    start.happen(outcome)
    return start


def test_every_event_that_follows_names_admin_user_and_session(start: ImpersonatedStart) -> None:
    for service in GOES_ON:
        events = start.stored(service)

        assert events != []
        assert [each for each in events if each["by"] not in start.by(service)] == []


def test_what_others_are_told_of_it_names_them_too(start: ImpersonatedStart) -> None:
    acting = (start.customer, start.newcomer)
    named = {(each.caller(start.admin), each.session) for each in acting}
    for service in TELLS:
        items = start.told(service)

        assert items != []
        assert {
            (each.get("onbehalfof", each["actor"]), each["impersonation"]) for each in items
        } <= named


def test_it_goes_on_past_a_redrive_and_a_second_attempt(start: ImpersonatedStart) -> None:
    redriven = "select count(*) as n from jobs where kind = 'redrive' and state = 'done'"
    again = "select count(*) as n from jobs where kind = 'enhance_image' and failures = 1"

    assert (start.project["status"], start.film["status"]) == ("completed", "completed")
    assert [each["type"] for each in start.stored("affiliate")] == ["OrganizationNumberHeard"]
    assert start.suite.sql("billing", redriven) == [{"n": 1}]
    assert start.suite.sql("media", again) == [{"n": 1}]


def test_the_keys_of_an_admin_as_a_user_are_not_the_users(
    start: ImpersonatedStart, outcome: Outcome
) -> None:
    keyed = {
        "name": "Storgata 2",
        "style_template_id": "scandinavian",
        "idempotency_key": "create the project",
    }
    own = start.job.customer.call("media", "create_project", **keyed)
    theirs = start.suite.call("media", "create_project", start.customer.token(), **keyed)

    assert own["id"] == outcome.project["id"] != start.project["id"] == theirs["id"]
    assert problems(start.suite) == []  # `callers_own` is one of them


def test_what_is_done_in_person_is_refused_to_an_admin_who_acts_as_somebody(
    suite: Suite, start: ImpersonatedStart
) -> None:
    token, codes = start.customer.token(), set()
    in_person = [each for each in METHODS if permission_of(*each).in_person]
    for service, method in in_person:
        if permission_of(service, method).system_admin:
            continue  # nobody who acts as somebody is an admin meanwhile
        with pytest.raises(Forbidden) as refusal:
            suite.call(service, method, token)
        codes.add(refusal.value.code)

    assert {method for _, method in in_person} == {
        "accept_invitation",
        "approve_payout",
        "cancel_invitation",
        "change_email",
        "change_member_role",
        "change_password",
        "charge_saved_card",
        "close_workspace",
        "confirm_payout",
        "confirm_refund",
        "confirm_totp",
        "create_billing_portal_session",
        "credit_invoice",
        "decline_invitation",
        "delete_images",
        "delete_project",
        "delete_video",
        "disable_totp",
        "enable_totp",
        "export_my_data",
        "export_payouts",
        "invite_member",
        "new_recovery_codes",
        "publish_original",
        "reauthenticate",
        "refund_credit",
        "refund_payment",
        "remove_member",
        "resend_invitation",
        "return_bank_payment",
        "revoke_other_sessions",
        "revoke_session",
        "set_auto_charge",
        "set_payout_details",
        "start_checkout",
        "transfer_ownership",
        "update_workspace",
    }
    assert codes == {"auth.not_while_impersonating"}
