"""What goes wrong: a function for each kind of fault. Each ends with what it broke mended.

Where a holder dies or stops, its lease and its claims are made to run out: the database's clock
is moved, as it were, instead of waiting.
"""

import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import psycopg

from chassis.broker.rpc import Rpc
from chassis.errors import Unavailable
from faults.callers import calling
from faults.plan import Fault
from faults.suite import HEARERS, NAMES, FaultySuite
from faults.told import FULL, Tap
from faults.wire import AMQP
from servers.rabbit import Broker

COMES_S, LOOK_S = 5.0, 0.02
LAPSES = 4
WATERMARK = 0.4  # of the memory: RabbitMQ's own


class Blows:
    """Everything that faults fall upon."""

    def __init__(
        self, suite: FaultySuite, broker: Broker, operator: Rpc, tap: Tap, admin_url: str
    ) -> None:
        self.suite, self.broker, self.operator = suite, broker, operator
        self.tap, self.admin_url = tap, admin_url
        self.lost_broker = False  # what was told then, nobody may have heard
        self._of_process = {name: threading.Lock() for name in NAMES}
        self._of_broker = threading.Lock()

    def fall(self, fault: Fault) -> None:
        """Let a fault happen, and return once it is over."""
        blow: Callable[..., None] = getattr(self, fault.kind)
        blow(*fault.arguments)

    def revive(self) -> list[str]:
        """Start again what has ended; return what it was that nothing had fallen upon."""
        return [each for name in NAMES if (each := self._revive(name)) is not None]

    def _revive(self, name: str) -> str | None:
        process, lock = self.suite.processes[name], self._of_process[name]
        if process.pid is not None or not lock.acquire(blocking=False):
            return None
        try:
            if process.pid is not None:  # a fault that fell upon it has just been mended
                return None
            last_words = process.log.read_text("utf-8", "replace").rstrip().rpartition("\n")[2]
            process.start()
        finally:
            lock.release()
        # who cannot reach a server as it starts says so, and is started again wherever it runs
        refused = last_words.startswith(f"{' '.join(process.command)}: chassis.")
        return None if refused else f"{name} has ended by itself: {last_words[-1000:]}"

    def cut(self, whose: str, point: str, nth: int) -> None:
        """Cut a connection at the nth message of a kind; whether that comes is not known yet."""
        self.suite.proxy.arm(whose, point, nth)

    def hold(self, name: str, point: str, nth: int, seconds: float) -> None:
        """Hold up a message of a process for a while; others take its leases, claims, queues."""
        number = self.suite.proxy.arm(name, point, nth, holds_s=seconds)
        if self._comes(number):
            self._run_out(_service(name))

    def kill(self, name: str, seconds: float) -> None:
        """Kill a process, and start it again after a while."""
        with self._of_process[name]:
            self.suite.processes[name].kill()
            self._run_out(_service(name))
            _pause(seconds)
            self.suite.processes[name].start()

    def kill_at(self, name: str, point: str, nth: int) -> None:
        """Kill a process as a message of a kind is on its way, if one comes; start it again."""
        with self._of_process[name]:
            process = self.suite.processes[name]
            number = self.suite.proxy.arm(name, point, nth, process.pid)
            if self._comes(number):
                process.kill()  # it is dying, if not dead
                self._run_out(_service(name))
                process.start()

    def stop(self, name: str, seconds: float) -> None:
        """Stop a process for longer than its lease, its claims and the broker's patience."""
        with self._of_process[name]:
            process = self.suite.processes[name]
            process.send(signal.SIGSTOP)
            self._run_out(_service(name))
            self.suite.proxy.drop(name, AMQP)
            _pause(seconds)
            process.send(signal.SIGCONT)

    def pause(self, name: str, seconds: float) -> None:
        """Stop a server under eight callers until the broker itself has given it up."""
        with self._of_process[name], calling(self.operator, _service(name)):
            process = self.suite.processes[name]
            process.send(signal.SIGSTOP)
            _pause(seconds)
            process.send(signal.SIGCONT)

    def lapse(self, service: str) -> None:
        """Let the leases and claims of a service run out as jobs are done; their holders live."""
        deadline, left = time.monotonic() + COMES_S, LAPSES
        with psycopg.connect(self.suite.owner_url(service), autocommit=True) as database:
            while left > 0 and time.monotonic() < deadline:
                if database.execute(_CLAIMED).fetchone() is not None:
                    self._run_out(service)
                    left -= 1
                _pause(LOOK_S)
        self._run_out(service)

    def _run_out(self, service: str) -> None:
        with psycopg.connect(self.suite.owner_url(service), autocommit=True) as database:
            # but for rows that somebody was stopped with in the middle of a transaction
            for change in (_NO_LEASE, _NO_CLAIM):
                database.execute(change)

    def terminate(self, service: str, share: float, dice: int) -> None:
        """End some of a service's sessions in PostgreSQL, whatever they are doing."""
        chance = random.Random(dice)
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            rows = admin.execute(
                "select pid from pg_stat_activity where usename = %s order by pid",
                [f"{service}_app"],
            ).fetchall()
            for (pid,) in rows:
                if chance.random() < share:
                    admin.execute("select pg_terminate_backend(%s)", [pid])

    def refuse_writes(self, service: str, seconds: float) -> None:
        """Let a service's database take no writes for a while, as a standby does.

        Its sessions end with that; one that begins meanwhile takes none later either.
        """
        role = f"role {service}_app in database {service}"
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(f"alter {role} set default_transaction_read_only = on".encode())
            try:
                self.terminate(service, 1.0, 0)
                _pause(seconds)
            finally:
                admin.execute(f"alter {role} reset default_transaction_read_only".encode())

    def part(self, name: str, protocol: str, seconds: float) -> None:
        """Keep a process from a server for a while."""
        self.suite.proxy.part(name, protocol, seconds)

    def purge(self, source: str, seconds: float) -> None:
        """Lose what was told in a while in which nobody heard a source."""
        self._deafen(source, seconds)
        self._at_broker(lambda: self.tap.purge(_queues(source)))

    def lose_queues(self, source: str, seconds: float) -> None:
        """Lose the queues themselves: what is told then goes nowhere.

        Nobody kills the broker meanwhile: in the middle of it, it comes back with queues that are
        there and take nothing, until an operator deletes them (quorum-queue-without-leader.md).
        """
        with self._of_broker:
            with suppress(Unavailable):
                self.tap.delete(_queues(source))
            self._deafen(source, seconds)

    def crowd(self, source: str, seconds: float) -> None:
        """Let another team's queue refuse what a source tells, for a while."""
        with self._of_broker:
            with suppress(Unavailable):
                self.tap.crowd(source)
            _pause(seconds)
            with suppress(Unavailable):
                self.tap.delete([FULL])

    def _deafen(self, source: str, seconds: float) -> None:
        for name in NAMES:
            if "-work-" in name and _service(name) in HEARERS[source]:
                self.suite.proxy.part(name, AMQP, seconds)
        _pause(seconds * 0.9)

    def repeat(self, source: str, dice: int) -> None:
        """Deliver all that a source has told once more, in no order."""
        chance = random.Random(dice)
        self._at_broker(lambda: self.tap.repeat(source, _queues(source), chance))

    def block_broker(self, seconds: float) -> None:
        """Let the broker run out of memory, as it believes: who publishes to it waits."""
        with self._of_broker:
            self.broker.ctl("set_vm_memory_high_watermark", "0.00001")
            _pause(seconds)
            self.broker.ctl("set_vm_memory_high_watermark", str(WATERMARK))

    def restart_broker(self, seconds: float) -> None:
        """Stop the broker in an orderly way, and start it again."""
        with self._of_broker:
            self.broker.stop_app()
            _pause(seconds)
            self.broker.start_app()

    def kill_broker(self, seconds: float) -> None:
        """Kill the broker, and start it again with what it had on disk."""
        with self._of_broker:
            self.broker.kill()
            _pause(seconds)
            self.broker.start()

    def lose_broker(self, seconds: float) -> None:
        """Lose all that the broker has, and prepare an empty one."""
        with self._of_broker:
            self.lost_broker = True
            self.broker.stop_app()
            self.broker.ctl("reset")
            _pause(seconds)
            self.broker.start_app()
            self.suite.servers.provide()
            vhost = self.suite.servers.inventory.rabbitmq.vhost
            self.broker.ctl("set_permissions", "-p", vhost, "guest", ".*", ".*", ".*")

    def _comes(self, number: int) -> bool:
        """Return whether a message comes that a cut waits for; it waits no more, if not."""
        deadline = time.monotonic() + COMES_S
        while not self.suite.proxy.fell(number) and time.monotonic() < deadline:
            _pause(LOOK_S)
        self.suite.proxy.withdraw(number)
        return self.suite.proxy.fell(number)

    def _at_broker(self, do: Callable[[], object]) -> None:
        with self._of_broker, suppress(Unavailable):  # a queue may be lost already
            do()


_NO_LEASE = """
update leases set until = now() - interval '1 second'
where name in (select name from leases for update skip locked)
"""
_NO_CLAIM = """
update jobs set run_at = now(), deaths = deaths - 1  -- nobody dies of a clock that is moved
where id in (select id from jobs where state = 'claimed' for update skip locked)
"""


def _queues(source: str) -> Sequence[str]:
    # who is revoked is heard apart from all other work
    beside = [f"{each}.revocations" for each in HEARERS[source] if source == "auth"]
    return [f"{each}.hears.{source}" for each in (*HEARERS[source], *beside)]


def _service(name: str) -> str:
    return name.partition("-")[0]


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


_CLAIMED = "select 1 from jobs where state = 'claimed' and kind not like 'schedule:%' limit 1"
