"""`python -m <service> check`, and a start, by settings that cannot be or name what is away."""

import json
import os
import subprocess
import sys

import pytest

from chassis.door.tokens import new_key_pair

GIVEN = {
    "ENV": "demo",
    "PUBLIC_KEYS": json.dumps({"1": new_key_pair()[1]}),
    "DATABASE_URL": "postgresql://affiliate_app:p4ssword@127.0.0.1:1/affiliate",
    "AMQP_URI": "amqp://affiliate:p4ssword@127.0.0.1:1/ai-studio",
    "PUBLIC_URL": "http://127.0.0.1:1",
    "BLOBS": "folder",
    "BLOBS_FOLDER": "/tmp",  # noqa: S108 - nothing is written there
    "BLOBS_KEY": "k" * 43,
    "BLOBS_ORIGINS": "https://ai-studio.example",
    "MAIL": "folder",
    "MAIL_FOLDER": "/tmp",  # noqa: S108
    "MAIL_SENDER": "no-reply@ai-studio.example",
    "SELLER_NAME": "AI Studio AS",
    "SELLER_ORGANIZATION_NUMBER": "123456785",
    "SELLER_ADDRESS": "Storgata 1",
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


WRONG = {
    **GIVEN,
    "PUBLIC_KEYS": "abc",
    "JOB_THREADS": "-1",
    "HTTP_PORT": "9000",
    "INTERNAL_HOST": "192.0.2.1",
}
FAULTS = ["PUBLIC_KEYS", "HTTP_PORT", "INTERNAL_HOST", "JOB_THREADS"]


def test_all_that_cannot_be_is_told_at_once_a_line_each_and_to_machines_as_json() -> None:
    code, told = check(WRONG)
    assert code == 1
    lines = [line for line in told.splitlines() if line.startswith("! ")]
    assert [line.split()[1] for line in lines] == [f"{each}:" for each in FAULTS]
    code, told = check(WRONG, "check", "--json")
    assert code == 1
    said = json.loads(told)
    assert [f"! {each}" for each in said["faults"]] == lines
    shown = {each["variable"]: (each["shown"], each["origin"]) for each in said["settings"]}
    assert shown["JOB_THREADS"] == ("-1", "environment") and shown["MEMBER"] == ("1/1", "default")
    assert shown["DATABASE_URL"] == ("(set)", "environment") and "p4ssword" not in told


@pytest.mark.parametrize("role", ["serve", "work"])
def test_the_same_stops_a_start_in_one_line(role: str) -> None:
    code, told = check(WRONG, role)
    assert code == 1
    (line,) = told.splitlines()
    assert line.startswith(f"affiliate {role}: ")
    assert all(f" {each}: " in line for each in FAULTS)


def check(given: dict[str, str], *asked: str) -> tuple[int, str]:
    """Return the exit code and all that is printed."""
    clean = {"PATH": os.environ["PATH"], **given}
    command = [sys.executable, "-W", "ignore", "-m", "affiliate", *(asked or ("check",))]
    ended = subprocess.run(
        command, env=clean, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60
    )
    return ended.returncode, ended.stdout
