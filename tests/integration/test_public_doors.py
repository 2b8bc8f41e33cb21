"""The public doors, asked by strangers: who is slow, many or nasty takes them from nobody."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from socket import MSG_PEEK, create_connection, socket
from threading import Event
from typing import Any

import pytest

from chassis.door import http_server
from chassis.door.pacing import Pace
from integration.stages.nasty_requests import LINES, nasty
from integration.stages.open_doors import Doors, dropped, heard, open_doors, rest, status
from waiting import until

GET = b"GET / HTTP/1.1\r\nHost: door\r\n\r\n"
FINE = (*range(100, 500), 505)  # the latter: of HTTP/9.9
POST = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with open_doors(tmp_path_factory.mktemp("doors")) as opened:
        yield opened


def dripping(doors: Doors, host: str, how_many: int, ending: ExitStack) -> list[socket]:
    made = [doors.connected("headers", host) for _ in range(how_many)]
    for each in made:
        ending.enter_context(closing(each))
    return made


def test_a_hundred_headers_that_drip_shut_the_door_for_nobody(doors: Doors) -> None:
    with ExitStack() as ending:
        held = dripping(doors, "127.0.0.1", 100, ending)
        until(lambda: status(doors.answer("headers", GET, "127.0.0.2")) == 200)
        alive = [each for each in held if not dropped(each)]
        assert len(alive) <= 40
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


def test_a_body_below_the_least_rate_is_cut_off_and_one_above_takes_as_long_as_it_likes(
    doors: Doors,
) -> None:
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


def test_a_server_of_plain_threads_holds_to_a_pace_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server._Quiet, "pace", Pace(header_s=0.2))
    server = http_server.HttpServer("127.0.0.1", 0, lambda environ, respond: [])
    server.start()
    with closing(create_connection(("127.0.0.1", server.port))) as dripping:
        until(lambda: dropped(dripping))
    server.stop()


def test_an_answer_in_pieces_ends_though_nobody_reads_what_is_sent_meanwhile() -> None:
    sent = Event()

    def answer(_: dict[str, Any], respond: Callable[..., Any]) -> Iterator[bytes]:
        respond("200 OK", [])
        yield b"an"
        sent.wait(10)
        yield b"swer"

    server = http_server.HttpServer("127.0.0.1", 0, answer)
    server.start()
    with ExitStack() as ending:
        ending.callback(server.stop)
        asking = ending.enter_context(closing(create_connection(("127.0.0.1", server.port))))
        asking.sendall(POST % 100)
        until(lambda: b"an" in asking.recv(9_000, MSG_PEEK))
        asking.sendall(b"a body without its end")
        sent.set()
        until(lambda: asking.recv(9_000, MSG_PEEK).endswith(b"\r\n0\r\n\r\n"), 10)


def test_nothing_that_strangers_send_is_a_bug_of_ours(doors: Doors) -> None:
    """Nor is it logged: `open_doors` looks."""
    chance, wrong = random.Random(1), []
    for service, routes in doors.routes.items():
        sent = [each for route in routes or [("/", ["GET"])] for each in nasty(*route)]
        blurred = bytearray(b"".join(chance.sample(sent, 10)))
        for _ in range(50):
            blurred[chance.randrange(len(blurred))] = chance.randrange(256)
        for each in (*sent, *LINES, bytes(blurred)):
            answer = doors.answer(service, each + b"\r\n\r\n")
            if answer and not (status(answer) in FINE and sealed(answer)):
                wrong.append((service, each[:200], answer[:200]))
    assert wrong == []


def sealed(answer: bytes) -> bool:
    """Whether nobody keeps it; what eventlet itself refuses holds nothing."""
    return (b"no-store" in answer and b"nosniff" in answer) or b"HTTP/1.0 4" in answer
