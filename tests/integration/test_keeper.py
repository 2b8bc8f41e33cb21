"""`make up-local` keeps its processes: one that ends is started again, ever later."""

import signal
from pathlib import Path

from distributed.keeper import PAUSE_MAX_S, STEADY_S, Keeper
from distributed.service_process import ServiceProcess
from waiting import until

NOWHERE = {"INTERNAL_PORT": "1"}


def ended(process: ServiceProcess) -> None:
    until(lambda: process.pid is None, 60.0, "its end")


def test_a_process_that_goes_on_ending_is_started_ever_later(tmp_path: Path) -> None:
    said = list[str]()
    process = ServiceProcess("ends", ("calendar", "2026"), NOWHERE, tmp_path)
    keeper, now = Keeper(process, said.append), 100.0
    process.start()
    for pause_s in (1, 2, 4, 8, 16, 32, PAUSE_MAX_S, PAUSE_MAX_S):
        ended(process)
        keeper.look(now)
        assert said.pop() == (
            f"ends ended by itself, with exit code 0: started again in {pause_s:g} s; its log is"
            f" {tmp_path / 'ends.log'}"
        )
        keeper.look(now + pause_s - 0.1)
        assert process.pid is None and said == []
        now += pause_s
        keeper.look(now)
    ended(process)
    assert process.log.read_text().count("January") == 9


def test_one_that_had_run_for_long_is_started_soon(tmp_path: Path) -> None:
    said = list[str]()
    process = ServiceProcess("runs", ("http.server", "0"), NOWHERE, tmp_path)
    keeper = Keeper(process, said.append)
    process.start()
    try:
        for now in (100.0, 200.0):
            process.send(signal.SIGKILL)
            ended(process)
            keeper.look(now)
            assert "by signal 9: started again in 1 s" in said.pop()
            keeper.look(now + 1)
            assert process.pid is not None
            keeper.look(now + 1 + STEADY_S)
            assert said == []  # it answers nobody who asks whether it is ready
    finally:
        process.kill()
