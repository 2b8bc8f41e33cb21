"""An outage of broker and database together, as the log of one `work` process tells it."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from chassis.database import migrations
from contracts import SERVICES
from embedded import assembly
from embedded.keys import keys
from faults.suite import address, through
from integration.stages.a_cut_net import net
from integration.stages.service_database import service_database
from servers.postgres import Server
from servers.rabbit import Broker
from servers.rabbit_node import free_ports
from waiting import until

TURNS = 12  # so often the broker is asked in vain, and then the database


@pytest.mark.long  # loops that fail wait for up to 5 s
def test_each_loop_tells_an_outage_in_a_line_and_its_end_in_another(
    postgres_server: Server, broker: Broker, tmp_path: Path
) -> None:
    with (
        service_database(postgres_server, "affiliate") as owner_url,
        broker.vhost() as uri,
        net(("tcp", make_url(uri).port or 5672)) as to_broker,
        net(address(postgres_server)) as to_database,
    ):
        migrations.upgrade("affiliate", owner_url)
        app_url = owner_url.replace("affiliate_owner:", "affiliate_app:")
        urls = dict.fromkeys(SERVICES, "https://suite.example")
        given = assembly.environment("affiliate", tmp_path, keys(tmp_path), urls) | {
            "ENV": "demo",
            "AMQP_URI": make_url(uri).set(port=to_broker.port).render_as_string(False),
            "DATABASE_URL": through(app_url, to_database.port),
            "INTERNAL_PORT": str(*free_ports(1)),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        written = tmp_path / "log"
        with written.open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "affiliate", "work"], env=os.environ | given, stderr=log
            )

        def lines(message: str = "") -> list[dict[str, Any]]:
            said = [json.loads(line) for line in written.read_text("utf-8").splitlines()]
            return [line for line in said if message in line["message"]]

        try:
            until(lambda: lines("working"))
            until(lambda: "affiliate.hears.auth" in broker.ctl("list_queues", "-p", vhost(uri)))
            to_broker.cut()
            until(lambda: to_broker.sent_off > TURNS)
            to_database.cut()  # later: without it nobody asks the broker
            until(lambda: to_database.sent_off > TURNS)
            failing = {line["loop"] for line in lines("trying again")}
            during = [line for line in lines() if line["message"] != "working"]
            to_broker.mend()
            to_database.mend()
            until(lambda: {line["loop"] for line in lines("works again")} >= failing)
        finally:
            process.terminate()
            process.wait(60)
    # a loop that hears meets both, and its source besides; all others the database alone
    told = Counter((line["loop"], line["message"], line["code"]) for line in during)
    assert set(told.values()) == {1}
    assert len(during) <= 2 * len(failing)
    assert "Traceback" not in written.read_text("utf-8")


def vhost(uri: str) -> str:
    return uri.rpartition("/")[2]
