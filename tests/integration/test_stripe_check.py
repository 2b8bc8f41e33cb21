"""`python -m billing check` says what Stripe lacks, a line each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from billing.gateways import stripe_check, stripe_client
from billing.gateways.stripe_event import EVENTS
from chassis.running import check
from integration.stages.card_gateway import KEY
from stand_ins.stripe.stand_in import StandIn
from unit.billing.test_settings import RIGHT

WEBHOOK = "http://127.0.0.1/webhooks/stripe"


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as each:
        yield each


def faults(stand_in: StandIn, key: str = KEY) -> list[str]:
    return list(stripe_check.faults(stripe_client.client(key, stand_in.url), WEBHOOK, False))


def endpoint(stand_in: StandIn, *types: str, url: str = WEBHOOK, **fields: object) -> str:
    """Return the id of a webhook endpoint with these events."""
    client = stripe_client.client(KEY, stand_in.url)
    made = client.v1.webhook_endpoints.create({"url": url, "enabled_events": list(types)})  # type: ignore[arg-type]
    stand_in.state.get("webhook_endpoint", made.id).update(fields)
    return made.id


def test_nothing_is_wrong_with_an_endpoint_that_sends_what_is_heard(stand_in: StandIn) -> None:
    endpoint(stand_in, *EVENTS, "invoice.paid")
    endpoint(stand_in, "*", url="http://127.0.0.1/another-house")
    assert faults(stand_in) == []


def test_no_endpoint_one_with_too_little_and_one_of_another_release_are_told(
    stand_in: StandIn,
) -> None:
    assert faults(stand_in) == [f"Stripe has no webhook endpoint for {WEBHOOK}"]
    heard = EVENTS - {"refund.failed", "charge.refunded"}
    id = endpoint(
        stand_in, *heard, api_version="2025-09-30.clover", livemode=True, status="disabled"
    )
    assert faults(stand_in) == [
        f"webhook endpoint {id}: is disabled",
        f"webhook endpoint {id}: has livemode true, unlike STRIPE_LIVEMODE",
        f"webhook endpoint {id}: speaks 2025-09-30.clover, not 2026-10-28.endive",
        f"webhook endpoint {id}: does not send charge.refunded, refund.failed",
    ]


def test_each_right_that_a_key_lacks_is_told(stand_in: StandIn) -> None:
    endpoint(stand_in, *EVENTS)
    denied = ("disputes", "billing_portal/configurations", "refunds", "webhook_endpoints")
    for each in denied:
        stand_in.switch("forbidden", on=f"GET /v1/{each}")
    assert faults(stand_in) == [
        "STRIPE_KEY: has no right to customer portal",
        "STRIPE_KEY: has no right to charges and refunds",
        "STRIPE_KEY: has no right to disputes",
        "STRIPE_KEY: has no right to webhook endpoints",
    ]
    assert faults(stand_in) == []


def test_a_key_that_stripe_does_not_know_and_a_stripe_that_is_away_are_told_once(
    stand_in: StandIn,
) -> None:
    assert faults(stand_in, "rk_live_x") == ["STRIPE_KEY: Stripe does not know it"]
    stand_in.switch("reply_lost", times=None)
    assert faults(stand_in) == [
        "STRIPE_API_BASE: Stripe does not answer there (APIConnectionError)"
    ]


def test_the_command_tells_it_with_all_else_that_is_away_and_ends_with_1(
    stand_in: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = {
        **RIGHT,
        "BLOBS_FOLDER": str(tmp_path),
        "MAIL_FOLDER": str(tmp_path),
        "DATABASE_URL": "postgresql://billing_app:p4ssword@127.0.0.1:1/billing",
        "AMQP_URI": "amqp://billing:p4ssword@127.0.0.1:1/ai-studio",
        "STRIPE_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": "whsec_p4ssword",
        "STRIPE_API_BASE": stand_in.url,
        "CHECKOUT_RETURN_URL": "http://localhost/back",
    }
    for name, written in given.items():
        monkeypatch.setenv(name, written)

    assert check.run("billing", as_json=False) == 1

    told = capsys.readouterr().out
    wrong = [line for line in told.splitlines() if line.startswith("! ")]
    assert [line.split()[1] for line in wrong] == [
        "chassis.database_unavailable:",
        "chassis.broker_unavailable:",
        "Stripe",
    ]
    assert wrong[-1] == f"! Stripe has no webhook endpoint for {WEBHOOK}"
    assert KEY not in told and "p4ssword" not in told
