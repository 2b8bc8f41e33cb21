"""What stands between the processes and their servers, and cuts a connection at a chosen message.

It runs in a process of its own. A cut falls once, at the nth message of a kind on any connection of
some processes; the message itself does not pass, and both ends are closed. Instead, the process may
be killed at that moment, or its message held up while others go on without it.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Lock
from types import TracebackType
from typing import Any, Self

from faults.wire import AMQP, POINTS, Messages, Point

CHUNK = 65_536
Ends = tuple[asyncio.WriteTransport, asyncio.WriteTransport]
Server = tuple[str, str | int]  # ("unix", path) or ("tcp", port of 127.0.0.1)


@dataclass
class Cut:
    """One cut that has not fallen yet."""

    number: int
    whose: str  # 'billing-work-0', or 'billing-work' for whichever of them comes first
    name: str
    left: int  # such messages until it falls
    kills: int | None  # the process that dies of it
    holds_s: float  # so long the message waits, instead of being cut; the broker's side is closed

    @property
    def point(self) -> Point:
        """The kind of message."""
        return POINTS[self.name]


class Proxy:
    """The proxy, as the tests see it; for any thread."""

    def __init__(self, servers: Mapping[str, Server], names: tuple[str, ...]) -> None:
        """`servers` by protocol; a port is opened for each of them and each of `names`."""
        spawning = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawning.Pipe()
        self._lock = Lock()
        self._process = spawning.Process(
            target=_run, args=(dict(servers), names, theirs), daemon=True
        )
        self._process.start()
        theirs.close()
        self._ports: Mapping[tuple[str, str], int] = self._pipe.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def port(self, name: str, protocol: str) -> int:
        """Return where a process reaches a server."""
        return self._ports[(name, protocol)]

    def arm(
        self, whose: str, point: str, nth: int, kills: int | None = None, holds_s: float = 0.0
    ) -> int:
        """Cut where the nth such message from now on comes; return the cut's number."""
        number: int = self._ask("arm", whose, point, nth, kills, holds_s)
        return number

    def withdraw(self, number: int) -> None:
        """Forget a cut, if it has not fallen."""
        self._ask("withdraw", number)

    def fell(self, number: int) -> bool:
        """Return whether a cut has fallen."""
        fallen: bool = self._ask("fell", number)
        return fallen

    def disarm(self) -> list[str]:
        """Forget the cuts that have not fallen; return the points of those that have."""
        fallen: list[str] = self._ask("disarm")
        return fallen

    def drop(self, whose: str, protocol: str) -> int:
        """Close all connections of a process to a server; return how many there were."""
        count: int = self._ask("drop", whose, protocol)
        return count

    def part(self, whose: str, protocol: str, seconds: float) -> None:
        """Keep a process from a server for a while."""
        self._ask("part", whose, protocol, seconds)

    def _ask(self, what: str, *arguments: Any) -> Any:
        with self._lock:
            self._pipe.send((what, *arguments))
            return self._pipe.recv()


def _run(servers: Mapping[str, Server], names: tuple[str, ...], pipe: Connection) -> None:
    asyncio.run(_Forwarding(servers).serve(names, pipe))


