"""What somebody who has started the suite is told: where all is, and what to type next."""

from collections.abc import Iterator
from pathlib import Path

from contracts import SERVICES
from distributed.servers import GATEWAY
from distributed.suite import Suite
from suitectl import files
from suitectl.change import made

CALL = (
    "import os; from chassis.broker.rpc import Rpc;"
    ' print(Rpc(os.environ["AMQP_URI"]).port("auth").call("public_keys"))'
)


def lines(suite: Suite) -> Iterator[str]:
    """Yield the lines; writes what they name as files, of secrets, in the data folder."""
    data, rabbit = suite.data_dir, suite.servers.inventory.rabbitmq
    secret = data / "mounted"
    list(made(files.changes(suite.servers.inventory, secret), rehearsal=False))
    for service in SERVICES:
        yield f"{service:10} {suite.url(service)}"
    yield f"{'stripe':10} {suite.stripe_url}  (a stand-in, and not Stripe: no card is charged)"
    where = secret / f"{GATEWAY}_amqp_uri"
    yield f"broker     {rabbit.host}:{rabbit.port}  (for {GATEWAY}: its address is in {where})"
    yield f"mails      {data / 'mail'}"
    yield f"inventory  {data / 'inventory.toml'}  (for suitectl)"
    yield f"logs       {data / 'logs'}"
    yield from ("", "to type, in another terminal:", "")
    programs = Path(".venv/bin")
    yield f"AMQP_URI=\"$(cat {where})\" {programs / 'python'} -c '{CALL}'"
    yield (
        f"echo 'a long password' | SUITE_FILE={secret / 'auth_suite'}"
        f" DATABASE_URL_FILE={secret / 'auth_database_url'}"
        f" {programs / 'suitectl'} admin create --email you@example.com --password-stdin"
    )
    yield f"{programs / 'suitectl'} doctor --inventory {data / 'inventory.toml'}"
    yield from ("", "Ctrl-C stops it; a process that ends by itself is started again")
