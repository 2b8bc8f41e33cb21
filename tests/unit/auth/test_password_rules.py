"""Which passwords are refused, and that no others are: there are no rules of composition."""

import pytest

from auth.acts.password_rules import require
from auth.gateways.common_passwords import COMMON
from chassis.errors import Invalid


def code(password: str) -> str | None:
    """Return what a password of Kari's is refused with."""
    try:
        require(
            password,
            name="Kari Nordmann",
            address="kari.lie@example.com",
            workspace="Bolig & Foto AS",
            field="new_password",
        )
    except Invalid as refusal:
        assert list(refusal.details["fields"]) == ["new_password"]
        return refusal.code
    return None


@pytest.mark.asvs("6.2.4")
@pytest.mark.parametrize("password", ["password", "PassWord", "12345678", "greyhoun", "iloveyou"])
def test_what_is_tried_first_is_too_common(password: str) -> None:
    assert code(password) == "auth.password_too_common"


@pytest.mark.asvs("6.2.11")
@pytest.mark.parametrize(
    "password",
    [
        "karinordmann",
        "Kari Nordmann",
        "KARI.NORDMANN!",
        "2026karinordmann99",
        "kari.lie",
        "Kari.Lie1",
        "boligfotoas",
        "Bolig & Foto AS",
        "AIStudio",
        "ai-studio-2026",
        "ＡＩstudio",
    ],
)
def test_what_says_whose_it_is_is_refused(password: str) -> None:
    assert code(password) == "auth.password_is_context"


@pytest.mark.asvs("6.2.5")
@pytest.mark.parametrize(
    "password",
    [
        "karinordmanns hus",
        "nordmann kari",
        "kari the second",
        "aaaaaaaaa b",
        "98765432101234",
        "correct horse battery",
        "        ",
    ],
)
def test_nothing_else_is(password: str) -> None:
    assert code(password) is None


def test_nobody_without_a_name_has_every_password_of_digits_for_theirs() -> None:
    require("9876 5432 10", name="", address="1234@example.com")


def test_the_list_holds_the_three_thousand_most_common_of_eight_characters_or_more() -> None:
    assert len(COMMON) == 3_000
    assert min(map(len, COMMON)) == 8
