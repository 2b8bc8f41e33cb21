"""How a process under eventlet waits: for PostgreSQL, whatever is sent and whatever ends it, and
for what computes long.
"""

import os
import subprocess
import sys

from integration.stages.box_database import database
from servers.postgres import Server

SCRIPT = """
import sys
from chassis.green import green
import eventlet, psycopg

url, large = sys.argv[1], "x" * 5_000_000
RUNS = "select count(*) from pg_stat_activity where pid = %s and wait_event = 'PgSleep'"

def cut(pid):
    with psycopg.connect(url, autocommit=True) as other:
        while other.execute(RUNS, [pid]).fetchone() == (0,):
            eventlet.sleep(0.01)
        other.execute("select pg_terminate_backend(%s)", [pid])

with psycopg.connect(url) as connection:
    connection.execute("create temporary table sent (text text)")
    connection.cursor().executemany("insert into sent values (%s)", [["x" * 1_000]] * 5_000)
    connection.execute("insert into sent values (%s)", [large])
    print(*connection.execute("select count(*), sum(length(text)) from sent").fetchone())
    print(connection.execute("select %s::text", [large]).fetchone() == (large,))
    eventlet.spawn(cut, connection.info.backend_pid)
    try:
        connection.execute("select pg_sleep(3600)")
    except psycopg.OperationalError:
        print("heard of its end")
"""

COMPUTING = """
from chassis.green import green
from chassis import deadline
from chassis.errors import DeadlineExceeded
import eventlet
from eventlet.patcher import original

threads, native = set(), original("threading")
ended = native.Event()

def compute():
    threads.add(native.get_ident())
    ended.wait(60)

callers = eventlet.GreenPool(40)
for _ in range(40):
    callers.spawn(green.in_a_thread, compute)
while len(threads) < 4:
    eventlet.sleep(0.01)
try:
    with deadline.within(0.1):
        green.in_a_thread(compute)
except DeadlineExceeded:
    print("not in time")
ended.set()
callers.waitall()
print(len(threads))
"""


def test_what_is_large_is_sent_and_read_and_an_end_is_heard(postgres_server: Server) -> None:
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with database(postgres_server) as own:
        command = [sys.executable, "-W", "ignore", "-c", SCRIPT, own.app_url]
        said = subprocess.run(command, env=env, timeout=120, check=True, stdout=-1, text=True)
    assert said.stdout.splitlines() == ["5001 10000000", "True", "heard of its end"]


def test_forty_who_compute_share_four_threads_and_who_waits_too_long_is_told_so() -> None:
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-W", "ignore", "-c", COMPUTING]
    said = subprocess.run(command, env=env, timeout=120, check=True, stdout=-1, text=True)
    assert said.stdout.splitlines() == ["not in time", "4"]
