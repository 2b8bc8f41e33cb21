"""Settings: the environment is checked whole, and every fault is named."""

from dataclasses import make_dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from chassis import settings
from chassis.domain import value
from chassis.settings import Misconfigured


@value
class Settings:
    database_url: str
    workers: int
    mail: Literal["folder", "smtp"]
    strict: bool
    app_url: str = "http://localhost"


GOOD = {"DATABASE_URL": "postgresql://x", "WORKERS": "4", "MAIL": "folder", "STRICT": "true"}


def test_variables_become_fields() -> None:
    loaded = settings.load(Settings, {**GOOD, "UNRELATED": "x", "app_url": "ignored"})
    assert loaded == Settings(database_url="postgresql://x", workers=4, mail="folder", strict=True)


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(Misconfigured) as caught:
        settings.load(Settings, {"MAIL": "pigeon", "WORKERS": "four"})
    parts = str(caught.value).split("; ")
    assert [part.partition(":")[0] for part in parts] == [
        "DATABASE_URL",
        "MAIL",
        "STRICT",
        "WORKERS",
    ]
    assert "Missing data" in parts[0]


@pytest.mark.parametrize(
    "name,written",
    [
        ("WORKERS", "4.0"),
        ("WORKERS", ""),
        ("WORKERS", "--4"),
        ("WORKERS", "²"),
        ("WORKERS", "1_000"),
        ("STRICT", "yes"),
        ("STRICT", "1"),
        ("MAIL", "Folder"),
        ("DATABASE_URL", "a\x00"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(name: str, written: str) -> None:
    with pytest.raises(Misconfigured, match=f"^{name}: "):
        settings.load(Settings, {**GOOD, name: written})


@pytest.mark.parametrize("written,expected", [("-3", -3), ("007", 7), ("0", 0)])
def test_whole_numbers_are_read(written: str, expected: int) -> None:
    assert settings.load(Settings, {**GOOD, "WORKERS": written}).workers == expected


@pytest.mark.parametrize("written,expected", [("TRUE", True), ("False", False)])
def test_true_and_false_are_read_in_any_case(written: str, expected: bool) -> None:
    assert settings.load(Settings, {**GOOD, "STRICT": written}).strict is expected


def test_without_an_argument_the_process_environment_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, written in GOOD.items():
        monkeypatch.setenv(name, written)
    loaded: Any = settings.load(Settings)
    assert loaded.database_url == "postgresql://x"


def test_a_variable_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://secret\n")
    given = {**GOOD, "DATABASE_URL_FILE": str(tmp_path / "url")}
    del given["DATABASE_URL"]
    assert settings.load(Settings, given).database_url == "postgresql://secret"


def test_what_is_given_twice_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    given = {**GOOD, "DATABASE_URL_FILE": "x", "APP_URL_FILE": str(tmp_path / "nowhere")}
    with pytest.raises(Misconfigured) as caught:
        settings.load(Settings, given)
    first, second = str(caught.value).split("; ")
    assert first.startswith("APP_URL: [Errno 2]")
    assert second == "DATABASE_URL: given twice, as DATABASE_URL and as DATABASE_URL_FILE"


def test_every_setting_is_listed_with_its_origin_and_without_its_secret(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("folder")
    given = {"DATABASE_URL": "postgresql://me:pw@host/x", "MAIL_FILE": str(tmp_path / "mail")}
    rows = {each.variable: (each.shown, each.origin) for each in settings.listed(Settings, given)}
    assert rows == {
        "DATABASE_URL": ("(set)", "environment"),
        "WORKERS": ("", "missing"),
        "MAIL": ("folder", str(tmp_path / "mail")),
        "STRICT": ("", "missing"),
        "APP_URL": ("http://localhost", "default"),
    }


@pytest.mark.parametrize(
    "variable,written,shown",
    [
        ("SIGNING_KEY", "-----BEGIN", "(set)"),
        ("BLOBS_KEY", "abc", "(set)"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_x", "(set)"),
        ("SIGNING_KEY_ID", "1", "1"),
        ("PUBLIC_URL", "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("AMQP_URI", "amqp://billing:pw@rabbit/ai", "(set)"),
        ("DATABASE_URL", "postgresql://app:pa/ss@host/db", "(set)"),
        ("DATABASE_URL", "postgresql://host/db?user=app&password=ss", "(set)"),
        ("SELLER_ADDRESS", "Street 1\n0001 Oslo", "Street 1 …"),
    ],
)
def test_only_what_is_confidential_is_hidden(variable: str, written: str, shown: str) -> None:
    kind = make_dataclass("Kind", [(variable.lower(), str)], frozen=True, kw_only=True)
    assert [each.shown for each in settings.listed(kind, {variable: written})] == [shown]
