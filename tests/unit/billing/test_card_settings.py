"""Settings of cards: a key of the wrong kind, mode or place starts nothing."""

import pytest

from billing.settings import Settings
from chassis import settings
from chassis.settings import Misconfigured
from unit.billing.test_settings import PRODUCTION, RIGHT

CARDS = {
    "STRIPE_KEY": "rk_test_51Abc",
    "STRIPE_WEBHOOK_SECRET": "whsec_abc",
    "CHECKOUT_RETURN_URL": "http://localhost/betalt",
}
LIVE = {
    **PRODUCTION,
    **CARDS,
    "STRIPE_KEY": "rk_live_51Abc",
    "STRIPE_LIVEMODE": "true",
    "CHECKOUT_RETURN_URL": "https://fjordlys.example/betalt",
}
A_KEY = "is no key of Stripe's: rk_test_…, rk_live_…, sk_test_… or sk_live_…"
A_PAGES_KEY = "pk_… is the key of a page: rk_… or sk_… is needed"


@pytest.mark.parametrize("given", [RIGHT, {**RIGHT, **CARDS}, PRODUCTION, LIVE])
def test_cards_may_be_configured_or_not_and_stripes_own_address_is_the_default(
    given: dict[str, str],
) -> None:
    held = settings.load(Settings, given)

    assert held.stripe_key == given.get("STRIPE_KEY")
    assert held.stripe_api_base == "https://api.stripe.com"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"STRIPE_KEY": "pk_test_51Abc"}, f"STRIPE_KEY: {A_PAGES_KEY}"),
        ({"STRIPE_KEY": "whsec_51Abc"}, f"STRIPE_KEY: {A_KEY}"),
        ({"STRIPE_KEY": "sk_51Abc"}, f"STRIPE_KEY: {A_KEY}"),
        ({"STRIPE_KEY": "rk_test_51Abc "}, f"STRIPE_KEY: {A_KEY}"),
        ({"STRIPE_KEY": ""}, f"STRIPE_KEY: {A_KEY}"),
        (
            {"STRIPE_LIVEMODE": "true"},
            "STRIPE_KEY: a test key, and STRIPE_LIVEMODE is true",
        ),
        (
            {"STRIPE_KEY": "sk_live_51Abc"},
            "STRIPE_KEY: a live key, and STRIPE_LIVEMODE is false",
        ),
        (
            {"STRIPE_KEY": "sk_live_51Abc", "STRIPE_LIVEMODE": "true", "ENV": "demo"},
            "STRIPE_KEY: a live key takes real money: not with ENV=demo",
        ),
        ({"STRIPE_WEBHOOK_SECRET": " "}, "STRIPE_WEBHOOK_SECRET: STRIPE_KEY needs it"),
        ({"CHECKOUT_RETURN_URL": ""}, "CHECKOUT_RETURN_URL: STRIPE_KEY needs it"),
        (
            {"CHECKOUT_RETURN_URL": "fjordlys.example"},
            "CHECKOUT_RETURN_URL: is no address of http or https",
        ),
        (
            {"STRIPE_API_BASE": "api.stripe.com"},
            "STRIPE_API_BASE: is no address of http or https",
        ),
    ],
)
def test_what_cannot_be_is_said_and_no_secret_with_it(given: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.load(Settings, {**RIGHT, **CARDS, **given})

    assert refused.value.args == (said,)
    assert "51Abc" not in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"STRIPE_KEY": "rk_test_51Abc", "STRIPE_LIVEMODE": "false"},
            "STRIPE_KEY: production takes a live key: with a test key nobody pays",
        ),
        (
            {"STRIPE_API_BASE": "https://api.stripe.com.example"},
            "STRIPE_API_BASE: production asks https://api.stripe.com alone",
        ),
        (
            {"CHECKOUT_RETURN_URL": "http://fjordlys.example"},
            "CHECKOUT_RETURN_URL: production sends buyers to https alone",
        ),
    ],
)
def test_production_asks_stripe_alone_with_a_live_key(given: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.load(Settings, {**LIVE, **given})

    assert refused.value.args == (said,)


def test_without_a_key_nothing_else_is_needed_but_no_other_stripe_is_asked_in_production() -> None:
    with pytest.raises(Misconfigured, match="STRIPE_API_BASE"):
        settings.load(Settings, {**PRODUCTION, "STRIPE_API_BASE": "http://127.0.0.1:12111"})


def test_secrets_are_shown_neither_by_check_nor_by_a_traceback() -> None:
    held = settings.load(Settings, {**RIGHT, **CARDS})
    shown = {each.variable: each.shown for each in settings.listed(Settings, {**RIGHT, **CARDS})}

    assert (shown["STRIPE_KEY"], shown["STRIPE_WEBHOOK_SECRET"]) == ("(set)", "(set)")
    assert "51Abc" not in repr(held) and "whsec" not in repr(held)
