"""Rotating keys: three steps as the secrets file stands, and what each tells the services."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from auth.secret_keys import SecretKeys, fingerprint
from chassis.door.key_sets import believed
from chassis.errors import Conflict
from contracts import SERVICES
from suitectl import environment, inventory, keys, rotation
from suitectl.__main__ import main

EXAMPLE = Path(inventory.__file__).with_name("inventory.example.toml")
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTHING = partial(int, 0)


@pytest.fixture
def known() -> keys.Keys:
    return keys.completed({}, SERVICES, ("operator", *SERVICES))


def told(made: keys.Keys, service: str = "auth") -> dict[str, str]:
    return environment.service(inventory.load(EXAMPLE), made, service)


def public(made: keys.Keys) -> list[str]:
    return list(json.loads(told(made, "media")["PUBLIC_KEYS"]))


def signs(made: keys.Keys) -> str:
    """Return as which key auth signs, which is the one whose private half it has."""
    of = told(made)
    believed(of["SIGNING_KEY"], of["SIGNING_KEY_ID"], of["PUBLIC_KEYS"])
    return of["SIGNING_KEY_ID"]


def test_the_next_key_is_known_everywhere_then_signs_then_the_old_one_goes(
    known: keys.Keys,
) -> None:
    next_known = rotation.signing(known, AT).whole
    assert (public(next_known), signs(next_known)) == (["1", "2"], "1")
    signing = rotation.signing(next_known, AT).whole
    assert (public(signing), signs(signing)) == (["2", "1"], "2")
    gone = rotation.signing(signing, AT + rotation.TOKENS_LIVE).whole
    assert (public(gone), signs(gone)) == (["2"], "2")
    assert gone.keys() == known.keys()
    again = rotation.signing(gone, AT).whole
    assert public(again) == ["2", "3"]


def test_the_old_key_stays_while_its_tokens_may_live(known: keys.Keys) -> None:
    signing = rotation.signing(rotation.signing(known, AT).whole, AT).whole
    early = AT + rotation.TOKENS_LIVE - timedelta(microseconds=1)
    with pytest.raises(Conflict, match="12:06:00"):
        rotation.signing(signing, early)


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_key_that_leaked_goes_at_once_with_all_that_could_sign(
    known: keys.Keys, steps: int
) -> None:
    for _ in range(steps):
        known = rotation.signing(known, AT).whole
    made = rotation.signing_at_once(known).whole
    (only,) = public(made)
    assert only not in known["public_keys"]
    assert signs(made) == only
    assert not {"next_signing_key", "signing_since"} & made.keys()


def test_the_next_secret_reads_everywhere_then_encrypts_then_the_old_one_goes(
    known: keys.Keys,
) -> None:
    (old,) = known["secret_keys"]
    step = partial(rotation.secrets, left=NOTHING)
    reads = step(known, AT).whole
    first, new = told(reads)["SECRET_KEYS"].split(",")
    assert first == old
    assert SecretKeys(told(reads)["SECRET_KEYS"]).current == fingerprint(old)
    encrypts = step(reads, AT).whole
    assert told(encrypts)["SECRET_KEYS"] == f"{new},{old}"
    gone = step(encrypts, AT + timedelta(minutes=10)).whole
    assert told(gone)["SECRET_KEYS"] == new
    assert gone.keys() == known.keys()
    assert "SECRET_KEYS" not in told(gone, "media")


def test_the_old_secret_stays_while_anything_needs_it(known: keys.Keys) -> None:
    encrypts = rotation.secrets(rotation.secrets(known, AT, NOTHING).whole, AT, NOTHING).whole
    with pytest.raises(Conflict, match="codes"):
        rotation.secrets(encrypts, AT + timedelta(minutes=9), NOTHING)
    with pytest.raises(Conflict, match="^suitectl.still_sealed: 3 secrets"):
        rotation.secrets(encrypts, AT + timedelta(hours=1), lambda: 3)


def test_the_command_takes_a_step_and_prints_no_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "inventory.toml"
    shutil.copy(EXAMPLE, file)
    assert main(["keys", "rotate", "signing", str(file)]) == 1
    assert "suitectl init makes them" in capsys.readouterr().err
    assert main(["init", "--files-only", str(file)]) == 0
    capsys.readouterr()
    held: Any = keys.read(tmp_path / "secrets.json")
    assert main(["keys", "rotate", "signing", "--dry-run", str(file)]) == 0
    assert keys.read(tmp_path / "secrets.json") == held
    for what, named in (("signing", "next_signing_key"), ("secrets", "next_secret_key")):
        capsys.readouterr()
        assert main(["keys", "rotate", what, str(file)]) == 0
        said = capsys.readouterr().out
        made = keys.read(tmp_path / "secrets.json")
        assert named in made
        assert named in said
        assert "start " in said
        assert made[named] not in said
    assert main(["keys", "rotate", "signing", "--at-once", str(file)]) == 0
    assert list(keys.read(tmp_path / "secrets.json")["public_keys"]) == ["3"]
