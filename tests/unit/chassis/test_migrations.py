"""Where alembic finds a service's scripts."""

from pathlib import Path

import pytest

from chassis.database import migrations


def test_the_checkout_may_lie_in_a_folder_of_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "50 % of 'it': %(here)s" / "weighing"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(package.parent))
    made = migrations.config("weighing", "postgresql://")
    assert made.get_main_option("script_location") == str(package / "migrations")
