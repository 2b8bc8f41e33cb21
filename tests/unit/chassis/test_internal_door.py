"""The internal door: alive, ready or why not, and never more than that."""

import logging
import threading

import pytest
from prometheus_client import CollectorRegistry
from werkzeug.test import Client

from chassis.door.internal_door import Check, InternalDoor, answers
from chassis.errors import Unavailable


def fine() -> None:
    return None


def door(**checks: Check) -> InternalDoor:
    return InternalDoor(checks, CollectorRegistry(), answer_s=0.2)


def raising(error: Exception) -> Check:
    def check() -> None:
        raise error

    return check


def test_ready_names_each_check() -> None:
    response = Client(door(database=fine, broker=answers(lambda: "anything"))).get("/readyz")
    assert response.status_code == 200
    checks = {"database": "ok", "broker": "ok"}
    assert response.json == {"ready": True, "draining": False, "checks": checks}


def test_not_ready_says_which_check_found_what() -> None:
    away = raising(Unavailable("chassis.broker_unavailable", "connection refused"))
    response = Client(door(database=fine, broker=away, relay=lambda: "it lags")).get("/readyz")
    assert response.status_code == 503
    assert response.json["checks"] == {  # type: ignore[index]
        "database": "ok",
        "broker": "chassis.broker_unavailable: connection refused",
        "relay": "it lags",
    }


def test_a_bug_in_a_check_shows_neither_stack_nor_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    response = Client(door(broker=raising(KeyError("amqp://auth:secret@broker")))).get("/readyz")
    assert response.status_code == 503
    assert response.json["checks"] == {"broker": "a bug: KeyError"}  # type: ignore[index]
    assert [record.message for record in caplog.records] == ["a bug in a check"]


def test_a_check_that_hangs_costs_one_thread_and_is_not_waited_for() -> None:
    release, started = threading.Event(), []

    def hang() -> None:
        started.append(threading.current_thread())
        release.wait()

    client = Client(door(broker=hang, database=fine))
    replies = [client.get("/readyz") for _ in range(3)]
    assert {reply.status_code for reply in replies} == {503}
    late = {"broker": "no answer within 0.2 s", "database": "ok"}
    assert [reply.json["checks"] for reply in replies] == [late] * 3  # type: ignore[index]
    (thread,) = started
    assert thread.daemon
    release.set()
    thread.join()
    assert client.get("/readyz").status_code == 200


def test_a_draining_process_is_not_ready_and_asks_nobody() -> None:
    asked: list[str] = []
    draining = door(database=lambda: asked.append("database"))
    draining.drain()
    assert Client(draining).get("/readyz").status_code == 503
    assert asked == []
    assert Client(draining).get("/livez").status_code == 200


def test_live_asks_nobody() -> None:
    response = Client(door(database=lambda: "away")).get("/livez")
    assert (response.status_code, response.json) == (200, {"live": True})


def test_figures_include_what_the_checks_found() -> None:
    response = Client(InternalDoor({"fine": fine, "wrong": lambda: "it lags"})).get("/metrics")
    assert response.status_code == 200
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert 'service_check_ok{check="fine"} 1.0' in response.text
    assert 'service_check_ok{check="wrong"} 0.0' in response.text


def test_figures_that_cannot_be_read_are_a_bare_500(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def describe(self) -> list[object]:
            return []

        def collect(self) -> list[object]:
            raise ValueError("a secret")

    registry = CollectorRegistry(support_collectors_without_names=True)
    registry.register(Broken())  # type: ignore[arg-type]
    caplog.set_level(logging.WARNING)
    response = Client(InternalDoor({}, registry)).get("/metrics")
    assert (response.status_code, response.data) == (500, b"")
    assert [record.message for record in caplog.records] == ["a bug"]


@pytest.mark.parametrize("method,path", [("GET", "/"), ("GET", "/readyz/x"), ("POST", "/readyz")])
def test_anything_else_is_not_found(method: str, path: str) -> None:
    response = Client(door(database=fine)).open(path, method=method)
    assert (response.status_code, response.data) == (404, b"")
