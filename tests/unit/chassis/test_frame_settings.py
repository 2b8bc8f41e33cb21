"""Settings: the environment is checked whole, and every fault is named."""

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
