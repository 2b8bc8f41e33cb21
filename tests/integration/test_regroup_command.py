"""A group's members as operators make them and see them: by `regroup` and by `suitectl`."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from contracts import HEARS, SERVICES
from embedded import assembly
from integration.stages.operated_site import Operated
from servers.rabbit_node import free_ports

ENDS_S = 120.0
NAMES = ["billing.1of2", "billing.2of2"]


@pytest.fixture
def variables(site: Operated, tmp_path: Path) -> Mapping[str, str]:
    """What billing's processes are told."""
    urls = {each: "http://localhost:1" for each in SERVICES}
    given = assembly.environment("billing", tmp_path, site.servers.keys, urls) | {
        "ENV": "demo",
        "DATABASE_URL": site.servers.database_url("billing", "app"),
        "AMQP_URI": site.servers.broker_url("billing"),
        "SUITE": site.servers.keys["suite"],
        "INTERNAL_PORT": str(*free_ports(1)),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    assembly.make_folders(given)
    return given


def billing(variables: Mapping[str, str], *command: str) -> tuple[int, str]:
    """Run `python -m billing`; return its exit code and the last line that it says."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "billing", *command],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=ENDS_S,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()[-1]


def test_a_service_is_given_members_and_operators_see_each_of_them(
    site: Operated, variables: Mapping[str, str]
) -> None:
    said = billing(variables, "regroup", "2", "--who", "kari")
    assert said == (0, f"billing hears as {', '.join(NAMES)}")
    rows = site.sql("billing", "select consumer, source from cursors order by source, consumer")
    assert rows == [
        {"consumer": name, "source": source} for source in HEARS["billing"] for name in NAMES
    ]
    # this site has no other service
    site.sql("billing", "delete from cursors where source <> 'auth'")
    site.look()
    assert [(each["consumer"], each["behind"]) for each in site.read("lag")] == [
        (name, 0) for name in NAMES
    ]
    findings = {each["check"]: each for each in site.read("doctor")}
    assert all(findings[f"{name} hears auth"]["ok"] for name in NAMES)
    assert ("kari", "regroup") in site.audited("billing")

    site.sql("billing", "update projection_builds set digest = 'of other code'")
    code, line = billing({**variables, "MEMBER": "1/3"}, "work")
    assert code == 1
    assert "chassis.not_a_member" in line and line.endswith("set MEMBER to one of them or regroup")
    # it would have written rows next, and has said so
    noted = site.sql("billing", "select distinct digest from projection_builds")
    assert noted == [{"digest": None}]
    code, line = billing({**variables, "MEMBER": "3/2"}, "work")
    assert code == 1 and "'3/2' is not like 2/3" in line


def test_what_a_member_has_parked_is_looked_at_and_tried_again_by_its_name(site: Operated) -> None:
    site.sql(
        "billing",
        "update cursors set consumer = 'billing.2of2';"
        " insert into cursors select 'billing.1of2', source, position, event_id from cursors;"
        " insert into parked values ('billing.2of2', 'auth', 1, 'workspace-1',"
        ' \'{"type": "auth.workspace_created", "id": "1"}\', null, 6, now(), true)',
    )
    (row,) = site.read("parked", "list")
    assert (row["consumer"], row["dead"]) == ("billing.2of2", True)
    assert "nothing_parked" in site.refused(
        "parked", "retry", "billing.1of2", "auth", "workspace-1"
    )
    site.read("parked", "retry", "billing.2of2", "auth", "workspace-1")
    (job,) = site.sql("billing", "select args from jobs where kind = 'redrive'")
    assert job["args"] == {"consumer": "billing", "source": "auth", "stream_id": "workspace-1"}
    assert "not_stopped" in site.refused("fork", "billing.1of2", "auth")
