"""Turns: so much at once, two of one owner, and nobody's work before all of another's."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import Conflict
from gateways.turns import Turns, cores
from waiting import until

ONE, OTHER, THIRD = (UUID(int=n) for n in (1, 2, 3))


class Workshop:
    """Work that each goes on until it is told to end."""

    def __init__(self, at_once: int) -> None:
        self.turns = Turns("media.busy", at_once)
        self.begun: list[str] = []
        self.ends: dict[str, threading.Event] = {}
        self.callers = ThreadPoolExecutor(8)

    def call(self, owner: UUID, *names: str) -> Future[list[str]]:
        """Have an owner's work done, and wait until all of it has begun or waits."""
        self.ends |= {name: threading.Event() for name in names}
        before = self.known()
        call = self.callers.submit(self.turns.each, owner, self._work, names)
        until(lambda: self.known() >= before + min(len(names), 2))
        return call

    def known(self) -> int:
        return len(self.begun) + len(self.turns._waiting)

    def _work(self, name: str) -> str:
        self.begun.append(name)
        self.ends[name].wait(60)
        return name.upper()

    def end(self, name: str) -> list[str]:
        """End one piece of work; return what has begun once another has."""
        count = len(self.begun)
        self.ends[name].set()
        until(lambda: len(self.begun) > count)
        return self.begun


@contextmanager
def workshop(at_once: int) -> Iterator[Workshop]:
    made = Workshop(at_once)
    try:
        yield made
    finally:
        for each in made.ends.values():
            each.set()
        made.callers.shutdown()


def test_of_one_owner_two_are_at_work_however_much_room_there_is() -> None:
    with workshop(4) as shop:
        call = shop.call(ONE, "a", "b", "c")
        shop.call(ONE, "d", "e")
        assert sorted(shop.begun) == ["a", "b"]
        shop.call(OTHER, "f", "g")
        until(lambda: sorted(shop.begun) == ["a", "b", "f", "g"])
        shop.ends["f"].set()  # there is room, but who waits is of an owner with two at work
        shop.ends["g"].set()
        shop.call(THIRD, "h")
        until(lambda: "h" in shop.begun)
        assert sorted(shop.begun) == ["a", "b", "f", "g", "h"]
        for end in shop.ends.values():
            end.set()
        assert call.result() == ["A", "B", "C"]


def test_whoever_has_fewest_at_work_goes_first() -> None:
    with workshop(2) as shop:
        shop.call(ONE, "a", "b", "c", "d")
        shop.call(OTHER, "e", "f", "g", "h")
        shop.call(THIRD, "i")
        assert shop.end("a")[2:] == ["e"]
        assert shop.end("b")[2:] == ["e", "i"]
        assert shop.end("i")[4] in ("c", "d")
        assert shop.end("e")[5] in ("f", "g")


def test_an_owners_third_call_is_refused_and_may_come_again() -> None:
    with workshop(1) as shop:
        calls = [shop.call(ONE, "a"), shop.call(ONE, "b")]
        with pytest.raises(Conflict) as refusal:
            shop.turns.each(ONE, str.upper, ["c"])
        assert (refusal.value.code, refusal.value.retryable) == ("media.busy", True)
        shop.call(OTHER, "d")
        for name in "abd":
            shop.ends[name].set()
        assert [each.result() for each in calls] == [["A"], ["B"]]
        assert shop.turns.each(ONE, str.upper, ["c"]) == ["C"]


def test_what_fails_gives_its_place_back() -> None:
    turns = Turns("media.busy", 1)

    def fail(item: Any) -> Any:
        raise KeyError(item)

    for _ in range(3):
        with pytest.raises(KeyError):
            turns.each(ONE, fail, "abc")
    assert turns.each(OTHER, str.upper, ["a"]) == ["A"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there are no control groups")
@pytest.mark.parametrize(
    ("above", "own", "granted"),
    [
        ("max 100000", "100000 100000", 1),
        ("150000 100000", "max 100000", 2),
        ("50000 100000", "400000 100000", 1),
        ("max 100000", "max 100000", None),
        (None, None, None),
    ],
)
def test_a_process_may_use_the_cores_that_its_control_groups_grant(
    above: str | None, own: str | None, granted: int | None, tmp_path: Path
) -> None:
    group = tmp_path / "pods" / "media"
    group.mkdir(parents=True)
    named = tmp_path / "cgroup"
    named.write_text("1:cpu:/\n0::/pods/media\n")
    for folder, limit in ((group.parent, above), (group, own)):
        if limit is not None:
            (folder / "cpu.max").write_text(f"{limit}\n")
    seen = cores(tmp_path / "missing")
    assert seen >= 1
    assert cores(named, tmp_path) == min(seen, granted or seen)
