"""`suitectl admin create`, as an operator runs it on auth's host."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from chassis.errors import Unauthenticated
from embedded.keys import keys
from embedded.suite import Suite

CHECKOUT = Path(__file__).parents[2]
ROOTS = os.pathsep.join(str(CHECKOUT / root) for root in ("services", "shared", "deploy"))
EMAIL = "operator@ai-studio.example"
PASSWORD = "a long password"


@pytest.fixture(scope="module")
def suite(run_folder: Path) -> Iterator[Suite]:
    """A suite of these tests alone: admins made here are no part of the main job."""
    with Suite(run_folder / "admins", durable=False) as running:
        yield running


@pytest.fixture(scope="module")
def database(suite: Suite) -> Mapping[str, str]:
    """Where auth itself connects, as its environment says it."""
    held = keys(suite.data_dir)
    url = suite.server.url("auth_app", held["roles"]["auth_app"], "auth")
    return {"DATABASE_URL": url, "SUITE": held["suite"], "APP_URL": "https://app.example"}


def create_admin(
    database: Mapping[str, str], email: str = EMAIL, password: str | None = PASSWORD
) -> subprocess.CompletedProcess[str]:
    how = [] if password is None else ["--password-stdin"]
    environment = {name: os.environ[name] for name in os.environ if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "suitectl", "admin", "create", "--email", email, *how],
        input=f"{password}\n",
        env={**environment, **database, "PYTHONPATH": ROOTS},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def complaint(ended: subprocess.CompletedProcess[str]) -> str:
    """Return the one line on stderr of a command that did nothing."""
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = ended.stderr.splitlines()
    return line


def test_an_admin_made_on_the_host_signs_in_as_one(
    suite: Suite, database: Mapping[str, str]
) -> None:
    made = create_admin(database)

    assert (made.returncode, made.stderr) == (0, "")
    session = suite.call("auth", "sign_in", None, email=EMAIL, password=PASSWORD)
    access = suite.call("auth", "authenticate", None, session_token=session["session_token"])
    assert made.stdout == f"system admin {access['user_id']}\n"
    listed = "select is_system_admin, email_verified from \"user\" where email = '{}'"
    assert suite.sql("auth", listed.format(EMAIL)) == [
        {"is_system_admin": True, "email_verified": True}
    ]
    every_workspaces = suite.call("affiliate", "affiliate_stats", access["access_token"])
    assert every_workspaces["pending_ore"] == 0


def test_an_admin_made_without_a_password_chooses_it_by_the_link_that_is_printed(
    suite: Suite, database: Mapping[str, str]
) -> None:
    email = "linked@ai-studio.example"
    made = create_admin(database, email, None)

    assert (made.returncode, made.stderr) == (0, "")
    name, _, link = made.stdout.splitlines()
    found = re.fullmatch(r"https://app\.example/reset-password\?token=(\S+)", link)
    assert found is not None
    reset = suite.call("auth", "reset_password", None, token=found[1], new_password=PASSWORD)
    assert name == f"system admin {reset['user_id']}"
    assert suite.call("auth", "sign_in", None, email=email, password=PASSWORD)["session_token"]


def test_a_known_address_is_refused_and_keeps_its_password(
    suite: Suite, database: Mapping[str, str]
) -> None:
    email = "known@ai-studio.example"
    assert create_admin(database, email).returncode == 0

    refused = create_admin(database, email, "another long password")

    assert complaint(refused).startswith("suitectl: auth.email_taken")
    assert suite.call("auth", "sign_in", None, email=email, password=PASSWORD)["session_token"]
    with pytest.raises(Unauthenticated):
        suite.call("auth", "sign_in", None, email=email, password="another long password")


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [("short@ai-studio.example", "2 short", "password"), ("no address", PASSWORD, "email")],
)
def test_what_a_sign_up_would_refuse_is_refused_by_name(
    suite: Suite, database: Mapping[str, str], email: str, password: str, field: str
) -> None:
    line = complaint(create_admin(database, email, password))

    assert line.startswith("suitectl: chassis.invalid_argument")
    assert field in line
    assert password not in line
    found = suite.sql("auth", f"select count(*) as n from personal where value = '{email}'")
    assert found == [{"n": 0}]


def test_without_a_database_the_missing_setting_is_named() -> None:
    assert complaint(create_admin({})).startswith("suitectl: DATABASE_URL: ")
