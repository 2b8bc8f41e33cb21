"""Rotate a key in three steps, of which each call takes the next, as the secrets file stands.

The next key becomes known everywhere; it comes into use; the old one goes. After each step the
processes start again that are named: before that, the step after it must not be taken.
"""

import argparse
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg

from auth.domain.lifetimes import EMAIL_CODE
from auth.secret_keys import fingerprint, new_key
from chassis import ids
from chassis.domain import value
from chassis.door.tokens import LEEWAY, LIFETIME, new_key_pair
from chassis.errors import Conflict
from chassis.settings import Misconfigured
from suitectl import environment, init, inventory, keys
from suitectl.keys import Keys

TOKENS_LIVE = LIFETIME + 12 * LEEWAY  # and a minute for the clocks
EVERYTHING = "start every service again"
AUTH = "start auth again, serve and work"


@value
class Step:
    """The secrets after a step, and what is to do then."""

    whole: Keys
    then: str


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tasks = parser.add_subparsers(dest="task", required=True)
    rotate = tasks.add_parser("rotate", help="take the next of three steps")
    rotate.add_argument(
        "what",
        choices=("signing", "secrets"),
        help="what signs access tokens; what encrypts second factors",
    )
    rotate.add_argument("inventory", type=Path, help="a TOML file")
    rotate.add_argument(
        "--at-once",
        action="store_true",
        help="signing: all steps in one, for a key that leaked; its tokens are refused",
    )
    rotate.add_argument("--dry-run", action="store_true", help="say what would be made")


def run(chosen: argparse.Namespace) -> int:
    """Take the step, write the files that follow of it, and say what is to do now."""
    given = inventory.load(chosen.inventory)
    known = keys.read(Path(given.secrets))
    if "secret_keys" not in known:
        raise Misconfigured(f"{given.secrets}: there are no keys; suitectl init makes them")
    step = _step(chosen, partial(_sealed_otherwise, given, known), known)
    init.report(init.files(given, known, step.whole), chosen.dry_run)
    print(f"now, where files are mounted: suitectl files; then {step.then}")
    return 0


def _step(chosen: argparse.Namespace, left: Callable[[], int], known: Keys) -> Step:
    if chosen.what == "secrets":
        return secrets(known, ids.now(), left)
    return signing_at_once(known) if chosen.at_once else signing(known, ids.now())


def signing(known: Keys, at: datetime) -> Step:
    """Take the next step with the key that signs. Raises `Conflict` where it is too early."""
    public: Mapping[str, str] = known["public_keys"]
    if "next_signing_key" in known:
        *old, new = public
        now = {
            "signing_key": known["next_signing_key"],
            "public_keys": {each: public[each] for each in (new, *old)},
            "signing_since": at.isoformat(),
        }
        minutes = TOKENS_LIVE // timedelta(minutes=1)
        then = f"{AUTH}; {minutes} minutes later rotate again: the old key goes"
        return Step(whole={**_without(known, "next_signing_key"), **now}, then=then)
    if len(public) > 1:
        _wait(known["signing_since"], TOKENS_LIVE, at, "tokens of the old key may live")
        first = next(iter(public))
        whole = {**_without(known, "signing_since"), "public_keys": {first: public[first]}}
        return Step(whole=whole, then=f"{EVERYTHING}: what the old key signs is believed no more")
    private, made = new_key_pair()
    whole = {**known, "next_signing_key": private, "public_keys": {**public, _next(public): made}}
    return Step(whole=whole, then=f"{EVERYTHING}; rotate again when all have: the new key signs")


def signing_at_once(known: Keys) -> Step:
    """Put another key in place of all that sign or could."""
    private, made = new_key_pair()
    others = _without(known, "next_signing_key", "signing_since")
    now = {"signing_key": private, "public_keys": {_next(known["public_keys"]): made}}
    return Step(whole={**others, **now}, then=f"{EVERYTHING}, at once")


def secrets(known: Keys, at: datetime, left: Callable[[], int]) -> Step:
    """Take the next step with the key that encrypts.

    `left`: counts what others than the first have encrypted. Raises `Conflict` for as long as
    there is any, and where it is too early.
    """
    used: list[str] = known["secret_keys"]
    if "next_secret_key" in known:
        now = {"secret_keys": [known["next_secret_key"], *used], "secrets_since": at.isoformat()}
        then = f"{AUTH}; rotate again when its job has encrypted everything anew: the old key goes"
        return Step(whole={**_without(known, "next_secret_key"), **now}, then=then)
    if len(used) > 1:
        _wait(known["secrets_since"], EMAIL_CODE, at, "mailed codes may live")
        if rows := left():
            message = f"{rows} secrets are not encrypted anew yet: auth's work does it every minute"
            raise Conflict("suitectl.still_sealed", message)
        whole = {**_without(known, "secrets_since"), "secret_keys": used[:1]}
        return Step(whole=whole, then=f"{AUTH}: the old key reads nothing")
    whole = {**known, "next_secret_key": new_key()}
    return Step(whole=whole, then=f"{AUTH}; rotate again when both have: the new key is the first")


def _sealed_otherwise(given: inventory.Inventory, known: Keys) -> int:
    """Count in auth's database what is encrypted under another key than the first."""
    url = environment.database_url(given, known, "auth", "app")
    query = "select count(*) from totp where sealed_by <> %s"
    with psycopg.connect(url) as connection:
        row = connection.execute(query, [fingerprint(known["secret_keys"][0])]).fetchone()
    assert row is not None  # noqa: S101 - a count is a row
    return int(row[0])


def _wait(since: str, lasts: timedelta, at: datetime, why: str) -> None:
    until = datetime.fromisoformat(since) + lasts
    if at < until:
        raise Conflict("suitectl.too_early", f"{why} until {until:%H:%M:%S} UTC")


def _next(public: Mapping[str, str]) -> str:
    return str(max((int(each) for each in public if each.isdecimal()), default=0) + 1)


def _without(known: Keys, *names: str) -> Keys:
    return {name: held for name, held in known.items() if name not in names}