class _Forwarding:
    """All connections that pass, in one thread."""

    def __init__(self, servers: Mapping[str, Server]) -> None:
        self.servers = servers
        self.armed = 0
        self.cuts: list[Cut] = []
        self.fallen: dict[int, str] = {}
        self.open: dict[tuple[str, str], set[Ends]] = {}
        self.parted_until: dict[tuple[str, str], float] = {}  # by the loop's clock

    async def serve(self, names: tuple[str, ...], pipe: Connection) -> None:
        """Open the ports, tell them, and do what is asked until nobody is there to ask."""
        ports = {}
        for protocol in self.servers:
            for name in names:
                key = (name, protocol)
                self.open[key] = set()
                listening = await asyncio.start_server(self._accepting(key), "127.0.0.1")
                ports[key] = listening.sockets[0].getsockname()[1]
        pipe.send(ports)
        ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(pipe.fileno(), self._answer, pipe, ended)
        await ended.wait()

    def _answer(self, pipe: Connection, ended: asyncio.Event) -> None:
        try:
            what, *arguments = pipe.recv()
        except EOFError:
            ended.set()
        else:
            pipe.send(getattr(self, f"_do_{what}")(*arguments))

    def _do_arm(self, whose: str, point: str, nth: int, kills: int | None, holds_s: float) -> int:
        self.armed += 1
        self.cuts.append(Cut(self.armed, whose, point, nth, kills, holds_s))
        return self.armed

    def _do_withdraw(self, number: int) -> None:
        self.cuts = [cut for cut in self.cuts if cut.number != number]

    def _do_fell(self, number: int) -> bool:
        return number in self.fallen

    def _do_disarm(self) -> list[str]:
        fallen, self.fallen, self.cuts = self.fallen, {}, []
        return list(fallen.values())

    def _do_drop(self, whose: str, protocol: str) -> int:
        found = list(self.open[(whose, protocol)])
        for ends in found:
            _close(ends)
        return len(found)

    def _do_part(self, whose: str, protocol: str, seconds: float) -> None:
        self.parted_until[(whose, protocol)] = asyncio.get_running_loop().time() + seconds
        self._do_drop(whose, protocol)

    def _accepting(self, key: tuple[str, str]) -> Any:
        async def accepted(here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
            kind, where = self.servers[key[1]]
            if asyncio.get_running_loop().time() < self.parted_until.get(key, 0):
                back.transport.abort()
                return
            try:
                if kind == "unix":
                    there, on = await asyncio.open_unix_connection(str(where))
                else:
                    there, on = await asyncio.open_connection("127.0.0.1", int(where))
            except OSError:
                back.transport.abort()
                return
            ends = (back.transport, on.transport)
            self.open[key].add(ends)
            try:
                await asyncio.gather(
                    self._pass(key, True, here, on, ends), self._pass(key, False, there, back, ends)
                )
            finally:
                self.open[key].discard(ends)

        return accepted

    async def _pass(
        self,
        key: tuple[str, str],
        from_service: bool,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        ends: Ends,
    ) -> None:
        messages = Messages(key[1], from_service)
        with suppress(OSError):
            while came := await source.read(CHUNK):
                whole = messages.feed(came)
                cut, at = self._cut(key, from_service, whole)
                target.write(b"".join(whole[:at]))
                if cut is not None and not cut.holds_s:
                    break
                if cut is not None:
                    self._do_drop(key[0], AMQP)
                    await asyncio.sleep(cut.holds_s)
                    target.write(b"".join(whole[at:]))
                await target.drain()
        _close(ends)

    def _cut(
        self, key: tuple[str, str], from_service: bool, whole: list[bytes]
    ) -> tuple[Cut | None, int]:
        """Return the cut that falls upon these messages, if one does, and how many come before."""
        for cut in self.cuts:
            point = cut.point
            if not key[0].startswith(cut.whose) or (point.protocol, point.from_service) != (
                key[1],
                from_service,
            ):
                continue
            for at, message in enumerate(whole):
                cut.left -= point.is_it(message)
                if cut.left == 0:
                    self._fall(cut, key[0])
                    return cut, at
        return None, len(whole)

    def _fall(self, cut: Cut, whose: str) -> None:
        self.cuts.remove(cut)
        did = "held" if cut.holds_s else "cut" if cut.kills is None else "killed at"
        self.fallen[cut.number] = f"{did} {cut.name} {whose}"
        if cut.kills is not None:
            with suppress(ProcessLookupError):
                os.kill(cut.kills, signal.SIGKILL)


def _close(ends: Ends) -> None:
    for end in ends:
        if not end.is_closing():
            end.abort()
