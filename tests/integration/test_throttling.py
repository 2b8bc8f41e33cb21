"""Guessing is slowed down, counted before any hash, whether anybody has the address or not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from auth.attempts import key
from chassis.errors import Invalid, RateLimited
from integration.stages.claimants import PASSWORD, Claimants, claimants, hashes, nobodys
from servers.postgres import Server

WRONG, LIMITED = "auth.invalid_credentials", "auth.too_many_attempts"
SECOND, WINDOW = timedelta(seconds=1), timedelta(minutes=15)


@pytest.fixture(scope="module")
def auth(postgres_server: Server) -> Iterator[Claimants]:
    with claimants(postgres_server) as made:
        yield made


@pytest.fixture(scope="module")
def known(auth: Claimants) -> str:
    auth.verified(email := nobodys())
    return email


@pytest.fixture(autouse=True)
def later(auth: Claimants) -> None:
    """What an earlier test has tried is forgotten."""
    auth.services.now += 2 * WINDOW


def guess(auth: Claimants, email: str, **more: Any) -> str:
    return auth.code("sign_in", email=email, password="a wrong password", **more)


def waits_s(auth: Claimants, email: str, **more: Any) -> int | None:
    with pytest.raises(RateLimited) as refusal:
        auth.call("sign_in", email=email, password=PASSWORD, **more)
    assert refusal.value.code == LIMITED
    return refusal.value.retry_after_s


@pytest.mark.asvs("6.1.1")
@pytest.mark.parametrize("whose", ["somebody's", "nobody's"])
def test_the_sixth_try_waits_and_computes_nothing_whosever_the_address_is(
    auth: Claimants, known: str, whose: str
) -> None:
    email = known if whose == "somebody's" else nobodys()
    with hashes() as computed:
        assert [guess(auth, email) for _ in range(5)] == [WRONG] * 5
        assert len(computed) == 5
        assert waits_s(auth, email) == 2
        assert waits_s(auth, email.upper()) == 2  # a refused one does not count
        auth.services.now += 2 * SECOND
        assert guess(auth, email) == WRONG
        assert waits_s(auth, email) == 4
    assert len(computed) == 6


def test_a_success_begins_anew(auth: Claimants, known: str) -> None:
    for _ in range(3):
        assert [guess(auth, known, ip="192.0.2.1") for _ in range(4)] == [WRONG] * 4
        assert auth.code("sign_in", email=known, password=PASSWORD, ip="192.0.2.1") == "answered"


def test_a_hundred_at_once_count_as_a_hundred(auth: Claimants, known: str) -> None:
    with hashes() as computed, ThreadPoolExecutor(16) as rivals:
        codes = list(rivals.map(lambda _: guess(auth, known), range(100)))
    assert (len(computed), codes.count(WRONG), codes.count(LIMITED)) == (5, 5, 95)


def test_an_address_counts_over_all_networks_and_a_network_over_all_addresses(
    auth: Claimants, known: str
) -> None:
    for number in range(20):
        assert guess(auth, known, ip=f"192.0.2.{number}") == WRONG
    assert waits_s(auth, known, ip="192.0.2.99") == 2
    assert waits_s(auth, known) == 2

    for number in range(50):
        assert guess(auth, nobodys(), ip=f"2001:db8::{number:x}") == WRONG
    other = nobodys()
    assert waits_s(auth, other, ip="2001:db8::ffff:1") == 2
    assert guess(auth, other, ip="2001:db8:0:1::1") == WRONG


def test_who_signs_in_well_from_a_network_takes_nobodys_tries(auth: Claimants, known: str) -> None:
    ip = "198.51.100.7"
    for email in (nobodys(), known, known):
        auth.code("sign_in", email=email, password=PASSWORD, ip=ip)
    counted = f"select failures from attempt where key = '{key('network', ip)}'"
    assert auth.rows(counted) == [(1,)]


@pytest.mark.parametrize("ip", ["", "localhost", "192.0.2.256", "192.0.2.1:443", "fe80::1%eth0"])
def test_what_is_no_ip_address_is_refused_by_its_field(auth: Claimants, ip: str) -> None:
    with pytest.raises(Invalid) as refusal:
        auth.call("sign_in", email=nobodys(), password=PASSWORD, ip=ip)
    assert list(refusal.value.details["fields"]) == ["ip"]


def test_a_present_password_is_guessed_no_faster(auth: Claimants) -> None:
    auth.verified(email := nobodys())
    session = auth.call("sign_in", email=email, password=PASSWORD)["session_token"]
    access = auth.call("authenticate", session_token=session)["access_token"]

    def change(present: str) -> Any:
        asked: dict[str, Any] = {"current_password": present, "new_password": "another long one"}
        return auth.services.call("auth", "change_password", access, **asked)

    for _ in range(5):
        with pytest.raises(Exception, match=WRONG):
            change("a wrong password")
    with hashes() as computed, pytest.raises(RateLimited):
        change(PASSWORD)
    assert computed == []
    assert waits_s(auth, email) == 2


def test_what_is_counted_says_nothing_of_whom_or_where(auth: Claimants) -> None:
    email = nobodys()
    guess(auth, email, ip="203.0.113.9")
    kept = str(auth.rows("select * from attempt"))
    assert email not in kept and "203.0.113" not in kept
