"""Which ways past topic rights a broker leaves open: by what it says of its version."""

from types import SimpleNamespace
from typing import Any

import pytest

from chassis.broker import detours

OLD = ("3.10.8", "3.13.7", "4.0.2", "4.0.1+5", "", "unknown", None)
NEW = ("4.0.3", "4.0.10", "4.1.0-rc.1", "10.0.0")


def of(version: object) -> detours.Detours:
    """Return those of a broker that says of itself that it is this version."""
    channel: Any = SimpleNamespace(
        connection=SimpleNamespace(server_properties={"version": version})
    )
    return detours.of(channel)


@pytest.mark.parametrize("version", OLD)
def test_an_older_brokers_copies_are_seen(version: str | None) -> None:
    found = of(version)
    assert found.taken({"CC": ["auth.sign_in"]}, "billing.describe", "billing.") == "CC"
    assert found.taken({"CC": []}, "invoice_paid") == "CC"
    assert found.taken({}, "billing.describe", "auth.") == "key"  # BCC named auth's
    assert found.taken({"nameko.cc": 1, "cc": 1}, "billing.describe", "billing.") is None
    assert found.taken(None, "invoice_paid") is None


@pytest.mark.parametrize("version", NEW)
def test_a_newer_broker_compares_copies_itself(version: str) -> None:
    found = of(version)
    assert found.taken({"CC": ["auth.sign_in"]}, "billing.describe", "billing.") is None
    assert found.taken({}, "billing.describe", "auth.") is None


@pytest.mark.parametrize("version", [*OLD, *NEW])
def test_a_dead_letter_is_refused_by_all(version: str | None) -> None:
    assert of(version).taken({"x-death": []}, "billing.describe", "billing.") == "x-death"
