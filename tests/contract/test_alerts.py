"""The alert rules as Prometheus itself reads them, where its `promtool` is installed.

What needs no promtool, that every alert has a case, a metric and a runbook, is tested everywhere:
`tests/unit/chassis/test_metrics.py`.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

RULES = Path(__file__).parents[2] / "deploy/prometheus"


@pytest.mark.parametrize(
    "command", [("check", "rules", "alerts.yml"), ("test", "rules", "alerts.test.yml")]
)
def test_prometheus_takes_the_rules_and_each_fires_within_its_time(command: tuple[str]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool here (package prometheus): when the alerts fire is not tested")
    asked = subprocess.run([promtool, *command], cwd=RULES, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stdout + asked.stderr
