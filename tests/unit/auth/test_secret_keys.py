"""SECRET_KEYS: the first makes, all read; what is no list of keys is refused and not quoted."""

import pytest
from cryptography.fernet import InvalidToken

from auth.secret_keys import SecretKeys, fingerprint, new_key

OLD, NEW = new_key(), new_key()


def test_what_one_key_sealed_is_read_by_a_list_that_has_it() -> None:
    sealed = SecretKeys(OLD).sealed("a secret")
    assert "a secret" not in sealed
    assert SecretKeys(f"{NEW},{OLD}").opened(sealed) == "a secret"
    with pytest.raises(InvalidToken):
        SecretKeys(NEW).opened(sealed)


def test_what_is_sealed_again_needs_the_first_key_alone() -> None:
    sealed = SecretKeys(f"{NEW}, {OLD}").resealed(SecretKeys(OLD).sealed("a secret"))
    assert SecretKeys(NEW).opened(sealed) == "a secret"


def test_a_hash_is_found_under_every_key_and_for_its_purpose_alone() -> None:
    (kept,) = SecretKeys(OLD).hashes("device", "Firefox")
    now = SecretKeys(f"{NEW},{OLD}")
    assert kept in now.hashes("device", "Firefox")
    assert now.hashes("device", "Firefox")[0] == SecretKeys(NEW).hashes("device", "Firefox")[0]
    assert kept not in now.hashes("code", "Firefox") + now.hashes("device", "Chrome")


def test_a_fingerprint_tells_keys_apart_and_is_no_part_of_one() -> None:
    assert SecretKeys(f"{NEW},{OLD}").current == fingerprint(NEW) != fingerprint(OLD)
    assert fingerprint(NEW) not in NEW


@pytest.mark.parametrize(
    "written",
    ["", ",", "short", f"{OLD},", OLD[:-4], f"{OLD} {NEW}"],
    ids=["none", "a comma", "a word", "a comma too many", "too short", "no comma"],
)
def test_what_is_no_list_of_keys_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        SecretKeys(written)
