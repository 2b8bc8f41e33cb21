"""An admin begins work as a customer: whatever follows names both, and nobody takes them for one.

The same tests over ten processes: `test_on_behalf_distributed.py`.
"""

from collections.abc import Sequence
from functools import partial

import pytest

from chassis.errors import Forbidden
from demo.main_job import Outcome, Photo
from embedded.keys import keys
from embedded.suite import Suite
from journeys.stages.every_method import METHODS, permission_of, permitted
from journeys.stages.histories import problems
from journeys.stages.impersonated_start import GOES_ON, ImpersonatedStart
from journeys.stages.quiet import main_job


@pytest.fixture(scope="module")
def start(suite: Suite, photos: Sequence[Photo], outcome: Outcome) -> ImpersonatedStart:
    start = ImpersonatedStart(
        suite,
        main_job(suite, photos),
        keys(suite.data_dir)["signing_key"],
        lambda service: partial(permitted(suite, service, "events_read").call, "events_read"),
    )
    start.happen(outcome)
    return start


def test_every_event_that_follows_names_admin_user_and_session(start: ImpersonatedStart) -> None:
    for service in GOES_ON:
        events = start.stored(service)
        named = {"subject": start.customer["id"], "impersonation": str(start.session)}
        called = {**named, "actor": start.caller, "on_behalf_of": None}
        caused = {**named, "actor": f"service:{service}", "on_behalf_of": start.caller}

        assert events != []
        assert [each for each in events if each["by"] not in (called, caused)] == []


def test_what_others_are_told_of_it_names_them_too(start: ImpersonatedStart) -> None:
    for service in GOES_ON:
        items = start.told(service)

        assert items != []
        assert {each.get("onbehalfof", each["actor"]) for each in items} == {start.caller}
        assert {each["impersonation"] for each in items} == {str(start.session)}


def test_it_goes_on_to_the_commission_past_a_redrive_and_a_second_attempt(
    start: ImpersonatedStart,
) -> None:
    redriven = "select count(*) as n from jobs where kind = 'redrive' and state = 'done'"
    again = "select count(*) as n from jobs where kind = 'enhance_image' and failures = 1"

    assert (start.project["status"], start.film["status"]) == ("completed", "completed")
    earned = [each["type"] for each in start.stored("affiliate")][-3:]
    assert earned == ["InvoiceNoted", "Earned", "EntryMade"]
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
    theirs = start.suite.call("media", "create_project", start.token(), **keyed)

    assert own["id"] == outcome.project["id"] != start.project["id"] == theirs["id"]
    assert problems(start.suite) == []  # `callers_own` is one of them


def test_what_is_done_in_person_is_refused_to_an_admin_who_acts_as_somebody(
    suite: Suite, start: ImpersonatedStart
) -> None:
    in_person = [each for each in METHODS if permission_of(*each).in_person]
    codes = set()
    for service, method in in_person:
        with pytest.raises(Forbidden) as refusal:
            suite.call(service, method, start.token())
        codes.add(refusal.value.code)

    assert {method for _, method in in_person} == {
        "charge_saved_card",
        "create_billing_portal_session",
        "revoke_other_sessions",
        "revoke_session",
        "set_auto_charge",
        "set_payout_details",
        "start_checkout",
        "update_workspace",
    }
    assert codes == {"auth.not_while_impersonating"}
