"""What a setting may be, alone and beside others; all that cannot be is said at once."""

import json
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest

from auth.settings import Settings as AuthSettings
from chassis import settings
from chassis.door.tokens import new_key_pair
from chassis.running.process import ProcessSettings
from chassis.settings import Misconfigured

PRIVATE, PUBLIC = new_key_pair()
OTHER_PRIVATE, OTHER_PUBLIC = new_key_pair()
PROCESS = {"AMQP_URI": "amqp://billing:secret@localhost/ai-studio"}
AUTH = {
    "ENV": "demo",
    "DATABASE_URL": "postgresql://auth_app:secret@localhost:5432/auth",
    "PUBLIC_KEYS": json.dumps({"1": PUBLIC, "2": OTHER_PUBLIC}),
    "SIGNING_KEY_ID": "1",
    "SIGNING_KEY": PRIVATE,
    "SECRET_KEY": "only-for-tests-and-long-enough-so",
    "SECRET_KEYS": "b25seS1mb3ItdGVzdHMtMzItYnl0ZXMtb2Yta2V5LiE=",
    "MAIL": "folder",
    "MAIL_FOLDER": "mail",
    "MAIL_SENDER": "no-reply@ai-studio.example",
    "APP_URL": "https://ai-studio.example",
    "PUBLIC_URL": "https://auth.ai-studio.example",
    "BLOBS": "folder",
    "BLOBS_FOLDER": gettempdir(),
    "BLOBS_KEY": "only-for-tests-and-long-enough-too",
    "WORK_FOLDER": gettempdir(),
}


def faults(cls: type[Any], given: dict[str, str], *, here: bool = False) -> list[str]:
    """Return what is said to be wrong."""
    try:
        settings.load(cls, given, here=here)
    except Misconfigured as error:
        return list(error.args)
    return []


@pytest.mark.parametrize(
    "variable,written",
    [
        *(("HTTP_PORT", each) for each in ("0", "-1", "65536", "x", "")),
        *(("INTERNAL_PORT", each) for each in ("0", "65536")),
        ("INTERNAL_PORT", "8000"),
        ("HTTP_PER_ADDRESS", "0"),
        ("MAX_WORKERS", "0"),
        ("MAX_REQUEST_BYTES", "-1"),
        ("JOB_THREADS", "-1"),
        ("MEMBER", "3/2"),
        ("TRUSTED_PROXIES", "proxy"),
        *(("AMQP_URI", each) for each in ("", "http://rabbit/", "amqp://rabbit:70000/")),
        ("AMQP_URI", "amqp://u:se/cret@rabbit/"),
        ("AMQP_URI", "amqp://u:secret@rabbit:0/"),
    ],
)
def test_a_process_is_told_of_nothing_that_cannot_be(variable: str, written: str) -> None:
    (fault,) = faults(ProcessSettings, {**PROCESS, variable: written})
    named = "HTTP_PORT" if written == "8000" else variable
    assert fault.startswith(f"{named}: ")
    assert "'se'" not in fault and "secret" not in fault  # of a password that is not encoded


@pytest.mark.parametrize(
    "variable,written",
    [
        *(("DATABASE_URL", each) for each in ("auth", "mysql://a:secret@b/c", "sqlite:///auth")),
        *(("DATABASE_URL", f"postgresql://a:secret@b:{each}/c") for each in ("0", "70000", "x")),
        *(("PUBLIC_KEYS", each) for each in ("{}", "abc", "[]", "", '{"1": 7}', '{"1": "PEM"}')),
        ("PUBLIC_KEYS", json.dumps({"1": PUBLIC, "2": {"kty": "OKP"}})),
        ("PUBLIC_KEYS", json.dumps({"1": PRIVATE})),
        *(("SIGNING_KEY", each) for each in ("", "secret", PUBLIC)),
        ("SIGNING_KEY_ID", " "),
        ("SECRET_KEY", "secret"),
        ("MAIL_FOLDER", ""),
        *(("MAIL_SENDER", each) for each in ("", "somebody", "a@b@c", "a b@example.com")),
        *(("APP_URL", each) for each in ("", "app", "ftp://app/", "https://", "https://a b/")),
        *(("APP_URL", f"https://app{each}") for each in (":0", ":70000", "/?x=1", "/#x")),
    ],
)
def test_a_service_is_told_of_nothing_that_cannot_be(variable: str, written: str) -> None:
    assert faults(AuthSettings, AUTH) == []
    (fault,) = faults(AuthSettings, {**AUTH, variable: written})
    assert fault.startswith(f"{variable}: ")
    assert "secret" not in fault and "BEGIN" not in fault and "\n" not in fault


@pytest.mark.parametrize(
    "key_id,pem,said",
    [
        ("2", PRIVATE, "is not the private key of '2'"),
        ("1", OTHER_PRIVATE, "is not the private key of '1'"),
        ("3", PRIVATE, "signs as '3', which PUBLIC_KEYS does not name"),
        ("2", OTHER_PRIVATE, None),
    ],
)
def test_a_key_that_signs_what_nobody_believes_is_refused(
    key_id: str, pem: str, said: str | None
) -> None:
    found = faults(AuthSettings, {**AUTH, "SIGNING_KEY_ID": key_id, "SIGNING_KEY": pem})
    assert len(found) == (said is not None)
    assert all(each.startswith(f"SIGNING_KEY: {said}") for each in found)


def test_what_lacks_hides_nothing_else_that_is_wrong() -> None:
    given = {**AUTH, "MAIL": "pigeon", "SIGNING_KEY_ID": "3", "SECRET_KEY": "short"}
    del given["DATABASE_URL"]
    named = [each.partition(":")[0] for each in faults(AuthSettings, given)]
    assert named == ["DATABASE_URL", "MAIL", "SECRET_KEY", "SIGNING_KEY"]


def test_a_folder_is_asked_of_the_machine_where_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder, said in (
        (tmp_path, None),
        (tmp_path / "nowhere", "No such file or directory"),
        (tmp_path / "file", "Not a directory"),
        (Path("/proc"), "cannot be written"),
    ):
        given = {**AUTH, "MAIL_FOLDER": str(folder)}
        assert faults(AuthSettings, given) == []
        found = faults(AuthSettings, given, here=True)
        assert len(found) == (said is not None)
        assert all(each.startswith("MAIL_FOLDER: ") and str(said) in each for each in found)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("host", ["192.0.2.1", "300.1.2.3", "no host", "a" * 64 + ".x", ""])
def test_a_door_opens_at_an_address_of_this_machine(host: str) -> None:
    assert faults(ProcessSettings, {**PROCESS, "HTTP_HOST": host}) == []
    (fault,) = faults(ProcessSettings, {**PROCESS, "HTTP_HOST": host}, here=True)
    assert fault.startswith("HTTP_HOST: ")


def test_it_may_be_written_as_one_likes() -> None:
    for host in ("127.0.0.1", "0.0.0.0", "localhost"):  # noqa: S104
        assert faults(ProcessSettings, {**PROCESS, "HTTP_HOST": host}, here=True) == []
