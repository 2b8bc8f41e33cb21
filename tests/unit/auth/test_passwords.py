"""Passwords: argon2id, the seed's bcrypt once more, and as much work for nobody's password."""

import time
from collections.abc import Callable
from statistics import median

import bcrypt
import pytest
from argon2 import PasswordHasher

from auth.gateways import passwords

PASSWORD = "correct horse æøå"
OLD = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(rounds=4)).decode()


def test_a_hash_is_argon2id_with_the_parameters_of_the_rule() -> None:
    kept = passwords.hashed(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.hashed(PASSWORD) != kept  # a salt of its own


def test_the_right_password_matches_and_a_wrong_one_does_not() -> None:
    kept = passwords.hashed(PASSWORD)
    assert passwords.matches(kept, PASSWORD)
    for wrong in ("", PASSWORD + " ", PASSWORD.upper(), kept):
        assert not passwords.matches(kept, wrong)


# made elsewhere, each by the command beside it
MADE_ELSEWHERE = {
    # htpasswd -nbB -C 4 kari 'correct horse æøå'        (Apache 2.4.71)
    "htpasswd": "$2y$04$7Z/c.YyCLiUeF7Os9/UklebiZyOYUVxendSQQIJbhyZR.YtN2.sJW",
    # require('bcryptjs').hashSync('correct horse æøå', 4)        (bcryptjs 3.0.3)
    "bcryptjs": "$2b$04$jmjbeBN4SQ/RyY1rJY/adeHZNWKC3vr4j49QnUyn0dCvSk.hM4IAm",
}
LONG_MADE_ELSEWHERE = {
    # htpasswd -nbB -C 4 kari "$(python3 -c "print('x' * 72 + 'one')")"
    "htpasswd": "$2y$04$aCfkUP4owuFFza.37192seMXJKh1cjEzfaqkajk71d3i89IhSP.MK",
    # require('bcryptjs').hashSync('x'.repeat(72) + 'one', 4)
    "bcryptjs": "$2b$04$PWNJu.m69KLCPAT.HB98GeDlcVwdhpATvJJ/2rTnIRfM7oX1XSqru",
}


@pytest.mark.parametrize("maker", MADE_ELSEWHERE)
def test_bcrypt_hashes_that_others_made_match_and_are_outdated(maker: str) -> None:
    kept, long = MADE_ELSEWHERE[maker], LONG_MADE_ELSEWHERE[maker]
    assert passwords.matches(kept, PASSWORD) and passwords.outdated(kept)
    assert not passwords.matches(kept, PASSWORD.upper())
    assert passwords.matches(long, "x" * 72 + "one") and passwords.matches(long, "x" * 72 + "two")
    stronger = passwords.hashed("x" * 72 + "one")
    assert passwords.matches(stronger, "x" * 72 + "one")
    assert not passwords.matches(stronger, "x" * 72 + "two")


@pytest.mark.parametrize("prefix", ["$2a$", "$2b$", "$2y$"])
def test_the_seeds_bcrypt_hashes_still_match_and_are_outdated(prefix: str) -> None:
    kept = prefix + OLD[4:]
    assert passwords.matches(kept, PASSWORD)
    assert not passwords.matches(kept, "wrong")
    assert passwords.outdated(kept)


def test_a_long_password_matches_its_bcrypt_hash_by_its_first_72_bytes() -> None:
    long = "x" * 72
    kept = bcrypt.hashpw(long.encode(), bcrypt.gensalt(rounds=4)).decode()
    assert passwords.matches(kept, long + "never looked at")


def test_todays_hash_is_not_outdated_and_a_weaker_one_is() -> None:
    assert not passwords.outdated(passwords.hashed(PASSWORD))
    weaker = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    assert passwords.matches(weaker, PASSWORD)
    assert passwords.outdated(weaker)


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$broken", "$1$md5", "$2b$04$broken"])
def test_what_is_no_hash_matches_nothing(kept: str) -> None:
    assert not passwords.matches(kept, PASSWORD)


def test_nobody_has_a_password() -> None:
    for password in (PASSWORD, "", "nobody has this password"):
        assert not passwords.matches(None, password)


def test_a_claims_hash_is_the_addresss_own() -> None:
    claimed = passwords.hashed_for("kari@example.com", PASSWORD)
    assert passwords.hashed_for("kari@example.com", PASSWORD) == claimed
    assert passwords.hashed_for("ola@example.com", PASSWORD) != claimed
    assert passwords.hashed_for("kari@example.com", PASSWORD + " ") != claimed
    assert passwords.matches(claimed, PASSWORD)
    assert not passwords.outdated(claimed)


def test_for_an_unknown_account_as_much_work_is_done_as_for_a_known_one() -> None:
    kept = passwords.hashed(PASSWORD)

    def work_s(work: Callable[[], object]) -> float:
        before = time.process_time()
        work()
        return time.process_time() - before

    known = median(work_s(lambda: passwords.matches(kept, "wrong")) for _ in range(9))
    for unknown in (
        lambda: passwords.matches(None, "wrong"),
        lambda: passwords.hashed_for("nobody@example.com", "wrong"),
    ):
        assert known / 2 < median(work_s(unknown) for _ in range(9)) < known * 2
