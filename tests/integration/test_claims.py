"""Who signs up with an address claims it; it is theirs who have both its mail and the password."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import psycopg
import pytest

from auth import admins
from chassis.errors import Internal, Rejected
from integration.stages.claimants import Claimants, claimants, nobodys
from servers.postgres import Server

OWN, OTHER = "the owner's own password", "the stranger's password"


@pytest.fixture(scope="module")
def auth(postgres_server: Server) -> Iterator[Claimants]:
    with claimants(postgres_server) as made:
        yield made


def refused(auth: Claimants, token: str, password: str) -> bool:
    return auth.code("verify_email", token=token, password=password) == "auth.token_invalid"


@pytest.mark.parametrize("stranger_first", [True, False])
def test_a_stranger_who_signs_up_with_my_address_never_gets_in(
    auth: Claimants, stranger_first: bool
) -> None:
    email = nobodys()
    both = [("Stranger", OTHER), ("Owner", OWN)]
    made = {}
    for name, password in both if stranger_first else both[::-1]:
        made[name] = auth.sign_up(email, password, name)
    strangers, owners = auth.links(email) if stranger_first else auth.links(email)[::-1]

    assert refused(auth, strangers, OWN)  # the owner, or a mail scanner, follows the wrong one
    assert refused(auth, owners, OTHER)
    verified = auth.verify(owners, OWN)

    assert verified["user_id"] == made["Owner"]["user_id"]
    assert refused(auth, strangers, OTHER)
    assert auth.sign_in(email, OTHER) == "auth.invalid_credentials"
    assert auth.sign_in(email, OWN) == "answered"
    access = auth.call("authenticate", session_token=verified["session_token"])["access_token"]
    me = auth.services.call("auth", "me", access)
    workspace = auth.services.call("auth", "get_workspace", access)
    assert (me["name"], workspace["name"]) == ("Owner", "Owner's Workspace")
    assert workspace["id"] == made["Owner"]["workspace_id"]


def test_a_mail_scanner_burns_nothing(auth: Claimants) -> None:
    email = nobodys()
    auth.sign_up(email)
    (link,) = auth.links(email)
    for _ in range(3):
        assert refused(auth, link, "not the password")
    assert auth.verify(link)["session_token"]


def test_with_one_link_followed_every_other_of_that_address_is_dead(auth: Claimants) -> None:
    email, another = nobodys(), nobodys()
    for each in (email, another):
        auth.sign_up(each)
        assert auth.sign_in(each) == "auth.invalid_credentials"
    first, second = auth.links(email)

    auth.verify(second)

    assert refused(auth, first, "only-for-tests")
    kept = f"select (select count(*) from claim where email = '{email}'),"
    kept += f" (select count(*) from verification where identifier = '{email}' and used_at is null)"
    assert auth.rows(kept) == [(0, 0)]
    assert auth.verify(auth.links(another)[0])["session_token"]


def test_who_is_not_verified_is_answered_as_a_wrong_password_and_mailed_again(
    auth: Claimants,
) -> None:
    email = nobodys()
    auth.sign_up(email, OTHER)
    auth.sign_up(email, OWN)
    assert auth.sign_in(email, "a wrong password") == "auth.invalid_credentials"
    assert len(auth.links(email)) == 2
    assert auth.sign_in(email, OTHER) == "auth.invalid_credentials"
    *_, again = auth.links(email)
    assert refused(auth, again, OWN)
    assert auth.verify(again, OTHER)["session_token"]


def test_a_sixth_claim_takes_the_place_of_the_oldest(auth: Claimants) -> None:
    email = nobodys()
    passwords = [f"the password of number {number}" for number in range(6)]
    replies = []
    for password in passwords:
        replies.append(auth.sign_up(email, password))
        assert auth.links(email)
        auth.services.now += timedelta(minutes=30)  # else it would be mailed too often

    kept = f"select user_id from claim where email = '{email}' order by number"
    assert [row[0] for row in auth.rows(kept)] == [each["user_id"] for each in replies[1:]]
    oldest, *_, latest = auth.links(email)
    assert refused(auth, oldest, passwords[0])
    assert auth.verify(latest, passwords[5])["session_token"]


def test_a_claim_that_was_mailed_gives_way_to_mailed_ones_alone(auth: Claimants) -> None:
    email = nobodys()
    auth.sign_up(email, OWN)
    for number in range(8):  # two of them are mailed
        auth.sign_up(email, f"the password of number {number}")

    own, *_ = links = auth.links(email)

    assert len(links) == 3
    kept = f"select mailed from claim where email = '{email}' order by number"
    assert auth.rows(kept) == [(True,)] * 3 + [(False,)] * 2
    auth.services.now += timedelta(hours=1)
    assert auth.sign_in(email, "the password of number 7") == "auth.invalid_credentials"
    assert len(auth.links(email)) == 4
    assert auth.verify(own, OWN)["session_token"]


def test_of_two_claims_verified_at_once_one_wins(auth: Claimants) -> None:
    for _ in range(5):  # rivals do not always meet
        email, passwords = nobodys(), (OWN, OTHER)
        for password in passwords:
            auth.sign_up(email, password)
        start = Barrier(2)

        def verify(proof: tuple[str, str], start: Barrier = start) -> str:
            start.wait()
            return auth.code("verify_email", token=proof[0], password=proof[1])

        with ThreadPoolExecutor(2) as rivals:
            codes = list(rivals.map(verify, zip(auth.links(email), passwords, strict=True)))

        assert sorted(codes) == ["answered", "auth.token_invalid"]
        let_in = [auth.sign_in(email, password) == "answered" for password in passwords]
        assert let_in == [code == "answered" for code in codes]


def test_a_verification_that_fails_at_its_end_has_spent_nothing(auth: Claimants) -> None:
    email = nobodys()
    auth.sign_up(email)
    (link,) = auth.links(email)
    with psycopg.connect(auth.services.owners["auth"], autocommit=True) as owner:
        owner.execute(b"alter table session add constraint struck check (false) not valid")
        with pytest.raises(Internal):
            auth.verify(link)
        owner.execute(b"alter table session drop constraint struck")
    assert auth.verify(link)["session_token"]


def test_a_repeat_under_the_same_key_is_answered_with_the_same_password_alone(
    auth: Claimants,
) -> None:
    email = nobodys()
    auth.sign_up(email)
    (link,) = auth.links(email)
    first = auth.verify(link, idempotency_key="mine")
    assert auth.verify(link, idempotency_key="mine") == {**first, "session_token": None}
    with pytest.raises(Rejected) as refusal:
        auth.verify(link, OTHER, idempotency_key="mine")
    assert refusal.value.code == "auth.token_invalid"


def test_the_very_link_that_verified_is_answered_once_more_without_a_session(
    auth: Claimants,
) -> None:
    email = nobodys()
    made = auth.sign_up(email)
    (link,) = auth.links(email)
    auth.verify(link)
    again = {"user_id": made["user_id"], "session_token": None, "expires_at": None}
    assert auth.verify(link) == again
    assert refused(auth, link, OTHER)
    auth.services.now += timedelta(days=2)  # a reader that comes back late
    assert auth.verify(link) == again


def test_a_claim_lives_as_long_as_its_latest_link(auth: Claimants) -> None:
    email, hour = nobodys(), timedelta(hours=1)
    auth.sign_up(email)
    assert auth.links(email)
    auth.services.now += 23 * hour
    assert auth.sign_in(email) == "auth.invalid_credentials"
    first, second = auth.links(email)
    auth.services.now += 23 * hour
    prune(auth)
    assert refused(auth, first, "only-for-tests")
    assert auth.verify(second)["session_token"]

    auth.sign_up(late := nobodys())
    (link,) = auth.links(late)
    auth.services.now += 24 * hour
    assert refused(auth, link, "only-for-tests")
    assert auth.sign_in(late) == "auth.invalid_credentials"
    assert len(auth.links(late)) == 1
    auth.services.now += timedelta(days=9)
    prune(auth)
    kept = "select (select count(*) from claim), (select count(*) from verification),"
    kept += " (select count(*) from mailed)"
    assert auth.rows(kept) == [(0, 0, 0)]


def prune(auth: Claimants) -> None:
    for each in auth.services.parts["auth"].schedules:
        if each.name in ("prune_verifications", "prune_claims", "prune_mailed"):
            each.run(auth.app)


def test_nobody_claims_a_system_admins_address(auth: Claimants) -> None:
    email = nobodys()
    auth.sign_up(email, OTHER)
    (link,) = auth.links(email)
    admins.create_system_admin(auth.app, email.upper(), OWN)
    assert refused(auth, link, OTHER)
    auth.sign_up(email, OTHER)
    assert auth.rows(f"select 1 from claim where email = '{email}'") == []
    assert auth.mailed(email)[-1] == "Somebody tried to sign up with your address"


def test_two_ways_to_write_an_address_are_one_account(auth: Claimants) -> None:
    auth.verified("Weiß@blåbær.no")
    assert auth.sign_in("WEISS@xn--blbr-roah.no") == "answered"
    auth.sign_up("weiss@BLÅBÆR.no", OTHER)
    assert auth.mailed("weiß@blåbær.no")[-1] == "Somebody tried to sign up with your address"
    sent = sorted((auth.services.folder / "mail").glob("*.eml"))[-1].read_bytes()
    assert "To: Weiß@xn--blbr-roah.no\n".encode() in sent  # as its owner has written it
