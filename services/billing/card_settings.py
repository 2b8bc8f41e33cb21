"""billing's settings of cards: without a key none are accepted."""

import re
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from chassis.setting_rules import WebAddress, web_address
from chassis.settings import Together

STRIPE = "https://api.stripe.com"


def _secret_key(key: str | None) -> None:
    if key is None:
        return
    if key.startswith("pk_"):
        raise ValueError("pk_… is the key of a page: rk_… or sk_… is needed")
    if not re.fullmatch("(rk|sk)_(test|live)_[0-9A-Za-z_]+", key):
        raise ValueError("is no key of Stripe's: rk_test_…, rk_live_…, sk_test_… or sk_live_…")


def _is_live(key: str) -> bool:
    return key.split("_")[1] == "live"


def _of_that_mode(key: str | None, livemode: bool) -> None:
    if key is not None and _is_live(key) != livemode:
        kind, said = ("live", "false") if _is_live(key) else ("test", "true")
        raise ValueError(f"a {kind} key, and STRIPE_LIVEMODE is {said}")


def _of_that_env(key: str | None, env: str) -> None:
    if key is None or _is_live(key) == (env == "production"):
        return
    if _is_live(key):
        raise ValueError(f"a live key takes real money: not with ENV={env}")
    raise ValueError("production takes a live key: with a test key nobody pays")


def _stripes_own(base: str, env: str) -> None:
    if env == "production" and base.rstrip("/") != STRIPE:
        raise ValueError(f"production asks {STRIPE} alone")


def _encrypted(url: str, env: str) -> None:
    if env == "production" and url and not url.startswith("https://"):
        raise ValueError("production sends buyers to https alone")


def _needed(setting: str | None, key: str | None) -> None:
    if key is not None and not (setting or "").strip():
        raise ValueError("STRIPE_KEY needs it")


@dataclass(frozen=True, kw_only=True)  # a value without slots: of a class's bases one may have some
class CardSettings:
    """The settings of cards, for billing's own `Settings` to extend."""

    env: Literal["embedded", "demo", "production"]
    stripe_key: Annotated[str | None, _secret_key] = field(default=None, repr=False)  # rk_… or sk_…
    # whsec_…; without it the webhook answers 503
    stripe_webhook_secret: str | None = field(default=None, repr=False)
    stripe_livemode: bool = False
    stripe_api_base: WebAddress = STRIPE
    # where buyers come back to from Checkout and the portal
    checkout_return_url: Annotated[str, web_address] = ""

    TOGETHER: ClassVar = (
        Together(of=("stripe_key", "stripe_livemode"), rule=_of_that_mode),
        Together(of=("stripe_key", "env"), rule=_of_that_env),
        Together(of=("stripe_api_base", "env"), rule=_stripes_own),
        Together(of=("checkout_return_url", "env"), rule=_encrypted),
        *(
            Together(of=(name, "stripe_key"), rule=_needed)
            for name in ("stripe_webhook_secret", "checkout_return_url")
        ),
    )
