"""`python -m <service> check`, where what the settings name cannot be had."""

import os
import subprocess
import sys

import pytest

GIVEN = {
    "ENV": "demo",
    "PUBLIC_KEYS": "{}",
    "DATABASE_URL": "postgresql://affiliate_app:p4ssword@127.0.0.1:1/affiliate",
    "AMQP_URI": "amqp://affiliate:p4ssword@127.0.0.1:1/ai-studio",
}


def test_what_is_away_is_told_in_a_line_each_with_the_reason_and_no_password() -> None:
    code, told = check(GIVEN)
    assert code == 1
    database, broker = [line for line in told.splitlines() if line.startswith("! ")]
    assert database.startswith("! chassis.database_unavailable")
    assert broker.startswith("! chassis.broker_unavailable")
    assert "refused" in database and "refused" in broker
    assert "Traceback" not in told and "p4ssword" not in told


@pytest.mark.parametrize("uri", ["http://127.0.0.1:1/", "127.0.0.1:1", "amqp://127.0.0.1/?x=1"])
def test_an_address_that_is_no_brokers_is_a_wrong_setting(uri: str) -> None:
    code, told = check({**GIVEN, "AMQP_URI": uri})
    assert code == 1
    assert "! AMQP_URI: an AMQP URI " in told and "Traceback" not in told


def check(given: dict[str, str]) -> tuple[int, str]:
    """Return the exit code and all that is printed."""
    clean = {"PATH": os.environ["PATH"], **given}
    command = [sys.executable, "-m", "affiliate", "check"]
    ended = subprocess.run(
        command, env=clean, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60
    )
    return ended.returncode, ended.stdout
