"""`work` that cannot start says why in one line, and ends."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from chassis.database import migrations
from contracts import SERVICES
from embedded import assembly
from embedded.keys import keys
from integration.stages.service_database import service_database
from servers.postgres import Server
from servers.rabbit import Broker
from servers.rabbit_node import free_ports

DEADLINE_S = 120.0


def test_without_room_for_its_schedules_it_says_so_in_one_line(
    postgres_server: Server, broker: Broker, tmp_path: Path
) -> None:
    with service_database(postgres_server, "affiliate") as owner_url, broker.vhost() as uri:
        migrations.upgrade("affiliate", owner_url)
        urls = dict.fromkeys(SERVICES, "https://suite.example")
        given = assembly.environment("affiliate", tmp_path, keys(tmp_path), urls) | {
            "ENV": "demo",
            "AMQP_URI": uri.replace("//guest:", "//affiliate:"),  # nobody connects
            "DATABASE_URL": owner_url.replace("affiliate_owner:", "affiliate_app:"),
            "INTERNAL_PORT": str(*free_ports(1)),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        assembly.make_folders(given)
        with psycopg.connect(owner_url) as holder:
            holder.execute("lock table jobs")
            process = subprocess.Popen(
                [sys.executable, "-m", "affiliate", "work"],
                env=os.environ | given,
                stderr=subprocess.PIPE,
                text=True,
            )
            _, told = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 1
    assert "Traceback" not in told
    assert told.splitlines()[-1].startswith("affiliate work: chassis.in_progress")
