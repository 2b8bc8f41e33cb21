"""What fails again and again is told in few lines, and so is its end."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from chassis import telemetry
from chassis.errors import Internal, Unavailable
from chassis.running import loops
from chassis.running.loops import Loops
from chassis.trouble import EVERY_S, STEADY_S, Trouble
from waiting import until

AWAY = Unavailable("chassis.broker_unavailable", "connection refused")
PATIENCE_S = 60.0


@dataclass
class Told:
    """A log of JSON lines, and the clock of a trouble that is told there."""

    written: io.StringIO
    log: logging.Logger
    now_s: float = 0.0

    def trouble(self) -> Trouble:
        return Trouble(self.log, lambda: self.now_s)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.written.getvalue().splitlines()]


@pytest.fixture
def told() -> Iterator[Told]:
    written, log = io.StringIO(), logging.Logger("any")
    log.addHandler(telemetry.json_handler(written))
    yield Told(written, log)


def bug() -> Exception:
    try:
        raise KeyError("nothing")
    except KeyError as error:
        return error


def test_an_outage_is_told_when_it_begins_once_a_minute_and_when_it_is_over(told: Told) -> None:
    trouble = told.trouble()
    for second in range(150):
        told.now_s = second
        trouble.failed("trying again", AWAY)
    told.now_s = 150 + STEADY_S
    trouble.went_well()
    trouble.went_well()
    lines = told.lines()
    assert [(line["message"], line["times"]) for line in lines] == [
        ("trying again", 1),
        ("trying again", 60),
        ("trying again", 60),
        ("works again", 150),
    ]
    assert [line.get("since_s") for line in lines] == [0, 60, 120, None]
    assert lines[-1]["was"] == "trying again"
    assert lines[0]["code"] == "chassis.broker_unavailable"
    assert lines[0]["reason"] == "connection refused"
    assert "exc_info" not in lines[0]


def test_each_state_of_an_outage_has_its_line_and_none_of_them_two_in_a_minute(told: Told) -> None:
    trouble = told.trouble()
    for _ in range(100):
        trouble.failed("trying again", AWAY)
        trouble.failed("trying again", Unavailable("chassis.service_unavailable"))
    assert [line["code"] for line in told.lines()] == [
        "chassis.broker_unavailable",
        "chassis.service_unavailable",
    ]


def test_what_fails_and_works_by_turns_is_not_over_each_time(told: Told) -> None:
    trouble = told.trouble()
    for second in range(50):
        told.now_s = second
        trouble.failed("trying again", AWAY)
        trouble.went_well()
    assert len(told.lines()) == 1


def test_an_outage_after_one_that_is_over_is_told_at_once(told: Told) -> None:
    trouble = told.trouble()
    for _ in range(2):
        trouble.failed("trying again", AWAY)
        told.now_s += STEADY_S
        trouble.went_well()
    assert [line["times"] for line in told.lines()] == [1, 1, 1, 1]


@pytest.mark.parametrize("error", [bug(), Internal("chassis.job_failed")])
def test_a_bug_is_told_with_its_traceback_and_not_again_in_a_minute(
    told: Told, error: Exception
) -> None:
    trouble = told.trouble()
    for _ in range(100):
        trouble.failed("a bug in a loop", error)
    told.now_s = EVERY_S
    trouble.failed("a bug in a loop", error)
    first, later = told.lines()
    assert type(error).__name__ in first["exc_info"]
    assert (first["level"], later["times"]) == ("ERROR", 100)


def test_a_traceback_is_written_once_a_minute_and_its_lines_each_time(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        told.log.error("a bug", exc_info=bug())
    monkeypatch.setattr(telemetry, "AGAIN_S", 0)
    told.log.error("a bug", exc_info=bug())
    assert [line["exc_info"].startswith("Traceback") for line in told.lines()] == [
        True,
        False,
        False,
        True,
    ]


def test_two_bugs_that_end_in_the_same_line_are_two(told: Told) -> None:
    with pytest.raises(ValueError) as one:
        json.loads("")  # as all that PostgreSQL refuses
    with pytest.raises(ValueError) as other:
        json.loads("")
    trouble = told.trouble()
    for each in (one, other, one):
        told.log.error("a bug", exc_info=each.value)
        trouble.failed("a bug in a loop", each.value)
    assert [line["exc_info"].startswith("Traceback") for line in told.lines()] == [
        True,
        False,
        True,
        False,
        False,
    ]


def test_an_error_of_ours_has_one_line_and_what_is_behind_it(told: Told) -> None:
    away = Unavailable("chassis.database_unavailable")
    away.__cause__ = OSError("connection refused\n\tIs the server running?")
    told.log.warning("job failed", exc_info=away)
    (line,) = told.lines()
    assert line["exc_info"] == (
        "chassis.database_unavailable: OSError: connection refused Is the server running?"
    )


def test_an_error_that_began_elsewhere_names_the_request_there(told: Told) -> None:
    error = Unavailable("chassis.no_reply", request_id="there")
    told.trouble().failed("the source is away", error)
    assert told.lines()[0]["caused_by"] == "there"


def test_times_say_their_zone(told: Told) -> None:
    told.log.warning("now")
    assert told.lines()[0]["time"].endswith("+00:00")


def test_a_loop_that_fails_two_hundred_times_logs_one_line_and_one_when_it_is_over(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += 1
        if turns <= 200:
            raise AWAY
        told.now_s = STEADY_S

    monkeypatch.setattr(loops, "PAUSE_S", 0)
    monkeypatch.setattr(loops, "log", told.log)
    monkeypatch.setattr(loops, "Trouble", lambda log: Trouble(log, lambda: told.now_s))
    running = Loops()
    running.spawn("fail", turn)
    until(lambda: len(told.lines()) == 2)
    running.tell_to_stop()
    assert running.join(PATIENCE_S) == []
    assert [(line["message"], line["times"]) for line in told.lines()] == [
        ("trying again", 1),
        ("works again", 200),
    ]
