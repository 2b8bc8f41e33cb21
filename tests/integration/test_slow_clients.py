"""Who is slow, or many, shuts no HTTP door for others."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from socket import socket

import pytest

from integration.stages.open_doors import Doors, dropped, heard, open_doors, rest, status
from waiting import until

DOORS = """
from chassis.door.pacing import Pace
from chassis.door.web import PublicDoor, Route
from werkzeug.wrappers import Response

def answer(request):
    return Response(b"x" * 50_000_000 if request.path == "/large" else request.get_data())

routes = [Route(path=path, methods=("GET", "POST"), answer=answer) for path in ("/", "/large")]
door, told = PublicDoor(routes), None
slow = Pace(header_s=60, window_s=60)
doors = {
    "headers": [door, Limits(pace=Pace(header_s=1), connections=100)],
    "bodies": [door, Limits(pace=Pace(window_s=1, window_bytes=1_000))],
    "answers": [door, Limits(pace=Pace(window_s=1), per_address=1)],
    "proxied": [door, Limits(pace=slow, per_address=1, proxies="127.0.0.3 127.1.0.0/16")],
}
"""
GET = b"GET / HTTP/1.1\r\nHost: door\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture(scope="module")
def doors() -> Iterator[Doors]:
    with open_doors(DOORS) as opened:
        yield opened


def dripping(doors: Doors, host: str, how_many: int, ending: ExitStack) -> list[socket]:
    made = [doors.connected("headers", host) for _ in range(how_many)]
    for each in made:
        ending.enter_context(closing(each))
    return made


def test_a_hundred_headers_that_drip_shut_the_door_for_nobody(doors: Doors) -> None:
    with ExitStack() as ending:
        held = dripping(doors, "127.0.0.1", 100, ending)
        assert status(doors.answer("headers", GET, "127.0.0.2")) == 200
        alive = [each for each in held if not dropped(each)]
        assert 0 < len(alive) <= 40
        until(lambda: all(dropped(each) for each in alive), what="the end of a header that drips")


def test_headers_from_many_addresses_fill_the_door_no_longer_than_a_header_may_take(
    doors: Doors,
) -> None:
    with ExitStack() as ending:
        held = [
            each
            for last in range(10, 14)
            for each in dripping(doors, f"127.0.0.{last}", 40, ending)
        ]
        answering = ending.enter_context(closing(doors.connected("headers", "127.0.0.2")))
        answering.sendall(GET)
        until(lambda: [dropped(each) for each in held] and heard(answering))
        assert status(rest(answering)) == 200


def test_a_body_at_less_than_the_least_rate_is_cut_off(doors: Doors) -> None:
    with closing(doors.connected("bodies")) as dripping:
        dripping.sendall(POST % 50_000)
        until(lambda: dropped(dripping))


def test_a_body_may_take_as_long_as_it_likes_at_the_least_rate(doors: Doors) -> None:
    with closing(doors.connected("bodies")) as steady, closing(doors.connected("bodies")) as slow:
        steady.sendall(POST % 1_000_000)
        slow.sendall(POST % 1_000_000)
        sent = 0

        def slow_is_dropped() -> bool:
            nonlocal sent
            sent += steady.send(b"x" * 1_000)
            return dropped(slow)

        until(slow_is_dropped)
        steady.sendall(b"x" * (1_000_000 - sent))
        assert rest(steady).endswith(b"x" * 100)


def test_an_answer_that_is_not_taken_is_given_up(doors: Doors) -> None:
    with closing(doors.connected("answers")) as taking:
        taking.sendall(GET.replace(b"/ ", b"/large "))
        until(lambda: status(doors.answer("answers", GET)) == 429)
        until(lambda: status(doors.answer("answers", GET)) == 200)  # there is room again
        assert len(rest(taking)) < 50_000_000


def test_who_a_named_proxy_speaks_for_is_counted_and_nobody_elses_word_is_taken(
    doors: Doors,
) -> None:
    def code(host: str, forwarded_for: str) -> int:
        return status(doors.answer("proxied", forwarded(GET, forwarded_for), host))

    with ExitStack() as ending:
        for host in ("127.0.0.3", "127.0.0.4"):  # a proxy for 1.1.1.1, and somebody
            held = ending.enter_context(closing(doors.connected("proxied", host)))
            held.sendall(forwarded(POST % 9, "1.1.1.1"))
        until(lambda: code("127.0.0.3", "1.1.1.1") == 429)
        asked = {
            ("127.0.0.3", "2.2.2.2"): 200,
            ("127.0.0.3", "1.1.1.1, 2.2.2.2"): 200,  # what 2.2.2.2 has said of itself
            ("127.0.0.3", "2.2.2.2, 1.1.1.1"): 429,
            ("127.0.0.3", "2.2.2.2, 1.1.1.1, 127.1.2.3"): 429,  # through two of ours
            ("127.0.0.3", "::ffff:1.1.1.1"): 429,
            ("127.0.0.3", "nobody"): 200,
            ("127.0.0.4", "2.2.2.2"): 429,  # as itself, whatever it says
            ("127.0.0.5", "1.1.1.1"): 200,
        }
        assert {each: code(*each) for each in asked} == asked


def forwarded(request: bytes, forwarded_for: str) -> bytes:
    return request.replace(b"\r\n", b"\r\nX-Forwarded-For: %s\r\n" % forwarded_for.encode(), 1)
