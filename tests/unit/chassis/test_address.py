"""Whose broker user a process is, and by what names the suite knows others'."""

import pytest

from chassis.broker import address


@pytest.mark.parametrize(
    ("user", "prefix"),
    [
        ("billing", ""),
        ("second_billing", "second_"),
        ("a_second_billing", "a_second_"),
        ("auth", None),
        ("second_auth", None),
        ("billing_second", None),
        ("secondbilling", None),
        ("_billing", None),
        ("second-billing", None),
        ("guest", None),
    ],
)
def test_a_service_reads_its_suite_s_prefix_from_its_own_name(
    user: str, prefix: str | None
) -> None:
    assert address.prefix(f"amqp://{user}:secret@broker/ai-studio", "billing") == prefix


@pytest.mark.parametrize(
    ("prefix", "user", "known_as"),
    [
        ("", "billing", "billing"),
        ("", None, None),
        ("second_", "second_billing", "billing"),
        ("second_", "second_operator", "operator"),
        ("second_", "billing", None),  # another suite's, let in by mistake
        ("second_", "third_billing", None),
        ("second_", "", None),
        ("second_", None, None),
    ],
)
def test_a_user_is_known_without_the_prefix_and_without_it_is_nobody(
    prefix: str, user: str | None, known_as: str | None
) -> None:
    assert address.without(prefix, user) == known_as
