"""What a program loads with the clients: neither a database nor nameko."""

import subprocess
import sys

LOADED = """
import sys
import clients, chassis.broker.rpc
heavy = {"sqlalchemy", "psycopg", "nameko", "eventlet"}
print(sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
"""


def test_clients_and_their_way_over_rabbitmq_load_neither_a_database_nor_nameko() -> None:
    paths = {"PYTHONPATH": ":".join(sys.path)}
    loaded = subprocess.run(
        [sys.executable, "-c", LOADED], env=paths, capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == "[]"
